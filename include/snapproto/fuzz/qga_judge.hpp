// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_QGA_JUDGE_HPP
#define SNAPPROTO_FUZZ_QGA_JUDGE_HPP

// Judges a QGA agent by SP chapters 20 to 29: what it answers, when, and, where that is seen, what
// it does. Written from the clauses; it never includes a machine.

#include <snapproto/core/clause.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/fuzz/agent.hpp>
#include <snapproto/fuzz/coverage.hpp>
#include <snapproto/fuzz/qga_expectation.hpp>
#include <snapproto/trace/record.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {

/// What an agent did wrong first.
struct breach {
    clause governed_by{};
    instant at{};
    std::string sentence{};
    bool crash = false; ///< A signal that nobody had sent has ended it.
};

/// What is known of the agent's state.
enum class qga_state : std::uint8_t { thawed, frozen, unsure };

/// Judges one conversation.
///
/// Where the clauses leave something open, both are taken; after bytes that are no JSON only what
/// SP 20.5 to 20.11 demand is judged until a 0xFF.
class qga_judge {
  public:
    qga_judge(const world& given, coverage& covered)
        : m_world(given),
          m_covered(covered),
          m_state(given.starts_thawed ? qga_state::thawed : qga_state::unsure),
          m_always_sure(given.starts_thawed) {}

    // ---- what happens, in order ----

    /// A client says something.
    void said(std::size_t client, std::string_view bytes, instant now);
    /// The agent has sent something to a client.
    void heard(std::size_t client, std::string_view bytes, instant now);
    /// Something else was done to the agent.
    void acted(action deed, std::uint8_t value, instant now);
    /// What the agent looks like from outside, before what it has sent is heard.
    void witness(const observation& seen, instant now);
    /// What it looks like then. To be told after each input.
    void saw(const observation& seen, instant now);
    /// Half of many equal requests was answered, or all of them: memory does not grow (SP 28.8).
    void saw_memory_after(std::size_t requests, std::uint64_t before, std::uint64_t after,
                          instant now);
    /// Nothing more is to be waited for: whatever is owed is missing.
    void settled(instant now);

    // ---- what is known ----

    /// True while some client is owed a reply.
    [[nodiscard]] bool owes() const noexcept;
    /// True while this client is.
    [[nodiscard]] bool owes(std::size_t client) const noexcept;
    /// True while a client is owed more than the errors without id that it has got, which may be
    /// for noise as well: an agent on a real clock is not waited for any longer.
    [[nodiscard]] bool owes_for_sure() const noexcept;
    /// True while something was said that may cause errors in any number.
    [[nodiscard]] bool noisy() const noexcept;
    /// True while a request may be answered that may be swallowed, too (SP 20.24).
    [[nodiscard]] bool may_hear_more() const noexcept;
    /// True while the state of the agent was known all the time.
    [[nodiscard]] bool always_sure() const noexcept { return m_always_sure; }
    /// When the last reply that is owed is due.
    [[nodiscard]] instant due() const noexcept;
    /// What was done wrong first, if anything was.
    [[nodiscard]] const std::optional<breach>& found() const noexcept { return m_found; }
    /// The conversation as the agent's end of it, for `snapcheck trace` and the monitors.
    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }
    /// Bytes of messages that have not ended, of all clients.
    [[nodiscard]] std::size_t pending_bytes() const noexcept;
    /// Commands that guest-info has listed.
    [[nodiscard]] const std::set<std::string>& commands_seen() const noexcept { return m_listed; }

  private:
    struct client_state {
        request_reader reader{};
        std::deque<expectation> owed{};
        std::string line{};           ///< Of the agent, as far as it has come.
        bool noisy = false;           ///< Something was said that may cause errors in any number.
        std::size_t plain_errors = 0; ///< That were sent since then.
    };

    /// True while there is a request that may still be answered.
    [[nodiscard]] bool in_work() const noexcept;

    void complain(clause which, instant now, std::string sentence, bool crash = false) {
        if (!m_found) {
            m_found = breach{which, now, std::move(sentence), crash};
        }
    }
    trace::record& note(trace::record_kind what, instant now);
    void note_request(expectation& of, instant now);
    void note_reply(const expectation& of, const qga::reply_view& reply, instant now);

    // ---- time ----

    [[nodiscard]] qga_state state(instant now) const noexcept;
    void become(qga_state what, instant since, instant now);

    // ---- replies: impl/qga_replies.hpp ----

    void on_line(std::size_t client, const std::string& line, instant now);
    void on_reply(client_state& from, const qga::reply_view& reply, instant now);
    static void settle_noise(client_state& from, const expectation& answered);
    [[nodiscard]] static std::optional<clause> misfit(const expectation& of,
                                                      const qga::reply_view& reply);
    void blur(const expectation& of);
    void answer(const expectation& of, const qga::reply_view& reply, instant now);
    void on_returned(const expectation& of, const qga::reply_view& reply, instant now);
    void on_refused(const expectation& of, const qga::reply_view& reply, instant now);
    void on_freeze(const expectation& of, std::int64_t count, instant now);
    void on_thaw(std::int64_t count, instant now);
    void on_information(const qga::reply_view& reply, instant now);
    [[nodiscard]] std::set<std::size_t> known_mounts(const expectation& of) const;

    // ---- effects: impl/qga_effects.hpp ----

    void look_at_mounts(const observation& seen, instant now);
    void look_at_calls(const std::vector<seen_call>& calls, instant now);
    void look_at_resources(const observation& seen, instant now);

    const world& m_world;
    coverage& m_covered;
    std::array<client_state, clients_max> m_clients{};
    qga::reply_decoder m_decoder{detail::generous}; ///< Of one line, and kept for its memory.
    std::optional<breach> m_found{};
    std::vector<trace::record> m_recording{};
    std::vector<bool> m_witnessed{};

    qga_state m_state;
    bool m_always_sure;
    bool m_was_frozen = false;             ///< Before it was thawed.
    std::optional<std::int64_t> m_count{}; ///< What the freeze returned.
    std::set<std::size_t> m_held{};        ///< Which mounts it froze, where that is known.
    bool m_held_known = false;
    bool m_released = false; ///< Somebody else has thawed something.
    instant m_frozen_from{}; ///< Nothing was frozen before.
    instant m_frozen_by{};   ///< All was frozen by then.
    std::uint64_t m_txn = 0;

    std::uint8_t m_hook = 0;
    bool m_client_left = false; ///< And nothing was heard since then.
    std::optional<instant> m_told_to_end{};
    bool m_told_when_thawed = false;
    std::vector<seen_mount> m_mounts{};     ///< As they were seen last.
    std::optional<bool> m_said_frozen{};    ///< By a status since then.
    std::vector<std::uint64_t> m_digests{}; ///< While frozen.
    std::size_t m_calls_seen = 0;
    bool m_calls_allowed = false;     ///< Something was asked since then that runs the hook.
    std::size_t m_rounds = 0;         ///< Freezes and thaws that were answered since then.
    std::optional<bool> m_call_due{}; ///< Exactly one call: for a freeze, or for a thaw.
    std::size_t m_new_calls[2]{};     ///< For thaws and for freezes, since the state was settled.
    std::optional<std::uint64_t> m_memory_before{};
    std::size_t m_bytes_said = 0;
    std::size_t m_message_most = 0; ///< Bytes of the largest message, or more.
    std::optional<std::pair<instant, duration>> m_idle_from{}; ///< And the processor time then.

    std::set<std::string> m_listed{};
    std::set<std::string> m_enabled{};
};

} // namespace snapproto::fuzz

#include <snapproto/fuzz/impl/qga_effects.hpp>
#include <snapproto/fuzz/impl/qga_judge.hpp>
#include <snapproto/fuzz/impl/qga_replies.hpp>

#endif // SNAPPROTO_FUZZ_QGA_JUDGE_HPP
