// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/vmbackup_builtin.hpp"

#include "conformance/attach/played_filesystem.hpp"

#include <snapproto/endpoint/vmbackup_agent.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance {
namespace {

using machine::participant_event;

constexpr std::string_view single = "single change of behaviour";
constexpr std::string_view real = "open-vm-tools 12.2 on Linux";

constexpr std::array<fault_info, 24> faults{{
    {"answers-without-space", "Answers OK without the space behind it.", single, "40.2/1"},
    {"commits-early", "Says frozen when the first filesystem is.", single, "45.4/1"},
    {"done-has-a-code", "Sends done with the code of what went wrong.", single, "43.5/1"},
    {"done-twice", "Sends done twice.", single, "45.12/1"},
    {"drops-the-last-space", "Sends an event without text without its last space.", single,
     "43.4/1"},
    {"everything-is-known", "Answers commands that it does not know with OK.", single, "40.6/1"},
    {"forgets-to-undo", "Leaves frozen what it froze before the filesystem that failed.", single,
     "45.11/1"},
    {"freezes-read-only", "Freezes what nobody can write to.", single, "46.1/2"},
    {"goes-on-without-a-hook", "Takes a hook that fails for one that is held.", single, "45.11/2"},
    {"ignores-a-lost-channel", "Stays frozen when the command channel ends.", real, "46.8/1"},
    {"ignores-a-refused-commit", "Stays frozen when the host refuses the commit.", single,
     "45.8/1"},
    {"leaves-out-xfs", "Freezes ext4 only, and says frozen.", single, "46.1/1"},
    {"limit-looks-like-abort", "Reports its own limit as an abort of the host.", real, "45.10/1"},
    {"no-freeze-fail", "Does not tell a hook that has failed to undo.", real, "46.4/1"},
    {"null-provider", "Calls an operation that holds nothing frozen.", real, "46.2/1"},
    {"refuses-odd-aborts", "Takes an abort with arguments for an unknown command.", single,
     "41.6/1"},
    {"reset-is-abort", "Gives its operation up when the channel is reset.", single, "40.7/3"},
    {"second-start-is-fine", "Answers a second start with OK.", single, "45.2/1"},
    {"silent", "Sends no sign of life.", single, "46.7/1"},
    {"silent-undo", "Undoes a refused commit without a word.", real, "45.18/1"},
    {"terminates-frozen", "Says done and ends at once when it is told to.", real, "46.9/1"},
    {"thaw-always-succeeds", "Takes a filesystem that refuses to be thawed for released.", single,
     "46.10/1"},
    {"thaws-by-place", "Thaws what it finds at the mount point.", single, "46.5/2"},
    {"wedges-after-a-failure", "Takes no operation after one that failed.", single, "46.11/1"},
}};

/// Name and code of an event, as they stand in front of its text.
bool is_event(std::string_view bytes, std::string_view name) {
    return bytes.starts_with("vmbackup.eventSet " + std::string{name} + " ");
}

/// A guest made of the library's endpoint; faults change what it says and does.
class virtual_guest final : public vmbackup_target {
  public:
    explicit virtual_guest(std::string_view fault) : m_name(fault) { start({}); }

    [[nodiscard]] instant now() const override { return m_now; }
    [[nodiscard]] std::string description() const override {
        return "embedded guest '" + m_name + "'";
    }
    [[nodiscard]] std::string replay_flags() const override {
        return "--dialect vmbackup --builtin " + m_name;
    }
    [[nodiscard]] support can(capability what) const override {
        const bool present = what == capability::restart || what == capability::signal ||
                             what == capability::virtual_time;
        return present ? support::yes()
                       : played_filesystems::can(what).value_or(
                             support::no("a guest of vmbackup has no such thing"));
    }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        return m_seen.all();
    }

    void sleep_for(duration span) override {
        m_now += span;
        m_agent.handle_timeout(time());
        drain();
    }

    [[nodiscard]] std::unique_ptr<channel> connect(duration wait) override;
    [[nodiscard]] std::unique_ptr<channel> reports(duration wait) override;

    void start(const start_options&) override {
        guest().reset();
        scripts() = {};
        m_end.reset();
        m_replies.clear();
        m_events.clear();
        m_unanswered = m_wedged = m_frozen_early = m_refused = false;
        m_agent = endpoint::vmbackup_agent{};
        m_agent.channel_opened(time());
        drain();
    }

    [[nodiscard]] bool alive() override { return !m_end; }
    void terminate() override {
        if (has("terminates-frozen")) {
            m_events.emplace_back("vmbackup.eventSet req.done 0 ");
            m_end = exit_report{false, 0};
        } else if (!m_end) {
            m_agent.stop(time());
            drain();
        }
    }
    void kill() override { m_end = exit_report{true, 9}; }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        if (!m_end) {
            sleep_for(bound);
        }
        return m_end;
    }

    // The two channels.

    void take_command(std::string_view bytes);
    void end_commands();
    void take_answer(std::string_view bytes);
    [[nodiscard]] receive_result give(std::deque<std::string>& from, duration wait);
    [[nodiscard]] std::deque<std::string>& replies() noexcept { return m_replies; }
    [[nodiscard]] std::deque<std::string>& events() noexcept { return m_events; }

  private:
    [[nodiscard]] bool has(std::string_view fault) const noexcept { return m_name == fault; }
    [[nodiscard]] snapproto::instant time() const {
        return snapproto::instant{} +
               std::chrono::duration_cast<snapproto::duration>(m_now.time_since_epoch());
    }

    void drain();
    void reply(std::string bytes);
    void report(std::string bytes);
    void find();
    void operate(const endpoint::operate& what);
    void operate_hook(const endpoint::operate& what);
    void operate_filesystem(const endpoint::operate& what);
    void run(const std::string& script, std::string_view argument) {
        scripts().calls.push_back({script, std::string{argument}});
    }

    std::string m_name;
    instant m_now{};
    played_filesystems m_seen{*this, guest()};
    endpoint::vmbackup_agent m_agent;
    std::optional<exit_report> m_end;
    std::deque<std::string> m_replies;
    std::deque<std::string> m_events;
    bool m_unanswered = false;   ///< An event has no answer yet: the guest waits for it.
    bool m_wedged = false;       ///< A fault: no start is taken any more.
    bool m_frozen_early = false; ///< A fault: the commit has been sent.
    bool m_refused = false;      ///< The host has refused the commit.
    bool m_keeps = false;        ///< A fault: releases are not done.

    std::vector<std::string> m_hooks;
    std::vector<guest_mount> m_filesystems; ///< Behind the hooks, in the order of their freeze.
    std::vector<int> m_opened;
};

/// One of the two channels.
class virtual_direction final : public channel {
  public:
    virtual_direction(virtual_guest& guest, bool commands) : m_guest(guest), m_commands(commands) {}
    ~virtual_direction() override { close_once(); }

    send_result send(std::string_view bytes, duration) override {
        if (m_commands) {
            m_guest.take_command(bytes);
        } else {
            m_guest.take_answer(bytes);
        }
        return {send_status::complete, bytes.size()};
    }
    receive_result receive(duration wait) override {
        return m_guest.give(m_commands ? m_guest.replies() : m_guest.events(), wait);
    }
    bool half_close() override { return false; }
    void close() override { close_once(); }

  private:
    void close_once() {
        if (!std::exchange(m_closed, true) && m_commands) {
            m_guest.end_commands();
        }
    }

    virtual_guest& m_guest;
    bool m_commands;
    bool m_closed = false;
};

std::unique_ptr<channel> virtual_guest::connect(duration) {
    return std::make_unique<virtual_direction>(*this, true);
}

std::unique_ptr<channel> virtual_guest::reports(duration) {
    return std::make_unique<virtual_direction>(*this, false);
}

void virtual_guest::take_command(std::string_view bytes) {
    if (m_end) {
        return;
    }
    if (has("refuses-odd-aborts") && bytes.starts_with("vmbackup.abort ")) {
        return reply("ERROR Unknown Command");
    }
    if (m_wedged && bytes.starts_with("vmbackup.start")) {
        return reply("ERROR Quiesce operation already in progress.");
    }
    if (bytes.starts_with("vmbackup.start")) {
        m_frozen_early = m_refused = false;
    }
    if (has("reset-is-abort") && bytes == "reset") {
        m_agent.channel_ended(time());
        m_agent.channel_opened(time());
    }
    m_agent.receive(std::as_bytes(std::span(bytes)), time());
    drain();
}

void virtual_guest::end_commands() {
    if (!m_end && !has("ignores-a-lost-channel")) {
        m_agent.channel_ended(time());
        drain();
    }
}

void virtual_guest::take_answer(std::string_view bytes) {
    if (m_end || !std::exchange(m_unanswered, false)) {
        return;
    }
    const bool refused = !bytes.starts_with("1 ");
    m_refused = m_refused || refused;
    const std::string_view heard = has("ignores-a-refused-commit") ? "1 " : bytes;
    m_agent.event_answered(std::as_bytes(std::span(heard)), time());
    drain();
}

receive_result virtual_guest::give(std::deque<std::string>& from, duration wait) {
    if (from.empty() && !m_end && wait > duration{0}) {
        sleep_for(wait);
    }
    if (from.empty()) {
        return {m_end ? receive_status::closed : receive_status::nothing, {}};
    }
    receive_result out{receive_status::data, std::move(from.front())};
    from.pop_front();
    return out;
}

void virtual_guest::drain() {
    while (!m_end && !m_unanswered) {
        const endpoint::vmbackup_agent_output next = m_agent.poll();
        if (std::holds_alternative<endpoint::deadline>(next)) {
            return;
        }
        if (const auto* answer = std::get_if<endpoint::send_reply>(&next)) {
            reply(answer->bytes);
        } else if (const auto* event = std::get_if<endpoint::send_event>(&next)) {
            report(event->bytes);
        } else if (std::holds_alternative<endpoint::find_participants>(next)) {
            find();
        } else if (const auto* what = std::get_if<endpoint::operate>(&next)) {
            operate(*what);
        } else if (std::holds_alternative<endpoint::exit_process>(next)) {
            m_end = exit_report{false, 0};
        }
    }
}

/// One answer goes to the host, as the fault has it.
void virtual_guest::reply(std::string bytes) {
    const bool unknown = bytes == "ERROR Unknown Command";
    const bool busy = bytes == "ERROR Quiesce operation already in progress.";
    if ((unknown && has("everything-is-known")) || (busy && has("second-start-is-fine"))) {
        bytes = "OK ";
    } else if (has("answers-without-space") && bytes == "OK ") {
        bytes = "OK";
    }
    m_replies.push_back(std::move(bytes));
}

/// One event goes to the host, as the fault has it.
void virtual_guest::report(std::string bytes) {
    const bool commit = is_event(bytes, "prov.snapshotCommit");
    const bool failed = is_event(bytes, "req.error") || is_event(bytes, "req.aborted");
    const bool dropped = (has("silent") && is_event(bytes, "req.keepAlive")) ||
                         (has("silent-undo") && m_refused && failed) || (commit && m_frozen_early);
    m_wedged = m_wedged || (has("wedges-after-a-failure") && failed);
    if (dropped) {
        return m_agent.event_answered(as_bytes("1 "), time());
    }
    if (has("limit-looks-like-abort") && is_event(bytes, "req.aborted")) {
        bytes = "vmbackup.eventSet req.aborted 4 The operation is given up.";
    } else if (is_event(bytes, "req.done")) {
        if (has("done-has-a-code")) {
            bytes = "vmbackup.eventSet req.done 5 ";
        } else if (has("done-twice")) {
            m_events.push_back(bytes);
        }
    }
    if (has("drops-the-last-space") && bytes.ends_with(' ')) {
        bytes.pop_back();
    }
    m_events.push_back(std::move(bytes));
    m_unanswered = true;
}

void virtual_guest::find() {
    m_hooks = scripts().names;
    m_filesystems.clear();
    m_opened.clear();
    // Later mounts first: what lies on another is frozen before it.
    for (auto one = guest().mounts.rbegin(); one != guest().mounts.rend(); ++one) {
        const bool read_only = one->options == "ro" && !has("freezes-read-only");
        const bool left_out = !one->source.starts_with("/dev/") || read_only ||
                              (has("leaves-out-xfs") && one->type != "ext4");
        const bool twice = std::any_of(m_filesystems.begin(), m_filesystems.end(),
                                       [&](const auto& it) { return it.source == one->source; });
        if (!left_out && !twice) {
            m_filesystems.push_back(*one);
            m_opened.push_back(guest().open(one->place));
        }
    }
    std::vector<participant_summary> found;
    for (const std::string& name : m_hooks) {
        found.push_back({name, participant_kind::hook});
    }
    for (const guest_mount& one : m_filesystems) {
        found.push_back({one.place, participant_kind::filesystem});
    }
    if (m_filesystems.empty() && has("null-provider")) {
        found.push_back({"null", participant_kind::filesystem});
    }
    m_keeps = false;
    m_agent.participants_found(found, time());
}

void virtual_guest::operate(const endpoint::operate& what) {
    if (what.what == endpoint::operation::prepare) {
        m_agent.participant_answered(what.participant, participant_event::prepared, time());
    } else if (what.participant < m_hooks.size()) {
        operate_hook(what);
    } else {
        operate_filesystem(what);
    }
}

void virtual_guest::operate_hook(const endpoint::operate& what) {
    const std::string& name = m_hooks[what.participant];
    const bool fails = scripts().failing.contains(name);
    if (what.what == endpoint::operation::hold) {
        run(name, "freeze");
        const bool vetoes = fails && !has("goes-on-without-a-hook");
        m_agent.participant_answered(
            what.participant, vetoes ? participant_event::vetoed : participant_event::held, time());
    } else if (what.what == endpoint::operation::release) {
        const bool undone = m_agent.phase() == machine::guest_phase::unwinding;
        if (!fails || !has("no-freeze-fail")) {
            run(name, undone ? "freezeFail" : "thaw"); // also one whose freeze has failed
        }
        m_agent.participant_answered(what.participant, participant_event::released, time());
    }
}

void virtual_guest::operate_filesystem(const endpoint::operate& what) {
    const auto answer = [&](participant_event how) {
        m_agent.participant_answered(what.participant, how, time());
    };
    const std::size_t at = what.participant - m_hooks.size();
    const bool null = at >= m_filesystems.size();
    if (what.what == endpoint::operation::hold) {
        const int failure = null ? 0 : guest().call(m_opened[at], true);
        if (failure == EBUSY) {
            return m_agent.participant_skipped(what.participant, time());
        }
        if (failure == 0 && has("commits-early") && !std::exchange(m_frozen_early, true)) {
            m_events.emplace_back("vmbackup.eventSet prov.snapshotCommit 0 ");
            m_unanswered = true;
        }
        m_keeps = m_keeps || (failure != 0 && has("forgets-to-undo"));
        answer(failure == 0 ? participant_event::held : participant_event::vetoed);
    } else if (what.what == endpoint::operation::release) {
        if (m_keeps || null) {
            return answer(participant_event::released);
        }
        const bool by_place = has("thaws-by-place");
        const int number = by_place ? guest().open(m_filesystems[at].place) : m_opened[at];
        const int failure = guest().call(number, false);
        const bool good = failure == 0 || by_place || has("thaw-always-succeeds");
        answer(good                ? participant_event::released
               : failure == EINVAL ? participant_event::not_held
                                   : participant_event::release_failed);
    }
}

} // namespace

std::unique_ptr<vmbackup_target> make_vmbackup_builtin(std::string_view fault_or_reference) {
    const bool known = std::any_of(faults.begin(), faults.end(), [&](const fault_info& one) {
        return one.name == fault_or_reference;
    });
    if (!known && fault_or_reference != "reference") {
        throw std::invalid_argument("there is no such guest");
    }
    return std::make_unique<virtual_guest>(fault_or_reference);
}

std::span<const fault_info> vmbackup_builtin_faults() {
    return faults;
}

} // namespace snapproto::conformance
