// SPDX-License-Identifier: BSL-1.0
#include "conformance/report/html_page.hpp"
#include "conformance/report/report.hpp"

#include "snapproto/version.hpp"

#include <fmt/format.h>

namespace snapproto::conformance {
namespace {

std::string row(std::string_view label, std::string_view words) {
    return words.empty() ? std::string{}
                         : fmt::format("<dt>{}</dt><dd>{}</dd>\n", label, escaped(words));
}

std::string summary_table(const run_result& run) {
    std::string out = "<table class=\"sums\"><thead><tr><th>level</th>";
    for (const status one : all_statuses) {
        out += fmt::format("<th>{}</th>", name(one));
    }
    out += "</tr></thead><tbody>\n";
    for (const level strength : {level::must, level::should, level::may}) {
        const counts sum = run.sum(strength);
        out += fmt::format("<tr><th>{}</th>", name(strength));
        for (const status one : all_statuses) {
            out += fmt::format("<td class=\"{}\">{}</td>", sum.of(one) > 0 ? name(one) : "zero",
                               sum.of(one));
        }
        out += "</tr>\n";
    }
    return out + "</tbody></table>\n";
}

std::string case_block(const case_result& one) {
    std::string out =
        fmt::format("<details class=\"case\" id=\"case-{0}\" data-status=\"{1}\"{2}>\n<summary>"
                    "<span class=\"badge {1}\">{1}</span> <span class=\"id\">{0}</span> "
                    "<span class=\"level\">{3}</span> {4}</summary>\n<div class=\"body\">\n",
                    escaped(one.id), name(one.verdict), one.verdict == status::fail ? " open" : "",
                    name(one.strength), escaped(one.title));
    out += fmt::format("<blockquote><b>{} {}</b> {}{}</blockquote>\n<dl>\n", escaped(one.clause),
                       name(one.strength), escaped(one.clause_title),
                       one.clause_text.empty()
                           ? ""
                           : fmt::format("<p class=\"clause\">{}</p>", escaped(one.clause_text)));
    if (one.deviates()) {
        out += row("requirement", one.found.requirement);
        out += row("expected", one.found.expected);
        out += row("actual", one.found.actual);
    }
    for (const auto& more : one.further) {
        out += row("also", fmt::format("{}: expected {}, actual {}", more.requirement,
                                       more.expected, more.actual));
    }
    if (one.deviates()) {
        out += row("to mend it", one.mend);
    }
    out += row("skipped", one.reason);
    for (const auto& note : one.notes) {
        out += row("note", note);
    }
    out += row("took", fmt::format("{:.1f} ms", milliseconds(one.took)));
    out += fmt::format("<dt>replay</dt><dd><code>{}</code></dd>\n</dl>\n", escaped(one.replay));
    if (one.deviates()) {
        out += "<div class=\"scroll\">" + sequence_chart(one) + "</div>\n";
    }
    if (!one.transcript.empty()) {
        out += fmt::format("<details><summary>transcript</summary><pre>{}</pre></details>\n",
                           escaped(transcript_lines(one)));
    }
    if (!one.agent_output.empty()) {
        out += fmt::format("<details><summary>output of the agent</summary><pre>{}</pre>"
                           "</details>\n",
                           escaped(one.agent_output));
    }
    return out + "</div></details>\n";
}

} // namespace

std::string html_report(const run_result& run) {
    const claim words = claim_of(run);
    const counts sum = run.sum();
    std::string out = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>snapcheck: {}</title>\n<style>{}</style></head><body>\n<main>\n"
        "<h1>snapcheck <small>{}</small></h1>\n<p class=\"claim {}\">{}</p>\n"
        "<p class=\"facts\">target <code>{}</code> · dialect {} · seed {} · {} cases</p>\n",
        escaped(run.target), html_style, SNAPPROTO_VERSION_STRING,
        words.conforms ? "pass"
        : sum.fail > 0 ? "fail"
                       : "warn",
        escaped(words.words), escaped(run.target), escaped(run.dialect), run.seed,
        run.cases.size());
    out += summary_table(run);
    out += "<form class=\"filter\" onsubmit=\"return false\">\n";
    for (const status one : all_statuses) {
        out += fmt::format("<label><input type=\"checkbox\" value=\"{0}\" checked> {0} ({1})"
                           "</label>\n",
                           name(one), sum.of(one));
    }
    out += "<input type=\"search\" placeholder=\"id, clause, or words of a title\" "
           "aria-label=\"filter\"> <span class=\"shown\"></span></form>\n<section>\n";
    for (const auto& one : run.cases) {
        out += case_block(one);
    }
    out += fmt::format("</section>\n</main>\n<script>{}</script>\n</body></html>\n", html_script);
    return out;
}

} // namespace snapproto::conformance
