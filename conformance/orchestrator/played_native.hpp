// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_NATIVE_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_NATIVE_HPP

// The agent of the native dialect that the suite plays for an orchestrator: a right one, until a
// check tells it to do otherwise. It holds for as long as nobody thaws it, so that a hold without
// end is seen; a check that wants an agent that lets go by itself says so.

#include "conformance/native_peer.hpp"
#include "conformance/orchestrator/scripted_side.hpp"
#include "conformance/orchestrator/trial.hpp"

#include <snapproto/dialect/native/decoder.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// A request that reached the agent.
struct native_request {
    instant at{};
    connection on;
    any_message message;
    bool behind_mark = false; ///< A mark stood directly before it.
    std::size_t nth = 1;      ///< Among those of its kind.

    [[nodiscard]] message_kind kind() const noexcept { return kind_of(message); }
    [[nodiscard]] const message_header& header() const noexcept { return header_of(message); }
    template <class Message>
    [[nodiscard]] const Message& as() const {
        return std::get<Message>(message);
    }
};

/// What the agent does on a request. It comes as a right agent's; a check may change it.
struct native_reaction {
    duration after = std::chrono::milliseconds(2);
    hold_step step = hold_step::none;
    std::vector<any_message> answers;   ///< One frame each.
    std::string lead;                   ///< Bytes before them.
    std::string trail;                  ///< Bytes behind them.
    std::optional<std::string> instead; ///< These bytes in their place.
    std::size_t piece = 0;              ///< Bytes in one go, 1 ms apart; 0: all.
    bool hangs_up = false;              ///< Ends the connection when it has answered.
    bool stubborn = false;              ///< Goes on with it whatever else is asked meanwhile.

    message_header of{}; ///< The header of a right answer.

    /// Answers with this message and does nothing to the filesystems.
    template <class Message>
    void says(Message message) {
        message.header = of;
        answers = {any_message{std::move(message)}};
        step = hold_step::none;
    }
    void fails(verdict reason);
    void refuses(nak_code code);
    void silent();
    /// The answer, to be changed. @pre it is this message
    template <class Message>
    [[nodiscard]] Message& answer() {
        return std::get<Message>(answers.front());
    }
};

/// The bytes of a message.
[[nodiscard]] std::string bytes_of(const any_message& message);

class played_native final : public scripted_side<native_request, native_reaction> {
  public:
    using scripted_side::scripted_side;

    // ---- how it is to behave ----

    /// What it can agree to, and the longest hold that it grants.
    void grants(feature what) { m_grants = what; }
    void announces_hold(duration most) { m_hold_max = most; }
    /// How long it says that it holds.
    void holds_for(duration limit) { m_hold = limit; }
    /// Whether it sends Progress while it is busy or held.
    void sends_progress(bool does) { m_progress = does; }

    /// Something that nobody has asked for, in the running transaction.
    template <class Message>
    void announce(Message message) {
        message.header = {m_session, m_txn, {}};
        push(any_message{std::move(message)});
    }

    // ---- what it has seen ----

    /// Frames that are no message of an orchestrator, in words.
    [[nodiscard]] const std::vector<std::string>& refused() const noexcept { return m_refused; }
    [[nodiscard]] session_id session() const noexcept { return m_session; }
    [[nodiscard]] txn_id txn() const noexcept { return m_txn; }

    [[nodiscard]] bool busy() const override { return !m_jobs.empty(); }

  protected:
    void on_connected(connection on) override;
    void on_received(connection on, std::string_view bytes) override;
    void on_disconnected(connection on, bool by_us) override;

  private:
    struct line {
        native::decoder decoder{native::direction::requests};
        std::string taken; ///< The end of what the decoder took.
    };
    struct job {
        message_kind what;
        bool stubborn;
    };

    void hear(connection on, bool behind_mark, const any_message& message);
    [[nodiscard]] native_reaction right_reaction(const native_request& request);
    [[nodiscard]] hello_ack agreement(const hello& opening);
    [[nodiscard]] agent_phase phase() const noexcept;
    void finish(connection on, native_reaction how);
    void complete(any_message& answer) const;
    void say(connection on, const std::string& bytes, std::size_t piece);
    void push(const any_message& message);
    void drop_work();
    void tick(connection on);
    /// The agent's clock is not the orchestrator's (SP 61.11).
    [[nodiscard]] snapproto::instant own_clock(instant when) const;

    std::map<std::uint32_t, line> m_lines;
    std::vector<std::string> m_refused;
    std::map<std::uint64_t, job> m_jobs;
    std::uint64_t m_jobs_made = 0;

    feature m_grants = feature::explicit_prepare | feature::implicit_prepare | feature::completion |
                       feature::hold_limit | feature::keep_alive | feature::transactions;
    feature m_granted = feature::none;
    duration m_hold_max = std::chrono::seconds(60);
    duration m_hold = std::chrono::seconds(10);
    bool m_progress = true;
    session_id m_session{};
    txn_id m_txn{};
    bool m_ready = false;
    std::uint32_t m_ordinal = 0;
};

/// One run of one check against an orchestrator of native agents.
using native_trial = trial_of<played_native>;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_NATIVE_HPP
