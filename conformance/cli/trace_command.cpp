// SPDX-License-Identifier: BSL-1.0
// snapcheck trace: a recording, judged by the monitors or, of bytes of QGA, by its clauses.
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/cli/report_files.hpp"
#include "conformance/recording/judge_bytes.hpp"
#include "conformance/spec/clauses.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/monitor/recording.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {
namespace {

namespace rec = recording;

struct recorded {
    std::vector<trace::record> records;
    std::vector<std::size_t> places; ///< Of each record: its line or packet, from 1.
    std::string_view place = "line";
};

/// More of them help nobody: the file is something else then.
constexpr std::size_t complaints_max = 10;

std::string read_all(std::istream& in, const std::string& name) {
    std::string text;
    constexpr std::size_t piece_bytes = 1 << 20;
    do {
        const std::size_t before = text.size();
        text.resize(before + piece_bytes);
        in.read(text.data() + before, piece_bytes);
        text.resize(before + static_cast<std::size_t>(in.gcount()));
    } while (in);
    if (in.bad() || !in.eof()) {
        throw usage_error(name + ": cannot be read");
    }
    return text;
}

std::string contents_of(const std::string& name) {
    if (name == "-") {
        return read_all(std::cin, "standard input");
    }
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        throw usage_error(name + ": cannot be read");
    }
    return read_all(file, name);
}

std::string shown_name(const std::string& file) {
    return file == "-" ? "standard input" : file;
}

/// @throws usage_error with a line for each line that is no record
recorded read_records(std::string_view text, const std::string& name) {
    recorded out;
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
            out.places.push_back(reader.line());
        } else if (next.has_failure()) {
            wrong.push_back(trace::describe(reader, next.error()));
        }
        return next.has_value() || next.has_failure();
    };
    constexpr std::size_t piece_bytes = 64 * 1024;
    while (wrong.size() < complaints_max && !text.empty()) {
        reader.feed(text.substr(0, piece_bytes));
        text.remove_prefix(std::min(text.size(), piece_bytes));
        while (wrong.size() < complaints_max && take(reader.next())) {
        }
    }
    if (wrong.size() < complaints_max) {
        take(reader.finish());
    }
    if (!wrong.empty()) {
        std::string words = name + ": not a recording";
        for (const auto& one : wrong) {
            words += "\n  " + one;
        }
        throw usage_error(words + (wrong.size() == complaints_max ? "\n  and so on" : ""));
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

double seconds_of(snapproto::instant at) {
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

/// "record 17 (line 18), at 12.500 s".
std::string place_of(const monitor::violation& one, const recorded& what) {
    return one.record < what.records.size()
               ? fmt::format("record {} ({} {}), at {:.3f} s", one.record + 1, what.place,
                             what.places[one.record], seconds_of(one.at))
               : fmt::format("at the end of the recording, due at {:.3f} s", seconds_of(one.at));
}

run_result empty_result(const trace_options& options) {
    run_result run;
    run.dialect = options.dialect;
    run.target = "recording " + options.file;
    run.all_selected = false; // a recording shows one conversation, and supports no claim
    return run;
}

/// A case about a clause that no check has judged, but a recording.
case_result case_about(snapproto::clause number, const trace_options& options) {
    case_result one;
    one.clause = clause_id(number);
    one.id = one.clause.substr(3) + "/trace";
    if (const clause_info* info = find_clause(number)) {
        one.clause_title = one.title = info->title;
        one.clause_text = info->text;
        one.strength = info->strength;
    }
    one.replay = fmt::format("snapcheck trace --dialect {} {}", options.dialect, options.file);
    return one;
}

status broken(level strength) {
    return strength == level::must ? status::fail : status::warn;
}

/// One case for each property, so that the reports are those of `snapcheck agent`.
run_result result_of(const std::vector<monitor::violation>& found, const recorded& what,
                     const trace_options& options, bool overflowed) {
    run_result run = empty_result(options);
    for (const monitor::judged_property& judged : monitor::judged_properties) {
        const std::uint8_t property = judged.property;
        case_result one = case_about({18, property}, options);
        one.verdict = overflowed ? status::skip : status::pass;
        one.reason = overflowed ? "the recording is beyond what the monitors can watch" : "";
        for (const monitor::violation& each : found) {
            if (each.property == property) {
                one.verdict = broken(one.strength);
                finding words{one.title, clause_id(each.governed_by),
                              place_of(each, what) + ": " + each.sentence};
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

/// Judges records, however they were come by.
int judge_records(const recorded& what, const trace_options& options,
                  const report_requests& reports) {
    if (what.records.empty()) {
        throw usage_error(shown_name(options.file) + ": holds no record");
    }
    const monitor::rules measures = monitor::rules_of(what.records, options.dialect == "native");
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

using piece_source = std::function<void(const rec::piece_taker&)>;

int judge_qga_bytes(const piece_source& tell, std::string_view place, const trace_options& options,
                    const report_requests& reports) {
    rec::qga_byte_judge judge;
    tell([&](const rec::piece& next) { judge.take(next); });
    judge.finish();
    std::FILE* const out = reports.on_stdout ? stderr : stdout;
    run_result run = empty_result(options);
    case_result one = case_about({20, 1}, options);
    one.title = "what the agent sends is what chapters 20 to 28 allow";
    one.verdict = status::pass;
    if (const auto& wrong = judge.found()) {
        one = case_about(wrong->governed_by, options);
        one.verdict = broken(one.strength);
        const std::string where =
            wrong->place == 0
                ? fmt::format("the end of the recording, at {:.3f} s", seconds_of(wrong->at))
                : fmt::format("{} {}, at {:.3f} s", place, wrong->place, seconds_of(wrong->at));
        one.found = {one.title, one.clause, where + ": " + wrong->sentence};
        fmt::print(out, "{} broken by {}\n  {}\n  allowed: {}\n", one.clause, where,
                   wrong->sentence, one.title);
    }
    fmt::print(out, "{} lines to the agent and {} from it: {}\n", judge.requests(), judge.replies(),
               judge.found() ? "what follows the first deviation is not judged"
                             : "no clause of chapters 20 to 28 is broken, as far as bytes show");
    run.cases.push_back(std::move(one));
    const bool counts = run.cases.front().verdict == status::fail;
    write_reports(reports, run, false);
    return counts ? exit_failed : exit_good;
}

int judge_bytes(const piece_source& tell, std::string_view place, const trace_options& options,
                const report_requests& reports) {
    if (options.dialect == "qga") {
        return judge_qga_bytes(tell, place, options, reports);
    }
    rec::native_byte_reader reader;
    tell([&](const rec::piece& next) { reader.take(next); });
    return judge_records({reader.records(), reader.places(), place}, options, reports);
}

} // namespace

int run_trace(const trace_options& options) {
    if (options.dialect != "qga" && options.dialect != "native") {
        throw usage_error("snapcheck trace knows the dialects qga and native, not '" +
                          options.dialect + "'");
    }
    const report_requests reports = read_reports(options.reports);
    const std::string text = contents_of(options.file);
    const std::string name = shown_name(options.file);
    try {
        switch (rec::form_of(text)) {
        case rec::form::records:
            break;
        case rec::form::byte_lines:
            return judge_bytes(
                [&](const rec::piece_taker& take) { rec::read_byte_lines(text, take); }, "line",
                options, reports);
        case rec::form::socat_dump:
            return judge_bytes(
                [&](const rec::piece_taker& take) { rec::read_socat_dump(text, take); }, "line",
                options, reports);
        case rec::form::capture:
            return judge_bytes(
                [&](const rec::piece_taker& take) { rec::read_capture(text, options.port, take); },
                "packet", options, reports);
        }
    } catch (const rec::unreadable& wrong) {
        throw usage_error(name + ": " + wrong.what());
    }
    return judge_records(read_records(text, name), options, reports);
}

} // namespace snapproto::conformance
