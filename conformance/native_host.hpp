// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_NATIVE_HOST_HPP
#define SNAPPROTO_CONFORMANCE_NATIVE_HOST_HPP

// The host's end of a channel to an agent of the native dialect, as the checks hold it.

#include "conformance/attach/played_participants.hpp"
#include "conformance/native_bytes.hpp"
#include "conformance/native_peer.hpp"
#include "conformance/run_context.hpp"

#include <snapproto/dialect/native/profile.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace snapproto::conformance {

/// The played orchestrator of one check.
///
/// Everything that is sent carries the session and a number of its own; answers are held against
/// these (SP 2.10, SP 3.1) wherever one is awaited.
class native_host {
  public:
    static constexpr duration reply_wait = std::chrono::seconds(5);
    /// An agent may flush before it is frozen.
    static constexpr duration step_wait = std::chrono::seconds(10);
    /// After what was owed nothing more comes.
    static constexpr duration quiet = std::chrono::milliseconds(100);

    /// Opens a channel and says nothing. @throws unreachable
    explicit native_host(run_context& context);

    [[nodiscard]] run_context& context() noexcept { return m_context; }
    /// Skips the check where the suite does not play it. To be called before anything is sent.
    [[nodiscard]] played_surroundings& guest();
    [[nodiscard]] played_participants& participants() { return guest().participants(); }

    // The channel.

    void hang_up();
    void open();
    [[nodiscard]] native_peer& peer() noexcept { return *m_peer; }

    // Bytes.

    void send_bytes(std::string_view bytes, std::string_view words);
    /// One frame with this body.
    void send_frame(std::string_view body, std::string_view words);

    // Messages.

    /// Fills in what every message carries; the transaction is left as it is.
    template <class Message>
    Message made(Message message) {
        message.header.session = m_session;
        message.header.seq = {++m_seq};
        return message;
    }
    template <class Message>
    [[nodiscard]] Message in(txn_id txn, Message message = {}) {
        message.header.txn = txn;
        return made(std::move(message));
    }
    /// @return the number that it carries
    sequence_number send(const any_message& message);
    template <class Message>
    sequence_number ask(txn_id txn, Message message = {}) {
        return send(in(txn, std::move(message)));
    }
    [[nodiscard]] session_id session() const noexcept { return m_session; }
    /// What is sent from now on carries this session.
    void use_session(session_id session) noexcept { m_session = session; }
    [[nodiscard]] sequence_number latest() const noexcept { return {m_seq}; }
    [[nodiscard]] txn_id new_txn() { return m_txn = {m_context.random()() | 1U}; }

    [[nodiscard]] native_said read(duration wait = reply_wait);
    /// The next that is no Progress.
    [[nodiscard]] native_said answer(duration wait = reply_wait);
    /// The same, which has to be of that kind.
    template <class Message>
    Message must_get(std::string_view requirement, duration wait = reply_wait) {
        const native_said said = answer(wait);
        const Message* const got = said.as<Message>();
        must(got != nullptr, requirement, kind_word<Message>(), said);
        must_correlate(got->header);
        return *got;
    }
    /// Sends a request of the running transaction, or of another, and awaits this answer to it.
    template <class Message, class Request>
    Message must_answer(std::string_view requirement, txn_id txn, Request request = {},
                        duration wait = reply_wait) {
        const sequence_number asked = ask(txn, std::move(request));
        const Message got = must_get<Message>(requirement, wait);
        must_repeat(got.header, txn, asked);
        return got;
    }
    template <class Request>
    nak must_refuse(nak_code code, std::string_view requirement, txn_id txn, Request request = {}) {
        const sequence_number asked = ask(txn, std::move(request));
        const nak got = must_be_nak(code, requirement);
        must_repeat(got.header, txn, asked);
        return got;
    }
    nak must_be_nak(nak_code code, std::string_view requirement);
    /// Sends a frame that is refused, and requires that the agent can be spoken to afterwards.
    void must_be_malformed(std::string_view body, std::string_view words,
                           std::string_view requirement);
    /// The same for one that is not.
    native_said must_be_read(std::string_view body, std::string_view words,
                             std::string_view requirement, duration wait = reply_wait);
    void must_be_quiet(std::string_view requirement, duration span = quiet);
    /// A Ping is answered, and nothing else came before.
    pong must_pong(std::string_view requirement);
    /// Requires the end of the channel; what comes before it must be no answer.
    void must_close(std::string_view requirement, duration wait = reply_wait);

    // What most checks begin with.

    /// A mark and a Hello with a new session. @return the answer, whatever it selects
    hello_ack greet(hello with);
    /// An ordinary session: version 1.0 and these capabilities.
    hello_ack begin(feature wanted = native::capabilities);
    [[nodiscard]] bool granted(feature what) const noexcept { return has(m_granted, what); }
    /// Ends the check as inapplicable where it was not granted.
    void require_granted(feature what);
    /// Of the filesystems that may be frozen.
    [[nodiscard]] snapshot_scope scope();
    [[nodiscard]] prepare_request preparation();
    [[nodiscard]] prepared_report prepare(txn_id txn);
    /// Prepares where that was agreed, and freezes.
    frozen_report freeze(txn_id txn, std::optional<duration> limit = {});
    thawed_report thaw(txn_id txn, verdict expected = verdict::clean);
    /// Thaws, and completes where that was agreed.
    void finish(txn_id txn);
    [[nodiscard]] status_report status();
    void must_be_in(agent_phase phase, std::string_view requirement);

    // What can be seen from outside, where it can be.

    void must_be_frozen(std::string_view requirement) { must_be_held(true, requirement); }
    void must_be_thawed(std::string_view requirement) { must_be_held(false, requirement); }
    /// Waits until nothing is frozen any more. @return how long that took
    duration wait_for_thaw(duration most);

  private:
    template <class Message>
    static std::string kind_word() {
        return std::string{to_string(kind_of(any_message{Message{}}))};
    }
    void must(bool holds, std::string_view requirement, std::string_view expected,
              const native_said& actual);
    void must_correlate(const message_header& head);
    void must_repeat(const message_header& head, txn_id txn, sequence_number asked);
    void must_be_held(bool frozen, std::string_view requirement);
    void note_calls();

    run_context& m_context;
    played_surroundings* m_guest;
    std::unique_ptr<native_peer> m_peer;
    session_id m_session{};
    std::uint64_t m_seq = 0;
    txn_id m_txn{};
    feature m_granted = feature::none;
    std::size_t m_noted = 0; ///< Calls on participants that are in the transcript.
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_NATIVE_HOST_HPP
