// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/session_resources.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <system_error>
#include <vector>

#include <unistd.h>

namespace snapproto::conformance {
namespace {

namespace fs = std::filesystem;

/// What is needed of /proc/PID/stat.
struct process_entry {
    pid_t id = 0;
    pid_t parent = 0;
    pid_t session = 0;
    std::uint64_t ticks = 0;
    std::uint64_t pages = 0;
};

bool read_entry(const fs::path& directory, process_entry& out) {
    std::ifstream file(directory / "stat");
    std::string line;
    if (!std::getline(file, line)) {
        return false;
    }
    // The name stands in parentheses and may hold anything, parentheses included.
    const auto close = line.rfind(')');
    if (close == std::string::npos) {
        return false;
    }
    std::istringstream fields(line.substr(close + 1));
    std::vector<std::string> words;
    for (std::string word; fields >> word;) {
        words.push_back(word);
    }
    // From the third field on: state, parent, group, session, …, 14 user, 15 system, …, 24 pages.
    constexpr std::size_t skipped = 3;
    if (words.size() <= 24 - skipped) {
        return false;
    }
    out.parent = static_cast<pid_t>(std::stol(words[4 - skipped]));
    out.session = static_cast<pid_t>(std::stol(words[6 - skipped]));
    out.ticks = std::stoull(words[14 - skipped]) + std::stoull(words[15 - skipped]);
    out.pages = std::stoull(words[24 - skipped]);
    return true;
}

std::vector<process_entry> all_processes() {
    std::vector<process_entry> all;
    std::error_code failure;
    for (fs::directory_iterator at("/proc", failure), end; !failure && at != end;
         at.increment(failure)) {
        const std::string name = at->path().filename().string();
        process_entry entry;
        if (!std::all_of(name.begin(), name.end(),
                         [](unsigned char c) { return std::isdigit(c) != 0; })) {
            continue;
        }
        entry.id = static_cast<pid_t>(std::stol(name));
        if (read_entry(at->path(), entry)) {
            all.push_back(entry);
        }
    }
    return all;
}

} // namespace

observed<resource_use> resources_of_session(pid_t leader) {
    const std::vector<process_entry> all = all_processes();
    std::set<pid_t> members;
    for (std::size_t known = 1; known > 0;) {
        known = 0;
        for (const process_entry& one : all) {
            const bool belongs =
                one.session == leader || one.id == leader || members.contains(one.parent);
            known += belongs && members.insert(one.id).second ? 1U : 0U;
        }
    }
    if (members.empty()) {
        return observed<resource_use>::unknown("the agent's processes are not in /proc");
    }
    const auto page = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_PAGESIZE)));
    const auto ticks = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
    resource_use sum;
    for (const process_entry& one : all) {
        if (members.contains(one.id)) {
            sum.memory_bytes += one.pages * page;
            sum.processor += std::chrono::nanoseconds(
                static_cast<std::int64_t>(one.ticks * (1'000'000'000 / ticks)));
        }
    }
    return sum;
}

} // namespace snapproto::conformance
