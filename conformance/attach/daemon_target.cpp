// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/daemon_target.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace snapproto::conformance {
namespace {

constexpr duration start_wait = std::chrono::seconds(10);

/// How long an end of the process, or a wish to stop, may go unnoticed.
constexpr duration slice = std::chrono::milliseconds(20);

std::string find_preload() {
    namespace fs = std::filesystem;
    std::vector<fs::path> places;
    if (const char* const helpers = std::getenv("SNAPPROTO_HELPERS")) {
        places.emplace_back(helpers);
    }
    std::error_code failure;
    places.push_back(fs::read_symlink("/proc/self/exe", failure).parent_path());
    for (const fs::path& place : places) {
        if (fs::exists(place / "hyperv_preload.so", failure)) {
            return (place / "hyperv_preload.so").string();
        }
    }
    throw unreachable("hyperv_preload.so is neither beside this program nor where "
                      "$SNAPPROTO_HELPERS says: the daemon's device cannot be played");
}

descriptor listen_at(const std::string& path, int type) {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    descriptor made(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const bool fits = path.size() < sizeof name.sun_path;
    std::memcpy(name.sun_path, path.data(), fits ? path.size() : 0);
    ::unlink(path.c_str());
    if (!fits || !made ||
        ::bind(made.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
        ::listen(made.get(), 8) != 0) {
        throw unreachable(fmt::format("{}: {}", path, std::strerror(fits ? errno : ENAMETOOLONG)));
    }
    return made;
}

/// One opened device, with its boundaries where the socket has them.
class device_channel final : public channel {
  public:
    device_channel(daemon_target& daemon, descriptor stream)
        : m_daemon(daemon), m_stream(std::move(stream)) {
        int type = 0;
        socklen_t size = sizeof type;
        m_boundaries = ::getsockopt(m_stream.get(), SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
                       type != SOCK_STREAM;
    }

    send_result send(std::string_view bytes, duration wait) override {
        m_daemon.publish_mounts();
        if (!m_stream || ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
            return {send_status::closed, 0};
        }
        // Without boundaries two sends would become one, if the daemon is slow to read the first.
        const instant end = real_now() + wait;
        while (!m_boundaries && unread() > 0 && real_now() < end && m_daemon.alive()) {
            (void)m_daemon.serve_until_readable(-1, std::chrono::milliseconds(1));
        }
        return {send_status::complete, bytes.size()};
    }

    receive_result receive(duration wait) override {
        if (!m_stream) {
            return {receive_status::closed, {}};
        }
        if (!m_daemon.serve_until_readable(m_stream.get(), wait)) {
            return {};
        }
        std::array<char, 256> buffer; // NOLINT: filled by recv
        const ssize_t got = ::recv(m_stream.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) {
            return {receive_status::closed, {}};
        }
        return {receive_status::data, {buffer.data(), static_cast<std::size_t>(got)}};
    }

    bool half_close() override { return false; }
    void close() override { m_stream.reset(); }

  private:
    /// What was sent and has not been read.
    [[nodiscard]] int unread() const {
        int bytes = 0;
        return ::ioctl(m_stream.get(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
    }

    daemon_target& m_daemon;
    descriptor m_stream;
    bool m_boundaries;
};

} // namespace

daemon_target::daemon_target(std::string command, const std::string& work_parent,
                             double timeout_scale)
    : m_text(std::move(command)),
      m_command(split_words(m_text)),
      m_preload(find_preload()),
      m_timeout_scale(timeout_scale),
      m_work_parent(work_parent),
      m_work(work_parent) {
    if (m_command.empty()) {
        throw std::invalid_argument("the command of --spawn is empty");
    }
    m_listener = listen_at(file("control"), SOCK_SEQPACKET);
    start({});
}

daemon_target::~daemon_target() {
    stop();
}

std::string daemon_target::description() const {
    return "spawned: " + m_text;
}

std::string daemon_target::replay_flags() const {
    std::string flags = "--dialect hyperv --spawn " + shell_quoted(m_text);
    if (!m_work_parent.empty()) {
        flags += " --work-dir " + shell_quoted(m_work_parent);
    }
    return flags;
}

support daemon_target::can(capability what) const {
    switch (what) {
    case capability::restart:
    case capability::signal:
        return support::yes();
    case capability::virtual_time:
        return support::no("the daemon runs on the real clock");
    default:
        return support::no("a daemon of Hyper-V has no such thing");
    }
}

void daemon_target::sleep_for(duration span) {
    (void)serve_until_readable(-1, span);
}

std::vector<std::string> daemon_target::words() const {
    std::vector<std::string> all{
        "env", "LD_PRELOAD=" + m_preload, "SNAPPROTO_HYPERV_DEVICE=" + file("device"),
        "SNAPPROTO_HYPERV_CONTROL=" + file("control"), "SNAPPROTO_HYPERV_MOUNTS=" + file("mounts")};
    if (stream()) {
        all.emplace_back("SNAPPROTO_HYPERV_TYPE=stream");
    }
    all.insert(all.end(), m_command.begin(), m_command.end());
    return all;
}

void daemon_target::publish_mounts() {
    if (std::string table = guest().table(); table != m_published) {
        std::ofstream(file("mounts")) << table;
        m_published = std::move(table);
    }
}

void daemon_target::allow_open(bool allowed) {
    if (!allowed) {
        m_device.reset();
        ::unlink(file("device").c_str());
    } else if (!m_device) {
        m_device = listen_at(file("device"), stream() ? SOCK_STREAM : SOCK_SEQPACKET);
    }
}

void daemon_target::stop() {
    m_first.reset();
    if (m_process) {
        m_process->kill_group();
        m_process.reset();
    }
    m_controls.clear();
    m_device.reset();
}

void daemon_target::start(const start_options&) {
    stop();
    guest().reset();
    publish_mounts();
    allow_open(true);
    m_process = std::make_unique<process>(words());
    const auto wait = std::chrono::duration_cast<duration>(start_wait * m_timeout_scale);
    const instant end = now() + wait;
    while (!serve_until_readable(m_device.get(), slice)) {
        if (const auto ended = m_process->wait_exit(duration{0})) {
            throw unreachable(
                fmt::format("the daemon ended before it opened its device, {} {}{}",
                            ended->by_signal ? "by signal" : "status", ended->code,
                            agent_output().empty() ? "" : ": " + printable(agent_output(), 400)));
        }
        if (now() >= end) {
            throw unreachable(fmt::format("the daemon did not open its device within {:.3g} s",
                                          milliseconds(wait) / 1e3));
        }
    }
    m_first = descriptor(::accept4(m_device.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

std::unique_ptr<channel> daemon_target::connect(duration wait) {
    if (m_first) {
        return std::make_unique<device_channel>(*this, std::move(m_first));
    }
    if (serve_until_readable(m_device ? m_device.get() : -1, wait)) {
        descriptor opened(::accept4(m_device.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (opened) {
            return std::make_unique<device_channel>(*this, std::move(opened));
        }
    }
    throw unreachable("the daemon did not open its device");
}

bool daemon_target::serve_until_readable(int fd, duration wait) {
    const bool asked_before = stop_requested();
    const instant end = now() + wait;
    for (;;) {
        std::vector<pollfd> all{{fd, POLLIN, 0}, {m_listener.get(), POLLIN, 0}};
        for (const descriptor& one : m_controls) {
            all.push_back({one.get(), POLLIN, 0});
        }
        const duration left = std::clamp(end - now(), duration{0}, slice);
        const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left);
        const bool any = ::poll(all.data(), all.size(), static_cast<int>(whole.count())) > 0;
        // Calls first: what the daemon did before it wrote is to be known when that is read.
        bool served = false;
        for (std::size_t i = 2; any && i < all.size(); ++i) {
            served = (all[i].revents != 0 && answer(all[i].fd)) || served;
        }
        std::erase_if(m_controls, [](const descriptor& one) { return !one; });
        if (any && all[1].revents != 0) {
            m_controls.emplace_back(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            served = true;
        }
        if (served) {
            continue;
        }
        if (any && all[0].revents != 0) {
            return true;
        }
        if (now() >= end || (!asked_before && stop_requested())) {
            return false;
        }
    }
}

bool daemon_target::answer(int control) {
    std::array<char, 4200> buffer; // NOLINT: filled by recv
    const ssize_t got = ::recv(control, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got <= 0) {
        const auto closed = std::find_if(m_controls.begin(), m_controls.end(),
                                         [&](const auto& one) { return one.get() == control; });
        closed->reset();
        return true;
    }
    const std::string_view words(buffer.data(), static_cast<std::size_t>(got));
    const auto blank = words.find(' ');
    const std::string_view verb = words.substr(0, blank);
    const std::string what(words.substr(std::min(blank, words.size() - 1) + 1));
    const int result = verb == "open" ? guest().open(what)
                                      : guest().call(std::atoi(what.c_str()), verb == "freeze");
    const std::string text = std::to_string(result);
    (void)::send(control, text.data(), text.size(), MSG_NOSIGNAL);
    return true;
}

bool daemon_target::alive() {
    return m_process && m_process->alive();
}

void daemon_target::terminate() {
    if (m_process) {
        m_process->signal(SIGTERM);
    }
}

void daemon_target::kill() {
    if (m_process) {
        m_process->kill_group();
    }
}

std::optional<exit_report> daemon_target::wait_exit(duration bound) {
    const instant end = now() + bound;
    for (;;) {
        if (!m_process) {
            return exit_report{};
        }
        // Looked for in between, so that it is not kept waiting for an answer.
        (void)serve_until_readable(-1, duration{0});
        if (auto ended = m_process->wait_exit(std::chrono::milliseconds(2))) {
            (void)serve_until_readable(-1, duration{0});
            return ended;
        }
        if (now() >= end) {
            return std::nullopt;
        }
    }
}

std::string daemon_target::agent_output() const {
    return m_process ? m_process->output() : std::string{};
}

} // namespace snapproto::conformance
