// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/script_hook.hpp"

#include "conformance/attach/command_line.hpp"
#include "conformance/attach/target.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

// FIFOs are opened for reading and writing, which never blocks, whoever is or is not there.
constexpr std::string_view script = R"(#!/bin/sh
dir={0}
. "$dir/part"
case "$1" in
thaw) print=$thaw_print child=$thaw_child pause=$thaw_pause end=$thaw_end ;;
*) print=$freeze_print child=$freeze_child pause=$freeze_pause end=$freeze_end ;;
esac
: > "$dir/words.$$"
[ $# -eq 0 ] || printf '%s\0' "$@" > "$dir/words.$$"
echo "start $$" 1<> "$dir/reports"
tries=0
while [ ! -e "$dir/seen.$$" ] && [ $tries -lt 200 ]; do
    sleep 0.01
    tries=$((tries + 1))
done
rm -f "$dir/seen.$$" "$dir/words.$$"
[ "$print" -eq 0 ] || head -c "$print" /dev/zero | tr '\0' 'h'
[ "$child" = 0 ] || sleep "$child" &
[ "$pause" = 0 ] || sleep "$pause"
echo "end $$" 1<> "$dir/reports"
[ "$end" != killed ] || kill -KILL $$
exit "$end"
)";

std::string part(std::string_view name, const hook_behaviour& what) {
    const auto seconds = [](duration d) {
        return d <= duration{0} ? std::string("0") : fmt::format("{:.3f}", milliseconds(d) / 1e3);
    };
    return fmt::format("{0}_print={1} {0}_child={2} {0}_pause={3} {0}_end={4}\n", name,
                       what.print_bytes, seconds(what.background_child), seconds(what.sleep),
                       what.dies_by_signal ? std::string("killed")
                                           : std::to_string(what.exit_status));
}

std::vector<std::string> read_words(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::vector<std::string> words;
    for (std::string word; std::getline(file, word, '\0');) {
        words.push_back(word);
    }
    return words;
}

} // namespace

script_hook::script_hook(std::string directory, frozen_probe frozen)
    : m_directory(std::move(directory)), m_frozen(std::move(frozen)) {
    const std::string fifo = m_directory + "/reports";
    if (::mkfifo(fifo.c_str(), 0600) != 0 ||
        !(m_reports = descriptor(::open(fifo.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)))) {
        throw unreachable(fmt::format("{}: {}", fifo, std::strerror(errno)));
    }
    play({});
    m_recorder = std::thread([this] { record(); });
}

script_hook::~script_hook() {
    m_leave = true;
    m_recorder.join();
}

void script_hook::write_file(const std::string& name, const std::string& text,
                             unsigned mode) const {
    const std::string place = m_directory + '/' + name;
    const std::string fresh = place + ".new";
    {
        std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
        file << text;
    }
    // Renamed, so that a hook that starts now reads the one or the other, never a half.
    if (::chmod(fresh.c_str(), mode) != 0 || std::rename(fresh.c_str(), place.c_str()) != 0) {
        throw std::runtime_error(fmt::format("{}: {}", place, std::strerror(errno)));
    }
}

void script_hook::play(const hook_script& what) {
    write_file("part", part("freeze", what.on_freeze) + part("thaw", what.on_thaw), 0644);
    if (what.file == hook_file::missing) {
        fs::remove(path());
        return;
    }
    write_file("hook", fmt::format(fmt::runtime(script), shell_quoted(m_directory)),
               what.file == hook_file::executable ? 0755 : 0644);
}

std::vector<hook_call> script_hook::calls() const {
    // What the hook reported before the agent's reply counts, also if the recorder has not come
    // to it yet.
    const_cast<script_hook*>(this)->drain();
    const std::lock_guard lock(m_mutex);
    return m_calls;
}

void script_hook::forget() {
    drain();
    const std::lock_guard lock(m_mutex);
    m_calls.clear();
    ++m_generation;
}

void script_hook::record() {
    while (!m_leave) {
        pollfd one{m_reports.get(), POLLIN, 0};
        if (::poll(&one, 1, 50) > 0) {
            drain();
        }
    }
}

void script_hook::drain() {
    const std::lock_guard lock(m_mutex);
    std::array<char, 1024> buffer; // NOLINT: filled by read
    for (;;) {
        const ssize_t got = ::read(m_reports.get(), buffer.data(), buffer.size());
        if (got <= 0) {
            break;
        }
        m_partial.append(buffer.data(), static_cast<std::size_t>(got));
    }
    for (auto end = m_partial.find('\n'); end != std::string::npos; end = m_partial.find('\n')) {
        const std::string line = m_partial.substr(0, end);
        m_partial.erase(0, end + 1);
        take_line(line);
    }
}

void script_hook::take_line(const std::string& line) {
    const auto blank = line.find(' ');
    if (blank == std::string::npos) {
        return;
    }
    const std::string verb = line.substr(0, blank);
    const std::string id = line.substr(blank + 1);
    if (verb == "start") {
        hook_call call;
        call.started = real_now();
        call.arguments = read_words(m_directory + "/words." + id);
        call.frozen_at_start = m_frozen ? m_frozen() : std::nullopt;
        m_running[id] = {m_calls.size(), m_generation};
        m_calls.push_back(std::move(call));
        const std::ofstream seen(m_directory + "/seen." + id);
    } else if (verb == "end") {
        const auto found = m_running.find(id);
        if (found != m_running.end()) {
            if (found->second.generation == m_generation) {
                m_calls[found->second.index].ended = real_now();
            }
            m_running.erase(found);
        }
    }
}

} // namespace snapproto::conformance
