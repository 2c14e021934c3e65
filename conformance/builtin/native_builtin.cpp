// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/native_builtin.hpp"

#include "conformance/builtin/native_relaxed.hpp"
#include "conformance/builtin/virtual_native.hpp"
#include "conformance/native_bytes.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <utility>

namespace snapproto::conformance {
namespace {

using endpoint::operation;
using machine::participant_event;

constexpr std::string_view single = "single change of behaviour";

constexpr std::array<fault_info, 47> faults{{
    {"abort-in-idle-is-refused", "Refuses an Abort while nothing runs.", single, "8.4/1"},
    {"agrees-with-everybody", "Selects its version also when it was not offered.", single, "2.5/1"},
    {"answers-what-was-cut", "Refuses the frame that a mark has cut short.", single, "60.9/1"},
    {"any-order", "Reads keys in any order.", single, "61.2/3"},
    {"any-session", "Takes requests of another session for its own.", single, "3.12/1"},
    {"busy-is-stale", "Calls another transaction stale while one runs.", single, "3.4/1"},
    {"cookie-is-zero", "Answers a Ping without its cookie.", single, "2.15/1"},
    {"counts-nothing", "Says in Frozen that nothing is held.", single, "5.5/1"},
    {"deaf-after-nonsense", "Reads nothing any more after a frame that it has refused.", single,
     "16.1/1"},
    {"fills-in", "Takes a field that is missing for its default.", single, "61.5/1"},
    {"finishes-nobody", "Tells no participant what became of the copy.", single, "9.8/1"},
    {"forgets-the-undo", "Leaves frozen what it froze before one refused.", single, "5.8/1"},
    {"forgets-the-verdict", "Knows nothing of a transaction once the channel has ended.", single,
     "3.11/1"},
    {"forgets-the-mark", "Sends no mark when it has read one.", single, "60.13/1"},
    {"frozen-too-early", "Says frozen when the first participant is.", single, "5.4/2"},
    {"frozen-twice", "Answers a Freeze twice.", single, "3.8/1"},
    {"gives-up-when-stuck", "Tries a release that has failed no second time.", single, "10.10/1"},
    {"grants-everything", "Grants what nobody wanted.", single, "2.2/2"},
    {"holds-for-ever", "Has no hold limit.", single, "6.2/1"},
    {"ignores-generation", "Goes on as before in a copy of its machine.", single, "11.2/1"},
    {"ignores-low-keys", "Passes over keys that it should understand.", single, "61.6/2"},
    {"ignores-the-tail", "Passes over what stands behind the message.", single, "61.4/1"},
    {"keeps-the-first-channel", "Turns a second channel away.", single, "63.3/1"},
    {"knows-no-mark", "Takes the bytes of a mark for nothing.", single, "60.6/1"},
    {"long-forms", "Reads numbers in a longer form than they need.", single, "61.2/1"},
    {"moves-the-deadline", "Holds for longer when a Freeze is repeated, and says so.", single,
     "5.7/1"},
    {"no-mark", "Sends HelloAck without a mark.", single, "60.8/1"},
    {"not-held-is-fine", "Takes a release that finds nothing held for a real one.", single,
     "7.3/1"},
    {"numbers-its-answers", "Gives its answers numbers of its own.", single, "3.1/1"},
    {"one-frame-a-write", "Reads one message of what comes at once.", single, "60.4/1"},
    {"promises-too-much", "Announces a hold of two minutes.", single, "15.5/1"},
    {"raises-the-limit", "Holds for as long as it is asked to.", single, "6.5/2"},
    {"reads-deeper", "Reads lists in each other deeper than the limit.", single, "62.1/2"},
    {"reads-longer", "Reads frames longer than the limit.", single, "62.1/1"},
    {"selects-the-first", "Selects the version that was offered first.", single, "2.4/1"},
    {"short-texts", "Refuses texts that are within the limit.", single, "62.1/5"},
    {"silent-while-held", "Sends no Progress.", single, "6.11/1"},
    {"smaller-in-silence", "Freezes what it knows of a scope and says nothing of the rest.", single,
     "4.13/1"},
    {"stale-is-fine", "Freezes once more for a transaction that is over.", single, "3.7/1"},
    {"status-says-idle", "Says that it is idle whatever it does.", single, "2.14/1"},
    {"stays-frozen-alone", "Stays frozen when its channel ends.", single, "63.1/1"},
    {"stops-frozen", "Ends at once when it is told to.", single, "10.6/1"},
    {"takes-unagreed", "Recovers a copy although that was not agreed on.", single, "2.13/1"},
    {"tells-before-it-releases", "Reports a veto while something is still held.", single, "5.12/1"},
    {"thawed-is-clean", "Says clean, however the hold has ended.", single, "6.2/2"},
    {"thaws-for-others", "Thaws what somebody else froze.", single, "7.12/1"},
    {"waits-in-ready", "Waits for a Freeze without end.", single, "4.12/1"},
}};

/// The agent with one change.
class faulty final : public builtin::virtual_native {
  public:
    explicit faulty(std::string_view fault) : virtual_native(std::string{fault}), m_fault(fault) {
        start({});
    }

    void change_generation() override {
        if (!has("ignores-generation")) {
            virtual_native::change_generation();
        }
    }

  protected:
    [[nodiscard]] endpoint::agent_options options() const override {
        auto made = virtual_native::options();
        if (has("raises-the-limit")) {
            made.timers.hold_max = std::chrono::hours{1};
        }
        return made;
    }
    [[nodiscard]] native::limits wire_limits() const override {
        native::limits made;
        made.nesting_max = has("reads-deeper") ? 64 : made.nesting_max;
        made.frame_bytes_max += has("reads-longer") ? 1024U : 0U;
        made.text_bytes_max = has("short-texts") ? 1024 : made.text_bytes_max;
        return made;
    }
    [[nodiscard]] bool tells_results() const override { return !has("finishes-nobody"); }
    [[nodiscard]] bool keeps_time() const override {
        const agent_phase phase = agent().session().phase();
        return !(has("holds-for-ever") && phase == agent_phase::frozen) &&
               !(has("waits-in-ready") && phase == agent_phase::ready) &&
               !(has("gives-up-when-stuck") && phase == agent_phase::stuck);
    }
    void on_loss() override {
        if (!has("stays-frozen-alone")) {
            virtual_native::on_loss();
        }
        if (has("forgets-the-verdict")) {
            forget();
        }
    }
    [[nodiscard]] bool takes_another() const override { return !has("keeps-the-first-channel"); }
    void on_stop() override {
        if (has("stops-frozen")) {
            return end({false, 0});
        }
        virtual_native::on_stop();
    }
    std::vector<participant_summary> found(const endpoint::find_participants& wanted,
                                           bool& known) override {
        auto all = virtual_native::found(wanted, known);
        known = known || has("smaller-in-silence");
        return all;
    }
    participant_event perform(played_participant& who, operation what) override;
    void on_bytes(std::string bytes) override;
    void on_message(const any_message& message) override;

  private:
    [[nodiscard]] bool has(std::string_view fault) const noexcept { return m_fault == fault; }
    void look_at(any_message& request);
    void change(any_message& message);

    std::string m_fault;
    message_header m_freeze{};  ///< Of the Freeze in work.
    bool m_said = false;        ///< What was to be said has been said too early.
    bool m_undoes = false;      ///< A participant has refused.
    std::uint32_t m_wanted = 0; ///< Of the latest Hello.
    std::uint64_t m_naks = 0;   ///< Refusals of what was malformed.
    std::uint64_t m_number = 0;
    std::optional<protocol_version> m_offered;
    txn_id m_stale{}; ///< Which is another one for the agent.
    bool m_deaf = false;
    native::decoder m_reader{native::direction::requests};
};

participant_event faulty::perform(played_participant& who, operation what) {
    const bool mounted = who.kind == participant_kind::filesystem;
    if (what == operation::hold) {
        m_undoes = who.refuses_hold;
        if (has("tells-before-it-releases") && who.refuses_hold) {
            error_report early;
            early.header = m_freeze;
            early.phase = agent_phase::freeze;
            early.reason = verdict::veto;
            m_said = true;
            write(early);
        }
        if (has("frozen-too-early") && !std::exchange(m_said, true)) {
            frozen_report early;
            early.header = m_freeze;
            early.held = 2;
            early.held_since = time();
            early.hold_deadline = time() + std::chrono::seconds{10};
            write(early);
        }
    }
    if (what == operation::release && m_undoes && mounted && has("forgets-the-undo")) {
        return participant_event::released;
    }
    if (what == operation::release && has("thaws-for-others")) {
        for (played_participant& one : participants().list) {
            one.held_by_other = false;
        }
    }
    const participant_event right = virtual_native::perform(who, what);
    return right == participant_event::not_held && has("not-held-is-fine")
               ? participant_event::released
               : right;
}

// ---- what comes in ------------------------------------------------------------------------------

void faulty::on_bytes(std::string bytes) {
    if (m_deaf && !bytes.starts_with(native_bytes::mark())) {
        return;
    }
    m_deaf = false;
    if (has("knows-no-mark")) {
        const std::string mark = native_bytes::mark();
        for (std::size_t at = bytes.find(mark); at != std::string::npos; at = bytes.find(mark)) {
            bytes.erase(at, bytes.find_first_not_of('\xff', at) - at);
        }
    }
    const auto frame = builtin::find_frame(bytes);
    if (frame) {
        const std::size_t end = frame->begin + native::prefix_bytes + frame->size;
        const std::string before = bytes.substr(0, frame->begin);
        const std::string body = bytes.substr(frame->begin + native::prefix_bytes, frame->size);
        bytes.resize(has("one-frame-a-write") ? end : bytes.size());
        const std::string rest = bytes.substr(end);
        m_reader.reset();
        (void)m_reader.feed(std::as_bytes(std::span(bytes).subspan(frame->begin)));
        const auto got = m_reader.next();
        if (got.has_value()) {
            const any_message seen = **got;
            any_message request = seen;
            look_at(request);
            if (!(request == seen)) {
                bytes = before + native_bytes::frame(native_bytes::body(request)) + rest;
            }
        } else if (const auto read =
                       builtin::read_relaxed(body, {.long_forms = has("long-forms"),
                                                    .any_order = has("any-order"),
                                                    .tail = has("ignores-the-tail"),
                                                    .missing = has("fills-in"),
                                                    .low_keys = has("ignores-low-keys")});
                   read && got.has_failure() &&
                   (has("long-forms") || has("any-order") || has("ignores-the-tail") ||
                    has("fills-in") || has("ignores-low-keys"))) {
            bytes = before + native_bytes::frame(*read) + rest;
        }
    }
    const std::size_t refused = agent().refused();
    const std::uint64_t naks = m_naks;
    feed(bytes);
    if (agent().refused() != refused) {
        m_deaf = has("deaf-after-nonsense") && m_naks != naks;
        if (has("answers-what-was-cut") && m_naks == naks) {
            nak refusal;
            refusal.header.session = agent().session().machine().data().session;
            refusal.code = nak_code::malformed;
            write(refusal);
        }
    }
}

/// Sees a request, and changes it as the fault has it.
void faulty::look_at(any_message& request) {
    const auto& known = agent().session().machine().data();
    message_header* head = nullptr;
    native::with_message(request, [&](auto& m) { head = &m.header; });
    if (auto* first = std::get_if<hello>(&request)) {
        m_said = false;
        m_freeze = {};
        m_stale = {};
        m_wanted = static_cast<std::uint32_t>(first->wanted);
        m_offered = first->versions.empty() ? std::nullopt : std::optional{first->versions[0]};
        if (has("takes-unagreed")) {
            first->wanted = first->wanted | snapproto::capability::recovery;
        }
        if (has("agrees-with-everybody") || has("selects-the-first")) {
            first->versions = {native::version};
        }
        return;
    }
    if (has("any-session") && known.session) {
        head->session = known.session;
    }
    const bool begins = std::holds_alternative<prepare_request>(request) ||
                        std::holds_alternative<freeze_request>(request);
    if (std::holds_alternative<freeze_request>(request)) {
        m_freeze = *head;
        m_said = false;
    }
    if (has("stale-is-fine") && begins && known.last_txn && head->txn == known.last_txn &&
        agent().session().phase() == agent_phase::idle) {
        m_stale = head->txn;
    }
    if (m_stale && head->txn == m_stale) {
        head->txn.value ^= 2;
    }
}

// ---- what goes out ------------------------------------------------------------------------------

void faulty::on_message(const any_message& message) {
    any_message changed = message;
    const nak* const refusal = std::get_if<nak>(&message);
    m_naks += refusal != nullptr && refusal->code == nak_code::malformed ? 1U : 0U;
    const bool error = std::holds_alternative<error_report>(message);
    const bool frozen = std::holds_alternative<frozen_report>(message);
    if ((has("silent-while-held") && std::holds_alternative<progress_report>(message)) ||
        (has("tells-before-it-releases") && error && std::exchange(m_said, false)) ||
        (has("frozen-too-early") && frozen && m_said)) {
        return;
    }
    change(changed);
    if (has("forgets-the-mark")) {
        forget_mark();
    }
    if (has("no-mark") && std::holds_alternative<hello_ack>(message)) {
        return write_bytes(native_bytes::frame(native_bytes::body(changed)));
    }
    write(changed);
    if (has("frozen-twice") && frozen) {
        write(changed);
    }
}

void faulty::change(any_message& message) {
    message_header* head = nullptr;
    native::with_message(message, [&](auto& m) { head = &m.header; });
    if (has("numbers-its-answers")) {
        head->seq = {++m_number};
    }
    if (m_stale && (head->txn.value ^ 2U) == m_stale.value) {
        head->txn = m_stale;
    }
    if (auto* ack = std::get_if<hello_ack>(&message)) {
        if (has("grants-everything")) {
            ack->granted = native::capabilities;
        } else if (has("takes-unagreed")) {
            ack->granted = ack->granted & static_cast<snapproto::capability>(m_wanted);
        } else if (has("selects-the-first")) {
            ack->selected = m_offered;
        } else if (has("promises-too-much")) {
            ack->hold_max = std::chrono::minutes{2};
        } else if (has("raises-the-limit")) {
            ack->hold_max = std::chrono::minutes{1};
        }
    } else if (auto* status = std::get_if<status_report>(&message)) {
        status->phase = has("status-says-idle") ? agent_phase::idle : status->phase;
    } else if (auto* report = std::get_if<pong>(&message)) {
        report->cookie = has("cookie-is-zero") ? 0 : report->cookie;
    } else if (auto* frozen = std::get_if<frozen_report>(&message)) {
        frozen->held = has("counts-nothing") ? 0 : frozen->held;
        if (has("moves-the-deadline")) {
            frozen->hold_deadline = time() + std::chrono::seconds{10};
        }
    } else if (auto* thawed = std::get_if<thawed_report>(&message)) {
        thawed->outcome = has("thawed-is-clean") ? verdict::clean : thawed->outcome;
    } else if (auto* refusal = std::get_if<nak>(&message)) {
        if (has("busy-is-stale") && refusal->code == nak_code::busy) {
            refusal->code = nak_code::stale;
        }
    } else if (std::holds_alternative<aborted_report>(message) && has("abort-in-idle-is-refused") &&
               !m_freeze.txn) {
        nak made;
        made.header = *head;
        made.phase = agent_phase::idle;
        message = made;
    }
}

} // namespace

std::unique_ptr<native_builtin> make_native_builtin(std::string_view fault_or_reference) {
    const bool known = std::any_of(faults.begin(), faults.end(), [&](const fault_info& one) {
        return one.name == fault_or_reference;
    });
    if (!known && fault_or_reference != "reference") {
        throw std::invalid_argument("there is no such agent");
    }
    return std::make_unique<faulty>(fault_or_reference);
}

std::span<const fault_info> native_builtin_faults() {
    return faults;
}

} // namespace snapproto::conformance
