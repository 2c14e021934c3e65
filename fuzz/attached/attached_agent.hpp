// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_ATTACHED_AGENT_HPP
#define SNAPPROTO_FUZZ_ATTACHED_ATTACHED_AGENT_HPP

// What snapcheck can be attached to on virtual time, as an agent for the fuzzer: the embedded ones,
// and a persistent process behind a pipe (docs/shim.md), which is reset by a command.

#include "conformance/attach/target.hpp"

#include <snapproto/fuzz.hpp>

#include <array>
#include <memory>
#include <string>

namespace snapproto::fuzz {

/// Fuzzes a target.
class attached_agent : public agent_under_test {
  public:
    /// @pre it has virtual time, can be restarted, and outlives this
    explicit attached_agent(conformance::target& target) : m_target(target) {}

    /// What this target's world is like.
    [[nodiscard]] world surroundings();

    void reset() override;
    void deliver(std::size_t client, std::string_view bytes, outputs& out) override;
    void advance(duration span, outputs& out) override;
    bool act(action what, std::uint8_t value, outputs& out) override;
    void observe(observation& seen) override;
    [[nodiscard]] std::size_t clients() const override;

  private:
    void start(bool keep_state);
    void listen(outputs& out);

    conformance::target& m_target;
    std::array<std::unique_ptr<conformance::channel>, clients_max> m_channels;
    conformance::hook_script m_hook;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_ATTACHED_AGENT_HPP
