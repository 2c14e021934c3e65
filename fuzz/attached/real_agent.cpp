// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/real_agent.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <unistd.h>

namespace snapproto::fuzz {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using conformance::capability;
using conformance::receive_status;

constexpr auto patience = 5s;    ///< For a synchronisation, and for room to send.
constexpr auto wait_least = 2ms; ///< What is waited for an agent that is seen to be at rest.
constexpr auto quiet = 100ms;    ///< That counts as rest where no process can be looked at.
constexpr auto glance = 1ms;     ///< Between two looks at the process.
constexpr std::uint64_t memory_shown = 64 << 20U; ///< Less is the allocator's own affair.

/// Whether this thread waits for something, by the letter that /proc/PID/task/ID/stat has for it.
bool sleeps(const fs::path& task) {
    std::ifstream file(task / "stat");
    std::string line;
    std::getline(file, line);
    const auto close = line.rfind(')'); // the name before it may hold anything
    return close != std::string::npos && close + 2 < line.size() && line[close + 2] == 'S';
}

std::uint64_t resident_bytes(pid_t process) {
    std::ifstream file("/proc/" + std::to_string(process) + "/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    file >> size >> resident;
    return resident * static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
}

} // namespace

bool real_agent::is_ours() const {
    return m_target.can(capability::restart).present;
}

void real_agent::start(bool keep_state) {
    m_channel.reset();
    conformance::start_options how;
    how.keep_state = keep_state;
    m_target.start(how);
    m_ending = false;
}

bool real_agent::connect(duration wait) {
    try {
        m_channel = m_target.connect(wait);
    } catch (const conformance::unreachable&) {
        m_channel.reset();
    }
    return m_channel != nullptr;
}

bool real_agent::ask(std::string_view request, std::string_view answer) {
    if (m_channel->send(request, patience).status != conformance::send_status::complete) {
        return false;
    }
    std::string heard;
    for (const auto end = m_target.now() + patience; m_target.now() < end;) {
        const auto got = m_channel->receive(50ms);
        heard += got.bytes;
        if (got.status == receive_status::closed) {
            return false;
        }
        // Only whole lines: half an answer is none.
        for (auto at = heard.find('\n'); at != std::string::npos; at = heard.find('\n')) {
            const std::string line = heard.substr(0, at);
            heard.erase(0, at + 1);
            if (line.find(answer) != std::string::npos) {
                return true;
            }
        }
    }
    return false;
}

bool real_agent::synchronise() {
    const std::string id = std::to_string(m_next_id++);
    return ask("\xff{\"execute\": \"guest-sync-delimited\", \"arguments\": {\"id\": " + id + "}}\n",
               id);
}

void real_agent::reset() {
    const auto settle = [&] {
        return (m_channel || connect(1s)) && synchronise() &&
               ask("{\"execute\": \"guest-fsfreeze-thaw\", \"id\": \"thaw\"}\n", "\"thaw\"");
    };
    const bool ended = m_ending || (is_ours() && !m_target.alive());
    if (ended || !settle()) {
        ++m_restarts;
        m_channel.reset();
        if (is_ours()) {
            start(false);
        }
        if (!settle()) {
            throw conformance::unreachable(m_target.description() +
                                           ": it answers no synchronisation within 5 s");
        }
    }
    m_spoken = false;
    m_reset = m_target.now();
}

std::optional<duration> real_agent::clock() {
    return std::chrono::duration_cast<duration>(m_target.now() - m_reset);
}

bool real_agent::listen(outputs& out, duration wait) {
    if (!m_channel) {
        m_target.sleep_for(wait);
        return false;
    }
    const auto got = m_channel->receive(wait);
    m_messages += static_cast<std::size_t>(std::count(got.bytes.begin(), got.bytes.end(), '\n'));
    out[0] += got.bytes;
    if (got.status == receive_status::closed) {
        m_target.sleep_for(wait); // nothing comes of it any more, and that takes time as well
    }
    return !got.bytes.empty();
}

void real_agent::deliver(std::size_t, std::string_view bytes, outputs& out) {
    if (!m_channel && (!connect(1s) || !synchronise())) {
        m_channel.reset();
        return; // it has ended, or will owe an answer: both are seen
    }
    m_spoken = true;
    ++m_messages;
    (void)m_channel->send(bytes, patience);
    while (listen(out, 0ms)) {
    }
}

bool real_agent::at_rest() const {
    const pid_t process = m_process();
    std::error_code failure;
    const fs::path place = "/proc/" + std::to_string(process) + "/task";
    bool all = process > 0;
    for (fs::directory_iterator at(place, failure), end; all && !failure && at != end;
         at.increment(failure)) {
        all = sleeps(at->path());
    }
    return all && !failure;
}

void real_agent::advance(duration span, outputs& out) {
    const auto began = m_target.now();
    if (m_ending) {
        (void)m_target.wait_exit(span);
        return;
    }
    const bool seen = m_process() > 0;
    const auto least = began + std::min<duration>(span, seen ? duration{wait_least} : quiet);
    for (;;) {
        // Before the look at what was sent: who rests has sent it.
        const bool rests = !seen || at_rest();
        const auto now = m_target.now();
        if (listen(out, now < least || !rests ? std::min<duration>(glance, span) : duration{})) {
            while (listen(out, 0ms)) {
            }
            return;
        }
        if (now >= began + span || (now >= least && rests) || (is_ours() && !m_target.alive())) {
            return;
        }
    }
}

bool real_agent::act(action what, std::uint8_t, outputs& out) {
    switch (what) {
    case action::leave:
        if (!m_channel || !m_spoken || !m_target.can(capability::connection_oriented)) {
            return false;
        }
        (void)listen(out, 0ms);
        m_channel.reset();
        return true;
    case action::terminate:
        // Without its state one that is started again would not know what it has frozen.
        if (!m_target.can(capability::keep_state) || !m_target.alive()) {
            return false;
        }
        m_target.terminate();
        m_ending = true;
        return true;
    case action::restart:
        if (!m_target.can(capability::keep_state)) {
            return false;
        }
        start(true);
        return true;
    case action::hook:
    case action::release:
        break;
    }
    return false;
}

void real_agent::observe(observation& seen) {
    if (!is_ours()) {
        return;
    }
    seen.alive = m_target.alive();
    if (!seen.alive) {
        if (const auto how = m_target.wait_exit({})) {
            seen.ended =
                (how->by_signal ? "by signal " : "with status ") + std::to_string(how->code);
            seen.crashed = how->by_signal && !m_ending;
        }
        m_channel.reset();
        return;
    }
    if (const auto bytes = resident_bytes(m_process()); bytes > memory_shown) {
        seen.memory_bytes = bytes;
    }
}

bool real_agent::may_ask(std::string_view command) const {
    return command.starts_with("guest-fsfreeze-") || command.starts_with("guest-sync") ||
           command.starts_with("guest-get-") || command == "guest-ping" || command == "guest-info";
}

void real_agent::leave() noexcept {
    try {
        if (!m_ending && (!is_ours() || m_target.alive())) {
            reset();
        }
    } catch (const std::exception&) { // it is gone, or mute: there is nobody to thaw
    }
}

} // namespace snapproto::fuzz
