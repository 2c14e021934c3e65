// SPDX-License-Identifier: BSL-1.0
#include "conformance/report/report.hpp"

#include "snapproto/version.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

#include <map>
#include <sstream>
#include <vector>

namespace snapproto::conformance {
namespace {

/// Bytes that XML cannot hold, made visible; pugixml does the escaping.
std::string clean(std::string_view words) {
    return printable_lines(words);
}

std::string details(const case_result& one) {
    std::string out =
        fmt::format("{} ({}): {}\nrequirement: {}\nexpected:    {}\nactual:      {}\n"
                    "replay:      {}\n",
                    one.clause, name(one.strength), one.clause_title, one.found.requirement,
                    one.found.expected, one.found.actual, one.replay);
    for (const auto& more : one.further) {
        out += fmt::format("also:        {}: expected {}, actual {}\n", more.requirement,
                           more.expected, more.actual);
    }
    return out + '\n' + transcript_lines(one);
}

void add_case(pugi::xml_node suite, const case_result& one, bool strict) {
    pugi::xml_node node = suite.append_child("testcase");
    node.append_attribute("classname") =
        fmt::format("{} {}", one.clause, name(one.strength)).c_str();
    node.append_attribute("name") = clean(one.id + " " + one.title).c_str();
    node.append_attribute("time") = fmt::format("{:.3f}", milliseconds(one.took) / 1e3).c_str();
    const bool failed = one.verdict == status::fail || (strict && one.verdict == status::warn);
    if (failed) {
        pugi::xml_node failure = node.append_child("failure");
        failure.append_attribute("type") = std::string(name(one.strength)).c_str();
        failure.append_attribute("message") =
            clean(fmt::format("{}: expected {}, actual {}", one.found.requirement,
                              one.found.expected, one.found.actual))
                .c_str();
        failure.append_child(pugi::node_pcdata).set_value(clean(details(one)).c_str());
    } else if (one.verdict == status::skip) {
        node.append_child("skipped").append_attribute("message") = clean(one.reason).c_str();
    } else if (one.verdict == status::warn) {
        node.append_child("system-out")
            .append_child(pugi::node_pcdata)
            .set_value(
                clean(fmt::format("deviation from a {}\n{}", name(one.strength), details(one)))
                    .c_str());
    }
}

struct suite_sum {
    std::size_t tests = 0, failures = 0, skipped = 0;
    duration took{0};

    void add(const case_result& one, bool strict) {
        ++tests;
        failures +=
            one.verdict == status::fail || (strict && one.verdict == status::warn) ? 1U : 0U;
        skipped += one.verdict == status::skip ? 1U : 0U;
        took += one.took;
    }

    void write(pugi::xml_node node, const std::string& label) const {
        node.append_attribute("name") = label.c_str();
        node.append_attribute("tests") = static_cast<unsigned long long>(tests);
        node.append_attribute("failures") = static_cast<unsigned long long>(failures);
        node.append_attribute("errors") = 0;
        node.append_attribute("skipped") = static_cast<unsigned long long>(skipped);
        node.append_attribute("time") = fmt::format("{:.3f}", milliseconds(took) / 1e3).c_str();
    }
};

} // namespace

std::string junit_report(const run_result& run, bool strict) {
    std::map<int, std::vector<const case_result*>> chapters;
    suite_sum all;
    for (const auto& one : run.cases) {
        chapters[std::stoi(one.id)].push_back(&one);
        all.add(one, strict);
    }
    pugi::xml_document document;
    pugi::xml_node declaration = document.append_child(pugi::node_declaration);
    declaration.append_attribute("version") = "1.0";
    declaration.append_attribute("encoding") = "UTF-8";
    pugi::xml_node root = document.append_child("testsuites");
    all.write(root, "snapcheck");
    for (const auto& [chapter, cases] : chapters) {
        suite_sum sum;
        for (const case_result* one : cases) {
            sum.add(*one, strict);
        }
        pugi::xml_node suite = root.append_child("testsuite");
        sum.write(suite, fmt::format("SP {}", chapter));
        pugi::xml_node properties = suite.append_child("properties");
        const auto property = [&](const char* key, const std::string& value) {
            pugi::xml_node one = properties.append_child("property");
            one.append_attribute("name") = key;
            one.append_attribute("value") = value.c_str();
        };
        property("version", SNAPPROTO_VERSION_STRING);
        property("dialect", run.dialect);
        property("target", clean(run.target));
        property("seed", std::to_string(run.seed));
        for (const case_result* one : cases) {
            add_case(suite, *one, strict);
        }
    }
    std::ostringstream out;
    document.save(out, "  ", pugi::format_default, pugi::encoding_utf8);
    return out.str();
}

} // namespace snapproto::conformance
