// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/terminal_target.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/reach.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/transcript.hpp"

#include "snapproto/dialect/hyperv/daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include <poll.h>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

constexpr duration start_wait = std::chrono::seconds(10);
constexpr duration slice = std::chrono::milliseconds(5);
/// How long a message may lie there before the next one is sent all the same.
constexpr duration unread_wait = std::chrono::seconds(1);
/// The rest of a message that came in pieces is there by then.
constexpr duration rest_wait = std::chrono::milliseconds(20);

/// What a process has read so far, of whatever: a message that was read shows in it.
std::optional<std::uint64_t> bytes_read_by(pid_t process) {
    std::ifstream counts(fmt::format("/proc/{}/io", process));
    std::string word;
    std::uint64_t number = 0;
    return counts >> word >> number && word == "rchar:" ? std::optional(number) : std::nullopt;
}

/// The kernel's end of a terminal.
class terminal_channel final : public channel {
  public:
    terminal_channel(descriptor end, pid_t daemon) : m_end(std::move(end)), m_daemon(daemon) {}

    send_result send(std::string_view bytes, duration) override {
        if (!m_end) {
            return {send_status::closed, 0};
        }
        const auto before = bytes_read_by(m_daemon);
        const ssize_t put = ::write(m_end.get(), bytes.data(), bytes.size());
        if (put != static_cast<ssize_t>(bytes.size())) {
            return {put < 0 ? send_status::closed : send_status::partial,
                    static_cast<std::size_t>(std::max<ssize_t>(put, 0))};
        }
        const instant end = real_now() + unread_wait;
        const auto is_read = [&] {
            const auto now = bytes_read_by(m_daemon);
            return !now || !before || *now >= *before + bytes.size();
        };
        while (!is_read() && real_now() < end && !stop_requested()) {
            real_sleep(std::chrono::microseconds(200));
        }
        return {send_status::complete, bytes.size()};
    }

    receive_result receive(duration wait) override {
        while (m_early.size() < hyperv::daemon_message_bytes) {
            if (!m_end || wait_for(m_end.get(), POLLIN, m_early.empty() ? wait : rest_wait) == 0) {
                break;
            }
            std::array<char, 4096> buffer; // NOLINT: filled by read
            const ssize_t got = ::read(m_end.get(), buffer.data(), buffer.size());
            if (got <= 0) { // EIO: nobody has the other end open
                m_end.reset();
                break;
            }
            m_early.append(buffer.data(), static_cast<std::size_t>(got));
        }
        if (m_early.empty()) {
            return {m_end ? receive_status::nothing : receive_status::closed, {}};
        }
        receive_result out{receive_status::data, m_early.substr(0, hyperv::daemon_message_bytes)};
        m_early.erase(0, out.bytes.size());
        return out;
    }

    bool half_close() override { return false; }
    void close() override { m_end.reset(); }

  private:
    descriptor m_end;
    pid_t m_daemon;
    std::string m_early; ///< Read, and not received yet.
};

} // namespace

terminal_target::terminal_target(settings how, freeze_target_list filesystems)
    : m_how(std::move(how)),
      m_words(split_words(m_how.command)),
      m_filesystems(std::move(filesystems)) {
    if (m_words.empty()) {
        throw std::invalid_argument("the command of --spawn is empty");
    }
    start({});
}

terminal_target::~terminal_target() {
    stop();
    allow_open(false);
}

std::string terminal_target::replay_flags() const {
    return fmt::format("--dialect hyperv --spawn {} --root {}", shell_quoted(m_how.command),
                       shell_quoted(m_how.root));
}

support terminal_target::can(capability what) const {
    switch (what) {
    case capability::restart:
    case capability::signal:
        return support::yes();
    case capability::virtual_time:
        return support::no("the daemon runs on the real clock");
    default:
        return filesystems_can(m_filesystems, what)
            .value_or(support::no("a daemon of Hyper-V has no such thing"));
    }
}

void terminal_target::allow_open(bool allowed) {
    std::error_code failure;
    if (!allowed) {
        fs::remove(device(), failure);
        m_next.reset();
        return;
    }
    if (m_next) {
        return;
    }
    auto made = std::make_unique<terminal>(m_how.root);
    // The name leads to the last terminal until it leads to this one: there is always a device.
    const std::string beside = device() + ".new";
    fs::create_directories(fs::path(device()).parent_path(), failure);
    fs::remove(beside, failure);
    fs::create_symlink(made->name(), beside, failure);
    if (!failure) {
        fs::rename(beside, device(), failure);
    }
    if (failure) {
        throw unreachable(fmt::format("{}: {}", device(), failure.message()));
    }
    m_next = std::move(made);
}

void terminal_target::stop() {
    if (m_process) {
        m_process->kill_group();
        if (m_process->alive()) {
            throw unreachable("the daemon of the run before cannot be ended (is it waiting for a "
                              "frozen filesystem?)");
        }
        m_process.reset();
    }
}

void terminal_target::start(const start_options&) {
    stop();
    allow_open(false); // a terminal that the last daemon has opened is of no use
    allow_open(true);
    // A device of the kernel sends no SIGHUP when it ends, so this one must not belong to anybody.
    m_process = std::make_unique<process>(m_words, -1, leads::group);
    const auto wait = std::chrono::duration_cast<duration>(start_wait * m_how.timeout_scale);
    if (!registers_within(wait)) {
        const auto ended = m_process->wait_exit(duration{0});
        const std::string said = agent_output();
        throw unreachable(
            ended ? fmt::format("the daemon ended before it wrote to its device, {} {}{}",
                                ended->by_signal ? "by signal" : "status", ended->code,
                                said.empty() ? "" : ": " + printable(said, 400))
                  : fmt::format("the daemon wrote nothing to its device within {:.3g} s",
                                milliseconds(wait) / 1e3));
    }
    require_tight();
}

bool terminal_target::registers_within(duration wait) {
    const instant end = real_now() + wait;
    while (m_next) {
        if (wait_for(m_next->get(), POLLIN, std::min<duration>(slice, wait)) != 0) {
            return true;
        }
        if (real_now() >= end || stop_requested() || !alive()) {
            return false;
        }
    }
    return false;
}

void terminal_target::require_tight() {
    std::vector<std::string> known;
    for (const auto& one : m_filesystems) {
        known.push_back(one->mount());
    }
    if (const support tight = reaches_only(m_process->id(), known); !tight) {
        stop();
        throw unreachable(tight.why + "; --spawn must take the daemon to where nothing but the "
                                      "freeze targets can be frozen");
    }
}

std::unique_ptr<channel> terminal_target::connect(duration wait) {
    if (!registers_within(wait)) {
        throw unreachable("the daemon did not open its device");
    }
    descriptor opened = m_next->take();
    m_next.reset();
    allow_open(true); // the next open leads to another one
    return std::make_unique<terminal_channel>(std::move(opened), m_process->id());
}

void terminal_target::terminate() {
    if (m_process) {
        m_process->signal(SIGTERM);
    }
}

void terminal_target::kill() {
    if (m_process) {
        m_process->kill_group();
    }
}

std::optional<exit_report> terminal_target::wait_exit(duration bound) {
    return m_process ? m_process->wait_exit(bound) : std::optional(exit_report{});
}

std::string terminal_target::agent_output() const {
    return m_process ? m_process->output() : std::string{};
}

} // namespace snapproto::conformance
