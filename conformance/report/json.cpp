// SPDX-License-Identifier: BSL-1.0
#include "conformance/report/report.hpp"

#include "snapproto/version.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace snapproto::conformance {
namespace json = boost::json;
namespace {

/// Whatever an agent sent may be in a sentence; JSON must be UTF-8 all the same.
std::string text(std::string_view words) {
    return printable(words, words.size());
}

json::array transcript_of(const case_result& one) {
    json::array all;
    for (const auto& entry : one.transcript) {
        const auto since = entry.at - one.transcript.front().at;
        json::object item{{"at_us", since / std::chrono::microseconds(1)},
                          {"from", name(entry.from)},
                          {"to", name(entry.to)},
                          {"text", text(entry.text)}};
        if (entry.message) {
            item["client"] = entry.client;
            item["bytes"] = entry.bytes;
        }
        all.push_back(std::move(item));
    }
    return all;
}

json::object case_of(const case_result& one) {
    json::object out;
    out["id"] = one.id;
    out["clause"] = one.clause;
    out["level"] = name(one.strength);
    out["title"] = one.title;
    out["status"] = name(one.verdict);
    const bool skipped = one.verdict == status::skip;
    out["expected"] = one.deviates() ? text(one.found.requirement + ": " + one.found.expected)
                                     : text(one.clause_title);
    out["actual"] = skipped          ? text("skipped: " + one.reason)
                    : one.deviates() ? text(one.found.actual)
                                     : std::string("as expected");
    out["transcript"] = transcript_of(one);
    out["replay"] = text(one.replay);
    return out;
}

} // namespace

std::string json_report(const run_result& run) {
    const counts sum = run.sum();
    json::array cases;
    for (const auto& one : run.cases) {
        cases.push_back(case_of(one));
    }
    json::object out;
    out["tool"] = "snapcheck";
    out["version"] = SNAPPROTO_VERSION_STRING;
    out["dialect"] = run.dialect;
    out["target"] = text(run.target);
    out["seed"] = run.seed;
    out["summary"] = json::object{
        {"pass", sum.pass}, {"fail", sum.fail}, {"warn", sum.warn}, {"skip", sum.skip}};
    out["cases"] = std::move(cases);
    return json::serialize(out) + '\n';
}

} // namespace snapproto::conformance
