// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/trace_hash.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <fmt/format.h>

#include <iterator>

namespace snapproto::campaign {
namespace {

void append(std::string& line, const world::note& one) {
    fmt::format_to(std::back_inserter(line), "{} {} {} {}\n", one.at, one.who, one.what, one.text);
}

void append(std::string& line, const trace::record& one) {
    trace::append_jsonl(line, one);
}

void append(std::string& line, const world::attempt& one) {
    fmt::format_to(std::back_inserter(line), "attempt {} {} {} {} {} {}\n", one.started,
                   one.ended ? *one.ended : -1, to_string(one.outcome), to_string(one.label),
                   one.reason, one.kept ? one.kept->at : -1);
}

/// Hands every line on, each in the same string: there can be millions.
template <class Take>
void each_line(const world::history& run, Take take) {
    std::string line;
    const auto all = [&](const auto& things) {
        for (const auto& one : things) {
            line.clear();
            append(line, one);
            take(line);
        }
    };
    all(run.story);
    all(run.at_host);
    all(run.at_agent);
    all(run.attempts);
    take(fmt::format("events {} completed {} stall {} frozen {}\n", run.events, run.seen.completed,
                     run.longest_stall, run.still_frozen));
}

} // namespace

std::vector<std::string> trace_lines(const world::history& run) {
    std::vector<std::string> lines;
    each_line(run, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
}

std::uint64_t trace_hash(const world::history& run) {
    text_hash made;
    each_line(run, [&](std::string_view line) { made.add(line); });
    return made.value();
}

std::string to_hex(std::uint64_t hash) {
    return fmt::format("{:016x}", hash);
}

} // namespace snapproto::campaign
