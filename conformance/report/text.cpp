// SPDX-License-Identifier: BSL-1.0
// The two reports that are plain text: TAP and Markdown.
#include "conformance/report/report.hpp"

#include "snapproto/version.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance {
namespace {

/// TAP takes "#" for the start of a directive.
std::string tap_words(std::string_view words) {
    std::string out = printable(words, 300);
    std::replace(out.begin(), out.end(), '#', '=');
    return out;
}

/// A value for the YAML block of TAP: in single quotes, one line.
std::string yaml_quoted(std::string_view words) {
    std::string out = "'";
    for (const char c : printable(words, 1000)) {
        out += c;
        if (c == '\'') {
            out += c;
        }
    }
    return out + "'";
}

std::string cell(std::string_view words) {
    std::string out;
    for (const char c : printable(words, 400)) {
        if (c == '|' || c == '<' || c == '`' || c == '*' || c == '_') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

} // namespace

std::string tap_report(const run_result& run, bool strict) {
    std::string out = fmt::format("TAP version 13\n1..{}\n# snapcheck {}, dialect {}, seed {}\n"
                                  "# target: {}\n",
                                  run.cases.size(), SNAPPROTO_VERSION_STRING, run.dialect, run.seed,
                                  printable(run.target, 400));
    std::size_t number = 0;
    for (const auto& one : run.cases) {
        ++number;
        out += fmt::format("{} {} - {} {} {}", one.deviates() ? "not ok" : "ok", number, one.id,
                           name(one.strength), tap_words(one.title));
        if (one.verdict == status::skip) {
            out += " # SKIP " + tap_words(one.reason);
        } else if (one.verdict == status::warn && !strict) {
            out += fmt::format(" # TODO deviation from a {}", name(one.strength));
        }
        out += '\n';
        if (one.deviates()) {
            out += fmt::format("  ---\n  clause: {}\n  requirement: {}\n  expected: {}\n"
                               "  actual: {}\n  replay: {}\n  ...\n",
                               yaml_quoted(one.clause), yaml_quoted(one.found.requirement),
                               yaml_quoted(one.found.expected), yaml_quoted(one.found.actual),
                               yaml_quoted(one.replay));
        }
    }
    out += fmt::format("# {}\n", claim_of(run).words);
    return out;
}

std::string markdown_report(const run_result& run) {
    std::string out =
        fmt::format("# snapcheck: {}\n\n**{}**\n\nDialect {}, snapcheck {}, seed {}.\n"
                    "\n| level | pass | fail | warn | skip |\n"
                    "|---|---:|---:|---:|---:|\n",
                    cell(run.target), cell(claim_of(run).words), run.dialect,
                    SNAPPROTO_VERSION_STRING, run.seed);
    for (const level one : {level::must, level::should, level::may}) {
        const counts sum = run.sum(one);
        out += fmt::format("| {} | {} | {} | {} | {} |\n", name(one), sum.pass, sum.fail, sum.warn,
                           sum.skip);
    }
    for (const auto& one : run.cases) {
        if (!one.deviates()) {
            continue;
        }
        out += fmt::format("\n## {} {}: {}\n\n{} ({}): {}\n\n- requirement: {}\n- expected: {}\n"
                           "- actual: {}\n",
                           one.id, name(one.verdict), cell(one.title), one.clause,
                           name(one.strength), cell(one.clause_title), cell(one.found.requirement),
                           cell(one.found.expected), cell(one.found.actual));
        for (const auto& more : one.further) {
            out += fmt::format("- also: {}: expected {}, actual {}\n", cell(more.requirement),
                               cell(more.expected), cell(more.actual));
        }
        for (const auto& note : one.notes) {
            out += fmt::format("- note: {}\n", cell(note));
        }
        if (!one.mend.empty()) {
            out += fmt::format("- to mend it: {}\n", cell(one.mend));
        }
        // Four backquotes, since an agent may send three.
        out += fmt::format("\n````text\n{}\n{}````\n", one.replay, transcript_lines(one));
    }
    out +=
        "\n## All cases\n\n| id | level | status | title | why skipped |\n|---|---|---|---|---|\n";
    for (const auto& one : run.cases) {
        out += fmt::format("| {} | {} | {} | {} | {} |\n", one.id, name(one.strength),
                           name(one.verdict), cell(one.title), cell(one.reason));
    }
    return out;
}

} // namespace snapproto::conformance
