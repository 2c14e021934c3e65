// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/hyperv_builtin.hpp"

#include "conformance/attach/played_filesystem.hpp"

#include <snapproto/endpoint/hyperv_agent.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance {
namespace {

using machine::participant_event;

constexpr std::string_view single = "single change of behaviour";
constexpr std::string_view real = "hv_vss_daemon of Linux 6.1";

constexpr std::array<fault_info, 23> faults{{
    {"answers-twice", "Sends the reply to a freeze twice.", single, "36.15/1"},
    {"busy-is-failure", "Takes a filesystem that is mounted twice for one that fails.", single,
     "36.4/1"},
    {"clears-the-flags", "Answers with zeros behind the error.", single, "33.4/1"},
    {"empty-freeze-succeeds", "Calls a freeze that finds nothing a success.", real, "36.6/2"},
    {"ends-with-the-device", "Ends when its device does.", single, "36.17/1"},
    {"errno-as-error", "Sends the errno of the system for an error.", single, "33.3/2"},
    {"everything-succeeds", "Answers operations that it does not do with success.", real,
     "36.13/1"},
    {"forgets-its-hold", "Takes a freeze that finds nothing for the end of what it holds.", real,
     "36.16/4"},
    {"forgets-to-undo", "Leaves frozen what it froze before the filesystem that failed.", single,
     "36.2/1"},
    {"freezes-read-only", "Freezes what nobody can write to.", single, "36.5/1"},
    {"hot-backup-freezes", "Freezes and thaws to find out whether it could.", single, "36.12/1"},
    {"keeps-frozen-at-the-end", "Thaws nothing when its device ends.", single, "36.16/1"},
    {"leaves-out-xfs", "Freezes ext4 only, and says success.", single, "36.1/1"},
    {"one-read-one-message", "Takes what one read gives for a message, without boundaries too.",
     real, "33.8/1"},
    {"passes-over-short-messages", "Goes on after a message of a wrong length.", single, "36.18/1"},
    {"registers-in-the-old-form", "Registers with operation 128.", single, "33.5/1"},
    {"registers-with-leftovers", "Registers again with the remains of a request.", real, "33.6/2"},
    {"reply-has-the-operation", "Leaves the operation in the reply to it.", single, "33.3/1"},
    {"root-first", "Freezes the root filesystem first.", single, "36.3/1"},
    {"short-reply", "Replies with the header alone.", single, "33.1/1"},
    {"terminates-frozen", "Ends at once when it is told to.", real, "36.20/1"},
    {"thaws-by-place", "Thaws what it finds at the mount point.", real, "36.8/2"},
    {"thaws-others", "Thaws every filesystem, whoever froze it.", real, "36.11/1"},
}};

std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A daemon made of the library's endpoint; faults change what it does to device and filesystems.
class virtual_daemon final : public hyperv_target {
  public:
    explicit virtual_daemon(std::string_view fault) : m_name(fault) { start({}); }

    [[nodiscard]] instant now() const override { return m_now; }
    [[nodiscard]] std::string description() const override {
        return "embedded daemon '" + m_name + "'";
    }
    [[nodiscard]] std::string replay_flags() const override {
        return "--dialect hyperv --builtin " + m_name;
    }
    [[nodiscard]] support can(capability what) const override {
        const bool present = what == capability::restart || what == capability::signal ||
                             what == capability::virtual_time;
        return present ? support::yes()
                       : played_filesystems::can(what).value_or(
                             support::no("a daemon of Hyper-V has no such thing"));
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

    void start(const start_options&) override {
        guest().reset();
        m_allowed = true;
        m_end.reset();
        m_asked.clear();
        m_has_forgotten = false;
        m_keeps = false;
        m_errno = 0;
        m_agent = endpoint::hyperv_agent{{.boundaries = !stream() || has("one-read-one-message")}};
        open_device();
        drain();
    }

    [[nodiscard]] bool alive() override { return !m_end; }
    void terminate() override {
        if (has("terminates-frozen")) {
            end({true, 15});
        } else if (!m_end) {
            m_agent.stop(time());
            drain();
        }
    }
    void kill() override { end({true, 9}); }
    [[nodiscard]] std::optional<exit_report> wait_exit(duration bound) override {
        if (!m_end) {
            sleep_for(bound);
        }
        return m_end;
    }
    void allow_open(bool allowed) override { m_allowed = allowed; }

    // The device, by the number of its opening.

    void take(std::size_t device, std::string_view bytes);
    [[nodiscard]] receive_result give(std::size_t device, duration wait);
    void close(std::size_t device) {
        if (device == m_device && !m_end) {
            device_ended();
        }
    }

  private:
    [[nodiscard]] bool has(std::string_view fault) const noexcept { return m_name == fault; }
    [[nodiscard]] snapproto::instant time() const {
        return snapproto::instant{} +
               std::chrono::duration_cast<snapproto::duration>(m_now.time_since_epoch());
    }

    void end(exit_report how) {
        m_end = how;
        ++m_device;
    }
    void open_device() {
        ++m_device;
        m_taken = false;
        m_written.clear();
        m_agent.device_opened(time());
    }
    void device_ended() {
        if (has("ends-with-the-device")) {
            return end({false, 1});
        }
        m_keeps = has("keeps-frozen-at-the-end") || m_has_forgotten;
        m_agent.device_ended(time());
        drain();
        m_keeps = false;
    }

    void drain();
    void write(std::string bytes);
    void find();
    void operate(const endpoint::operate& what);
    [[nodiscard]] int call(std::size_t participant, bool freezes);
    void thaw_everything();

    std::string m_name;
    instant m_now{};
    played_filesystems m_seen{*this, guest()};
    endpoint::hyperv_agent m_agent;
    bool m_allowed = true;
    std::optional<exit_report> m_end;

    std::size_t m_device = 0; ///< How often it was opened.
    bool m_taken = false;     ///< The suite has this opening.
    std::deque<std::string> m_written;
    std::string m_asked; ///< The latest message of the kernel.

    std::vector<guest_mount> m_participants;
    std::vector<int> m_opened;
    bool m_has_forgotten = false; ///< A fault: what is held is not released when the device ends.
    bool m_keeps = false;         ///< A fault: releases are not done.
    int m_errno = 0;              ///< Of the freeze that failed last.
};

class virtual_device final : public channel {
  public:
    virtual_device(virtual_daemon& daemon, std::size_t number)
        : m_daemon(daemon), m_number(number) {}
    ~virtual_device() override { close_once(); }

    send_result send(std::string_view bytes, duration) override {
        m_daemon.take(m_number, bytes);
        return {send_status::complete, bytes.size()};
    }
    receive_result receive(duration wait) override { return m_daemon.give(m_number, wait); }
    bool half_close() override { return false; }
    void close() override { close_once(); }

  private:
    void close_once() {
        if (!std::exchange(m_closed, true)) {
            m_daemon.close(m_number);
        }
    }

    virtual_daemon& m_daemon;
    std::size_t m_number;
    bool m_closed = false;
};

std::unique_ptr<channel> virtual_daemon::connect(duration wait) {
    if (m_taken || m_end) {
        sleep_for(wait);
        throw unreachable("the daemon did not open its device");
    }
    m_taken = true;
    return std::make_unique<virtual_device>(*this, m_device);
}

void virtual_daemon::take(std::size_t device, std::string_view bytes) {
    if (device != m_device || m_end) {
        return;
    }
    const bool wrong = bytes.size() != 4 && bytes.size() != 12;
    if (wrong && has("passes-over-short-messages")) {
        return;
    }
    m_asked = bytes;
    const bool request = bytes.size() == 12;
    const auto is = [&](hyperv::vss_op op) { return request && bytes[0] == static_cast<char>(op); };
    if (is(hyperv::vss_op::hot_backup) && has("hot-backup-freezes")) {
        const int root = guest().open("/");
        (void)guest().call(root, true);
        (void)guest().call(root, false);
    }
    if (is(hyperv::vss_op::thaw) && has("thaws-others")) {
        thaw_everything();
    }
    if (is(hyperv::vss_op::freeze) && has("forgets-its-hold")) {
        m_has_forgotten =
            std::none_of(guest().mounts.begin(), guest().mounts.end(),
                         [](const guest_mount& one) { return one.source.starts_with("/dev/"); });
    }
    m_agent.receive(std::as_bytes(std::span(bytes)), time());
    drain();
}

receive_result virtual_daemon::give(std::size_t device, duration wait) {
    if (device == m_device && m_written.empty() && !m_end) {
        sleep_for(wait);
    }
    if (device != m_device || m_end) {
        return {receive_status::closed, {}};
    }
    if (m_written.empty()) {
        return {};
    }
    receive_result out{receive_status::data, std::move(m_written.front())};
    m_written.pop_front();
    return out;
}

void virtual_daemon::drain() {
    while (!m_end) {
        const endpoint::hyperv_agent_output next = m_agent.poll();
        if (std::holds_alternative<endpoint::deadline>(next)) {
            return;
        }
        if (const auto* record = std::get_if<endpoint::transmit_record>(&next)) {
            write(text_of(record->bytes));
        } else if (std::holds_alternative<endpoint::find_participants>(next)) {
            find();
        } else if (const auto* what = std::get_if<endpoint::operate>(&next)) {
            operate(*what);
        } else if (std::holds_alternative<endpoint::exit_process>(next)) {
            end({false, 0});
        } else if (std::holds_alternative<endpoint::start_over>(next)) {
            if (m_allowed) {
                open_device();
            } else {
                end({false, 1});
            }
        }
    }
}

/// One message goes to the kernel, as the fault has it.
void virtual_daemon::write(std::string bytes) {
    const auto op = m_asked.size() == 12 ? m_asked[0] : '\0';
    const bool freeze = op == static_cast<char>(hyperv::vss_op::freeze);
    const bool known = freeze || op == static_cast<char>(hyperv::vss_op::thaw) ||
                       op == static_cast<char>(hyperv::vss_op::hot_backup);
    const bool registers = bytes[0] == static_cast<char>(hyperv::op_register_versioned);
    const bool failed = bytes[0] == '\x05';
    const std::string good(4, '\0');
    if (registers) {
        if (has("registers-in-the-old-form")) {
            bytes[0] = static_cast<char>(hyperv::op_register);
        } else if (has("registers-with-leftovers") && m_asked.size() == 12) {
            bytes = bytes.substr(0, 1) + m_asked.substr(1);
        }
    } else if (has("clears-the-flags")) {
        bytes.replace(4, 8, 8, '\0');
    } else if (has("short-reply")) {
        bytes.resize(8);
    } else if (has("reply-has-the-operation") && !failed) {
        bytes[0] = op;
    } else if ((has("everything-succeeds") && failed && !known) ||
               (has("empty-freeze-succeeds") && freeze && m_participants.empty())) {
        bytes.replace(0, 4, good);
    } else if (has("errno-as-error") && failed && freeze) {
        bytes.replace(0, 4, std::string{static_cast<char>(m_errno), '\0', '\0', '\0'});
    }
    if (has("answers-twice") && freeze && !registers) {
        m_written.push_back(bytes);
    }
    m_written.push_back(std::move(bytes));
}

void virtual_daemon::find() {
    m_participants.clear();
    m_opened.clear();
    std::vector<guest_mount> root;
    for (const guest_mount& one : guest().mounts) {
        const bool left_out = !one.source.starts_with("/dev/") ||
                              one.source.starts_with("/dev/loop") || one.type == "vfat" ||
                              (is_read_only(one) && !has("freezes-read-only")) ||
                              (has("leaves-out-xfs") && one.type == "xfs");
        const auto same = [&](const guest_mount& other) { return other.source == one.source; };
        const bool twice = std::any_of(m_participants.begin(), m_participants.end(), same) ||
                           std::any_of(root.begin(), root.end(), same);
        if (left_out || (twice && !has("busy-is-failure"))) {
            continue;
        }
        (one.place == "/" ? root : m_participants).push_back(one);
    }
    m_participants.insert(has("root-first") ? m_participants.begin() : m_participants.end(),
                          root.begin(), root.end());
    std::vector<participant_summary> found;
    for (const guest_mount& one : m_participants) {
        m_opened.push_back(guest().open(one.place));
        found.push_back({one.place, participant_kind::filesystem});
    }
    m_agent.participants_found(found, time());
}

int virtual_daemon::call(std::size_t participant, bool freezes) {
    int number = m_opened[participant];
    if (!freezes && has("thaws-by-place")) {
        number = guest().open(m_participants[participant].place);
    }
    return guest().call(number, freezes);
}

void virtual_daemon::operate(const endpoint::operate& what) {
    const std::size_t at = what.participant;
    const auto answer = [&](participant_event how) {
        m_agent.participant_answered(what.participant, how, time());
    };
    switch (what.what) {
    case endpoint::operation::prepare:
        return answer(participant_event::prepared);
    case endpoint::operation::hold: {
        const int failure = call(at, true);
        if (failure == EBUSY && !has("busy-is-failure")) {
            return m_agent.participant_skipped(what.participant, time());
        }
        if (failure != 0) {
            m_errno = failure;
            m_keeps = has("forgets-to-undo");
        }
        return answer(failure == 0 ? participant_event::held : participant_event::vetoed);
    }
    case endpoint::operation::release: {
        if (m_keeps) {
            return answer(participant_event::released);
        }
        const int failure = call(at, false);
        // Who thaws by place takes whatever came of it for good.
        const bool good = failure == 0 || has("thaws-by-place");
        return answer(good                ? participant_event::released
                      : failure == EINVAL ? participant_event::not_held
                                          : participant_event::release_failed);
    }
    case endpoint::operation::finish:
    case endpoint::operation::recover:
        return; // not answered, and not asked for by this dialect
    }
}

void virtual_daemon::thaw_everything() {
    for (const guest_mount& one : guest().mounts) {
        (void)guest().call(guest().open(one.place), false);
    }
}

} // namespace

std::unique_ptr<hyperv_target> make_hyperv_builtin(std::string_view fault_or_reference) {
    const bool known = std::any_of(faults.begin(), faults.end(), [&](const fault_info& one) {
        return one.name == fault_or_reference;
    });
    if (!known && fault_or_reference != "reference") {
        throw std::invalid_argument("there is no such daemon");
    }
    return std::make_unique<virtual_daemon>(fault_or_reference);
}

std::span<const fault_info> hyperv_builtin_faults() {
    return faults;
}

} // namespace snapproto::conformance
