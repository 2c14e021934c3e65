// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/preloaded_process.hpp"

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

/// How long an end of the process, or a wish to stop, may go unnoticed.
constexpr duration slice = std::chrono::milliseconds(20);

std::string find_library(const std::string& name) {
    namespace fs = std::filesystem;
    std::vector<fs::path> places;
    if (const char* const helpers = std::getenv("SNAPPROTO_HELPERS")) {
        places.emplace_back(helpers);
    }
    std::error_code failure;
    places.push_back(fs::read_symlink("/proc/self/exe", failure).parent_path());
    for (const fs::path& place : places) {
        if (fs::exists(place / name, failure)) {
            return (place / name).string();
        }
    }
    throw unreachable(fmt::format("{} is neither beside this program nor where $SNAPPROTO_HELPERS "
                                  "says: what is around the agent cannot be played",
                                  name));
}

class preloaded_channel final : public channel {
  public:
    preloaded_channel(preloaded_process& agent, descriptor stream)
        : m_agent(agent), m_stream(std::move(stream)) {
        int type = 0;
        socklen_t size = sizeof type;
        m_boundaries = ::getsockopt(m_stream.get(), SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
                       type != SOCK_STREAM;
    }

    send_result send(std::string_view bytes, duration wait) override {
        m_agent.publish_mounts();
        if (!m_stream || ::send(m_stream.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
            return {send_status::closed, 0};
        }
        // Without boundaries two sends would become one, if the agent is slow to read the first.
        const instant end = real_now() + wait;
        while (!m_boundaries && unread() > 0 && real_now() < end && m_agent.alive()) {
            (void)m_agent.serve_until_readable(-1, std::chrono::milliseconds(1));
        }
        return {send_status::complete, bytes.size()};
    }

    receive_result receive(duration wait) override {
        if (!m_stream) {
            return {receive_status::closed, {}};
        }
        if (!m_agent.serve_until_readable(m_stream.get(), wait)) {
            return {};
        }
        std::array<char, std::size_t{64} << 10> buffer; // NOLINT: filled by recv
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

    preloaded_process& m_agent;
    descriptor m_stream;
    bool m_boundaries;
};

} // namespace

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

std::unique_ptr<channel> make_channel(preloaded_process& agent, descriptor stream) {
    return std::make_unique<preloaded_channel>(agent, std::move(stream));
}

preloaded_process::preloaded_process(const std::string& command, std::string work_parent,
                                     std::vector<std::string> libraries, played_guest& guest)
    : m_text(command),
      m_command(split_words(command)),
      m_work_parent(std::move(work_parent)),
      m_work(m_work_parent),
      m_guest(guest) {
    if (m_command.empty()) {
        throw std::invalid_argument("the command of --spawn is empty");
    }
    for (const std::string& one : libraries) {
        m_preload += (m_preload.empty() ? "" : ":") + find_library(one);
    }
    m_listener = listen_at(file("control"), SOCK_SEQPACKET);
}

preloaded_process::~preloaded_process() {
    stop();
}

std::string preloaded_process::replay_flags() const {
    std::string flags = " --spawn " + shell_quoted(m_text);
    if (!m_work_parent.empty()) {
        flags += " --work-dir " + shell_quoted(m_work_parent);
    }
    return flags;
}

descriptor preloaded_process::start(const std::vector<std::string>& variables, const descriptor& up,
                                    duration wait) {
    stop();
    publish_mounts();
    std::vector<std::string> words{"env", "LD_PRELOAD=" + m_preload,
                                   "SNAPPROTO_HYPERV_CONTROL=" + file("control"),
                                   "SNAPPROTO_HYPERV_MOUNTS=" + file("mounts")};
    words.insert(words.end(), variables.begin(), variables.end());
    words.insert(words.end(), m_command.begin(), m_command.end());
    m_process = std::make_unique<process>(words);
    const instant end = real_now() + wait;
    while (!serve_until_readable(up.get(), slice)) {
        if (const auto ended = m_process->wait_exit(duration{0})) {
            throw unreachable(fmt::format("the agent ended before it was up, {} {}{}",
                                          ended->by_signal ? "by signal" : "status", ended->code,
                                          output().empty() ? "" : ": " + printable(output(), 400)));
        }
        if (real_now() >= end) {
            throw unreachable(
                fmt::format("the agent was not up within {:.3g} s", milliseconds(wait) / 1e3));
        }
    }
    return descriptor(::accept4(up.get(), nullptr, nullptr, SOCK_CLOEXEC));
}

void preloaded_process::stop() {
    if (m_process) {
        m_process->kill_group();
        m_process.reset();
    }
    m_controls.clear();
}

void preloaded_process::publish_mounts() {
    if (std::string table = m_guest.table(); table != m_published) {
        std::ofstream(file("mounts")) << table;
        m_published = std::move(table);
    }
}

bool preloaded_process::serve_until_readable(int fd, duration wait) {
    const bool asked_before = stop_requested();
    const instant end = real_now() + wait;
    for (;;) {
        std::vector<pollfd> all{{fd, POLLIN, 0}, {m_listener.get(), POLLIN, 0}};
        for (const descriptor& one : m_controls) {
            all.push_back({one.get(), POLLIN, 0});
        }
        const duration left = std::clamp(end - real_now(), duration{0}, slice);
        const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left);
        const bool any = ::poll(all.data(), all.size(), static_cast<int>(whole.count())) > 0;
        // Calls first: what the agent did before it wrote is to be known when that is read.
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
        if (real_now() >= end || (!asked_before && stop_requested())) {
            return false;
        }
    }
}

bool preloaded_process::answer(int control) {
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
    const int result = verb == "open" ? m_guest.open(what)
                                      : m_guest.call(std::atoi(what.c_str()), verb == "freeze");
    const std::string text = std::to_string(result);
    (void)::send(control, text.data(), text.size(), MSG_NOSIGNAL);
    return true;
}

bool preloaded_process::alive() {
    return m_process && m_process->alive();
}

void preloaded_process::terminate() {
    if (m_process) {
        m_process->signal(SIGTERM);
    }
}

void preloaded_process::kill() {
    if (m_process) {
        m_process->kill_group();
    }
}

std::optional<exit_report> preloaded_process::wait_exit(duration bound) {
    const instant end = real_now() + bound;
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
        if (real_now() >= end) {
            return std::nullopt;
        }
    }
}

std::string preloaded_process::output() const {
    return m_process ? m_process->output() : std::string{};
}

} // namespace snapproto::conformance
