// SPDX-License-Identifier: BSL-1.0
// snapcheck trace: a recording, judged by the monitors.
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/cli/report_files.hpp"
#include "conformance/spec/clauses.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <istream>
#include <string>
#include <vector>

namespace snapproto::conformance {
namespace {

struct recording {
    std::vector<trace::record> records;
    std::vector<std::size_t> lines; ///< Of each record, from 1.
};

/// More of them help nobody: the file is something else then.
constexpr std::size_t complaints_max = 10;

/// @throws usage_error with a line for each line that is no record
recording read_recording(std::istream& in, const std::string& name) {
    recording out;
    std::vector<std::string> wrong;
    trace::jsonl_reader reader;
    const auto take = [&](decoded<trace::record> next) {
        if (next.has_value()) {
            if (!out.records.empty() && next->at < out.records.back().at) {
                wrong.push_back(fmt::format("line {}: the instant is before that of the record "
                                            "above",
                                            reader.line()));
            }
            out.records.push_back(std::move(*next));
            out.lines.push_back(reader.line());
        } else if (next.has_failure()) {
            wrong.push_back(trace::describe(reader, next.error()));
        }
        return next.has_value() || next.has_failure();
    };
    std::array<char, 64 * 1024> piece{};
    while (wrong.size() < complaints_max &&
           (in.read(piece.data(), piece.size()), in.gcount() > 0)) {
        reader.feed({piece.data(), static_cast<std::size_t>(in.gcount())});
        while (wrong.size() < complaints_max && take(reader.next())) {
        }
    }
    if (wrong.size() < complaints_max) {
        take(reader.finish());
    }
    if (in.bad()) {
        throw usage_error(name + ": cannot be read");
    }
    if (!wrong.empty()) {
        std::string words = name + ": not a recording";
        for (const auto& one : wrong) {
            words += "\n  " + one;
        }
        throw usage_error(words + (wrong.size() == complaints_max ? "\n  and so on" : ""));
    }
    if (out.records.empty()) {
        throw usage_error(name + ": holds no record");
    }
    return out;
}

/// What the recording itself shows of how it was made; the dialect has no Hello.
monitor::rules rules_for(const recording& what) {
    monitor::rules out;
    out.negotiates = false;
    bool at_agent = false;
    bool at_orchestrator = false;
    out.records_provider = false;
    for (const trace::record& one : what.records) {
        const bool message =
            one.what == trace::record_kind::sent || one.what == trace::record_kind::received;
        at_agent |= message && one.who == trace::role::agent;
        at_orchestrator |= message && one.who == trace::role::orchestrator;
        out.records_provider |= one.who == trace::role::provider;
    }
    if (at_agent != at_orchestrator) {
        out.seen_from =
            at_agent ? monitor::viewpoint::agent_end : monitor::viewpoint::orchestrator_end;
    }
    return out;
}

std::string_view words_for(monitor::viewpoint end) {
    switch (end) {
    case monitor::viewpoint::both_ends:
        return "both ends";
    case monitor::viewpoint::orchestrator_end:
        return "the orchestrator's end";
    case monitor::viewpoint::agent_end:
        break;
    }
    return "the agent's end";
}

/// "record 17 (line 18), at 12.500 s".
std::string place_of(const monitor::violation& one, const recording& what) {
    const double at = std::chrono::duration<double>(one.at.time_since_epoch()).count();
    return one.record < what.records.size()
               ? fmt::format("record {} (line {}), at {:.3f} s", one.record + 1,
                             what.lines[one.record], at)
               : fmt::format("at the end of the recording, due at {:.3f} s", at);
}

/// One case for each property, so that the reports are those of `snapcheck agent`.
run_result result_of(const std::vector<monitor::violation>& found, const recording& what,
                     const trace_options& options, bool overflowed) {
    run_result run;
    run.dialect = options.dialect;
    run.target = "recording " + options.file;
    run.all_selected = false; // a recording shows one conversation, and supports no claim
    for (const monitor::judged_property& judged : monitor::judged_properties) {
        const std::uint8_t property = judged.property;
        const snapproto::clause number{18, property};
        case_result one;
        one.clause = clause_id(number);
        one.id = one.clause.substr(3) + "/trace";
        if (const clause_info* info = find_clause(number)) {
            one.clause_title = one.title = info->title;
            one.clause_text = info->text;
            one.strength = info->strength;
        }
        one.replay = fmt::format("snapcheck trace --dialect {} {}", options.dialect, options.file);
        one.verdict = overflowed ? status::skip : status::pass;
        one.reason = overflowed ? "the recording is beyond what the monitors can watch" : "";
        for (const monitor::violation& broken : found) {
            if (broken.property == property) {
                one.verdict = one.strength == level::must ? status::fail : status::warn;
                finding words{one.title, clause_id(broken.governed_by),
                              place_of(broken, what) + ": " + broken.sentence};
                if (one.found.requirement.empty()) {
                    one.found = std::move(words);
                } else {
                    one.further.push_back(std::move(words));
                }
            }
        }
        run.cases.push_back(std::move(one));
    }
    return run;
}

} // namespace

int run_trace(const trace_options& options) {
    require_qga(options.dialect, "snapcheck trace");
    const report_requests reports = read_reports(options.reports);
    recording what;
    if (options.file == "-") {
        what = read_recording(std::cin, "standard input");
    } else {
        std::ifstream file(options.file, std::ios::binary);
        if (!file) {
            throw usage_error(options.file + ": cannot be read");
        }
        what = read_recording(file, options.file);
    }
    const monitor::rules measures = rules_for(what);
    monitor::all_monitors judges(measures);
    for (const trace::record& one : what.records) {
        judges.observe(one);
    }
    judges.finish(what.records.back().at);
    const auto found = judges.violations();
    std::FILE* const out = reports.on_stdout ? stderr : stdout;
    for (const monitor::violation& one : found) {
        fmt::print(out, "SP 18.{} broken by {}\n  {} ({})\n", one.property, place_of(one, what),
                   one.sentence, clause_id(one.governed_by));
    }
    if (judges.count() > found.size()) {
        fmt::print(out, "and {} more\n", judges.count() - found.size());
    }
    if (judges.overflowed()) {
        fmt::print(out, "the recording is beyond what the monitors can watch: silence is no "
                        "acquittal\n");
    }
    fmt::print(out, "{} records seen from {}: {}\n", what.records.size(),
               words_for(measures.seen_from),
               judges.count() == 0 ? std::string("no property is broken")
                                   : fmt::format("{} violations", judges.count()));
    write_reports(reports, result_of(found, what, options, judges.overflowed()), false);
    return judges.count() == 0 && !judges.overflowed() ? exit_good : exit_failed;
}

} // namespace snapproto::conformance
