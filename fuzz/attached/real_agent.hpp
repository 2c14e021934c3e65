// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_REAL_AGENT_HPP
#define SNAPPROTO_FUZZ_ATTACHED_REAL_AGENT_HPP

// A QGA agent on the machine's clock, behind a socket or a terminal: a process of our own, or
// somebody else's.
//
// Waits are real, and short: an agent that owes nothing and of which no thread runs would show
// nothing more by waiting, so a wait ends there. What was not waited for is not judged: the clock
// of the conversation is the machine's. What is owed is waited for until it is late.

#include "conformance/attach/target.hpp"

#include <snapproto/fuzz.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <sys/types.h>

namespace snapproto::fuzz {

/// Fuzzes a target on the real clock.
///
/// One client at a time. Each begins as SP 22.10 wants it: with 0xFF and a synchronisation, which
/// is not part of the conversation.
class real_agent final : public agent_under_test {
  public:
    /// @param target outlives this
    /// @param process its id, for an agent of our own; -1 while there is none
    explicit real_agent(
        conformance::target& target, std::function<pid_t()> process = [] { return pid_t{-1}; })
        : m_target(target), m_process(std::move(process)) {}

    /// Nothing is known of its filesystems. What a thousand requests leave behind cannot be told
    /// from what an allocator keeps, so they would only take time.
    [[nodiscard]] static world surroundings() {
        return {.nothing_fails = false, .repeats_max = 40};
    }

    /// Synchronises and thaws; an agent of our own that has ended, or does not answer, is started
    /// anew. @throws conformance::unreachable
    void reset() override;
    void deliver(std::size_t client, std::string_view bytes, outputs& out) override;
    void advance(duration span, outputs& out) override;
    bool act(action what, std::uint8_t value, outputs& out) override;
    void observe(observation& seen) override;
    [[nodiscard]] std::optional<duration> clock() override;
    /// Only what tells something or belongs to snapshots: others end or change the machine.
    [[nodiscard]] bool may_ask(std::string_view command) const override;

    /// Leaves it thawed, as far as it answers.
    void leave() noexcept;

    /// Pieces sent and lines received.
    [[nodiscard]] std::size_t messages() const noexcept { return m_messages; }
    /// How often it was started anew because it had ended or did not answer.
    [[nodiscard]] std::size_t restarts() const noexcept { return m_restarts; }

  private:
    [[nodiscard]] bool is_ours() const;
    [[nodiscard]] bool listen(outputs& out, duration wait);
    [[nodiscard]] bool at_rest() const;
    [[nodiscard]] bool connect(duration wait);
    [[nodiscard]] bool synchronise();
    [[nodiscard]] bool ask(std::string_view request, std::string_view answer);
    void start(bool keep_state);

    conformance::target& m_target;
    std::function<pid_t()> m_process;
    std::unique_ptr<conformance::channel> m_channel;
    conformance::instant m_reset{};
    std::uint64_t m_next_id = 1'000'000'007;
    bool m_spoken = false; ///< In this conversation.
    bool m_ending = false; ///< Told to.
    std::size_t m_messages = 0;
    std::size_t m_restarts = 0;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_REAL_AGENT_HPP
