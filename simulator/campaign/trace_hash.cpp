// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/trace_hash.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <fmt/format.h>

namespace snapproto::campaign {
namespace {

std::string line_of(const world::note& one) {
    return fmt::format("{} {} {} {}\n", one.at, one.who, one.what, one.text);
}

std::string line_of(const world::attempt& one) {
    return fmt::format("attempt {} {} {} {} {} {}\n", one.started, one.ended ? *one.ended : -1,
                       to_string(one.outcome), to_string(one.label), one.reason,
                       one.kept ? one.kept->at : -1);
}

void append_records(std::vector<std::string>& lines, const std::vector<trace::record>& recording) {
    for (const auto& one : recording) {
        lines.emplace_back();
        trace::append_jsonl(lines.back(), one);
    }
}

} // namespace

std::vector<std::string> trace_lines(const world::history& run) {
    std::vector<std::string> lines;
    for (const auto& one : run.story) {
        lines.push_back(line_of(one));
    }
    append_records(lines, run.at_host);
    append_records(lines, run.at_agent);
    for (const auto& one : run.attempts) {
        lines.push_back(line_of(one));
    }
    lines.push_back(fmt::format("events {} completed {} stall {} frozen {}\n", run.events,
                                run.seen.completed, run.longest_stall, run.still_frozen));
    return lines;
}

std::uint64_t trace_hash(const world::history& run) {
    text_hash made;
    for (const auto& line : trace_lines(run)) {
        made.add(line);
    }
    return made.value();
}

std::string to_hex(std::uint64_t hash) {
    return fmt::format("{:016x}", hash);
}

} // namespace snapproto::campaign
