// SPDX-License-Identifier: BSL-1.0
// Every rule bites: each is shown a snippet that keeps it and one that breaks it.
#include "tests/tidy/source_rules.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace {

using namespace snapproto;

const std::string licence = "// SPDX-License-Identifier: BSL-1.0\n";
const std::string source_path = "conformance/report/table.cpp";

// The only finding of a text, or how many there are instead.
std::string only(const std::vector<tidy::finding>& findings) {
    return findings.size() == 1 ? findings.front().text
                                : std::to_string(findings.size()) + " findings";
}

std::string include_finding(const std::string& path, const std::string& target) {
    const auto findings = tidy::check_includes(path, licence + "#include <" + target + ">\n");
    return findings.empty() ? "" : only(findings);
}

std::string header(const std::string& guard, const std::string& body = {}) {
    return licence + "#ifndef " + guard + "\n#define " + guard + "\n" + body + "#endif // " +
           guard + "\n";
}

} // namespace

BOOST_AUTO_TEST_CASE(a_clean_text_has_no_finding) {
    BOOST_TEST(tidy::check_text(source_path, licence + "int x = 1;\n").empty());
    BOOST_TEST(tidy::check_text("include/snapproto/core/ids.hpp", header("SNAPPROTO_CORE_IDS_HPP"))
                   .empty());
    BOOST_TEST(
        tidy::check_text("include/snapproto/version.hpp", header("SNAPPROTO_VERSION_HPP")).empty());
    BOOST_TEST(tidy::check_text("conformance/report/json.hpp",
                                header("SNAPPROTO_CONFORMANCE_REPORT_JSON_HPP"))
                   .empty());
}

BOOST_AUTO_TEST_CASE(the_licence_comes_first) {
    BOOST_TEST(only(tidy::check_text(source_path, "int x = 1;\n")).starts_with("the first line"));
    BOOST_TEST(only(tidy::check_text(source_path, "\n" + licence)).starts_with("the first line"));
}

BOOST_AUTO_TEST_CASE(the_guard_is_the_path) {
    const auto findings =
        tidy::check_text("include/snapproto/core/ids.hpp", header("SNAPPROTO_CORE_ID_HPP"));
    BOOST_TEST_REQUIRE(findings.size() == 2U);
    BOOST_TEST(findings[0].text.find("SNAPPROTO_CORE_IDS_HPP") != std::string::npos);
    BOOST_TEST(findings[1].text.starts_with("the last line is not"));
}

BOOST_AUTO_TEST_CASE(a_line_has_at_most_100_columns) {
    const std::string exact(100, 'x');
    BOOST_TEST(tidy::check_text(source_path, licence + exact + "\n").empty());
    BOOST_TEST(only(tidy::check_text(source_path, licence + exact + "x\n")) ==
               "a line of more than 100 columns");
    // A character of two bytes is one column.
    const std::string accents = std::string(99, 'x') + "\xC3\xA9";
    BOOST_TEST(tidy::check_text(source_path, licence + accents + "\n").empty());
}

BOOST_AUTO_TEST_CASE(a_header_of_the_library_has_at_most_500_lines) {
    std::string body;
    for (int i = 0; i < 496; ++i) {
        body += "//\n";
    }
    const std::string path = "include/snapproto/core/ids.hpp";
    BOOST_TEST(tidy::check_text(path, header("SNAPPROTO_CORE_IDS_HPP", body)).empty());
    BOOST_TEST(only(tidy::check_text(path, header("SNAPPROTO_CORE_IDS_HPP", body + "//\n"))) ==
               "a header of more than 500 lines");
}

BOOST_AUTO_TEST_CASE(no_tab_no_blank_at_the_end_and_the_last_line_ends) {
    BOOST_TEST(only(tidy::check_text(source_path, licence + "\tint x;\n")) == "a tab");
    BOOST_TEST(only(tidy::check_text(source_path, licence + "int x; \n")).starts_with("a blank"));
    BOOST_TEST(
        only(tidy::check_text(source_path, licence + "int x;")).starts_with("the last line"));
}

BOOST_AUTO_TEST_CASE(nothing_says_that_it_is_not_done) {
    for (const std::string word : {"TO"
                                   "DO",
                                   "FIX"
                                   "ME",
                                   "XX"
                                   "X"}) {
        BOOST_TEST(only(tidy::check_text(source_path, licence + "// " + word + "\n")) ==
                   "the word " + word);
    }
}

BOOST_AUTO_TEST_CASE(include_lines_are_read_in_every_spelling) {
    const auto lines = tidy::includes_of("#include <a/b.hpp>\nint x;\n  #  include \"c.hpp\"\n"
                                         "// #include <no.hpp>\n#include MACRO\n");
    BOOST_TEST_REQUIRE(lines.size() == 2U);
    BOOST_TEST(lines[0].target == "a/b.hpp");
    BOOST_TEST(lines[1].target == "c.hpp");
    BOOST_TEST(lines[1].line == 3U);
}

BOOST_AUTO_TEST_CASE(layers_include_downwards_only) {
    struct edge {
        std::string from, to;
        bool allowed;
    };
    const std::vector<edge> edges{
        {"core", "core", true},        {"core", "message", false},
        {"message", "core", true},     {"message", "codec", false},
        {"codec", "message", true},    {"codec", "dialect", false},
        {"dialect", "codec", true},    {"dialect", "machine", false},
        {"machine", "message", true},  {"machine", "codec", false},
        {"trace", "codec", true},      {"trace", "machine", false},
        {"monitor", "trace", true},    {"monitor", "machine", false},
        {"monitor", "codec", false},   {"monitor", "endpoint", false},
        {"endpoint", "machine", true}, {"endpoint", "monitor", true},
        {"endpoint", "dialect", true}, {"machine", "endpoint", false},
        {"machine", "monitor", false}, {"novel", "core", false},
        {"core", "novel", false},
    };
    for (const auto& e : edges) {
        BOOST_TEST_CONTEXT(e.from << " -> " << e.to) {
            const auto text = include_finding("include/snapproto/" + e.from + "/x.hpp",
                                              "snapproto/" + e.to + "/y.hpp");
            BOOST_TEST(text.empty() == e.allowed);
        }
    }
}

BOOST_AUTO_TEST_CASE(only_the_umbrella_gathers_and_nothing_includes_it) {
    BOOST_TEST(include_finding("include/snapproto/snapproto.hpp", "snapproto/codec/a.hpp").empty());
    BOOST_TEST(
        !include_finding("include/snapproto/snapproto.hpp", "snapproto/machine/a.hpp").empty());
    BOOST_TEST(
        !include_finding("include/snapproto/trace/a.hpp", "snapproto/snapproto.hpp").empty());
    BOOST_TEST(include_finding("include/snapproto/trace/a.hpp", "snapproto/version.hpp").empty());
}

BOOST_AUTO_TEST_CASE(the_library_knows_boost_and_the_standard_library_only) {
    const std::string header_path = "include/snapproto/codec/reader.hpp";
    BOOST_TEST(include_finding(header_path, "boost/mp11.hpp").empty());
    BOOST_TEST(include_finding(header_path, "vector").empty());
    BOOST_TEST(!include_finding(header_path, "fmt/format.h").empty());
    BOOST_TEST(!include_finding(header_path, "unistd.h").empty());
    BOOST_TEST(!include_finding(header_path, "conformance/check.hpp").empty());
    BOOST_TEST(!include_finding(header_path, "thread").empty());
    BOOST_TEST(!include_finding(header_path, "iostream").empty());
}

BOOST_AUTO_TEST_CASE(boost_msm_stays_with_the_machines) {
    const std::string msm = "boost/msm/back/state_machine.hpp";
    BOOST_TEST(include_finding("include/snapproto/machine/agent.hpp", msm).empty());
    BOOST_TEST(!include_finding("include/snapproto/endpoint/agent.hpp", msm).empty());
    BOOST_TEST(!include_finding("examples/first.cpp", msm).empty());
}

BOOST_AUTO_TEST_CASE(judges_include_neither_machines_nor_endpoints) {
    for (const std::string judge :
         {"conformance/clauses/qga_24_freeze.cpp", "conformance/effects/device.cpp",
          "conformance/report/html.cpp", "conformance/cli/main.cpp",
          "conformance/attach/socket.cpp", "conformance/check.hpp"}) {
        BOOST_TEST_CONTEXT(judge) {
            BOOST_TEST(include_finding(judge, "snapproto/monitor/order.hpp").empty());
            BOOST_TEST(!include_finding(judge, "snapproto/machine/agent.hpp").empty());
            BOOST_TEST(!include_finding(judge, "snapproto/endpoint/agent.hpp").empty());
        }
    }
    for (const std::string embedded :
         {"conformance/builtin/agent.cpp", "conformance/attach/builtin/channel.cpp"}) {
        BOOST_TEST(include_finding(embedded, "snapproto/endpoint/agent.hpp").empty());
    }
    BOOST_TEST(
        !include_finding("conformance/clauses/x.cpp", "conformance/builtin/agent.hpp").empty());
}

BOOST_AUTO_TEST_CASE(a_judge_reaches_no_machine_through_others) {
    tidy::source_tree tree{
        {"conformance/clauses/x.cpp", "#include \"conformance/sessions/y.hpp\"\n"},
        {"conformance/sessions/y.hpp", "#include <snapproto/endpoint/agent.hpp>\n"},
        {"include/snapproto/endpoint/agent.hpp", "#include <snapproto/machine/agent.hpp>\n"},
    };
    BOOST_TEST(
        only(tidy::check_judges(tree)) ==
        "a judge reaches a machine: conformance/clauses/x.cpp > conformance/sessions/y.hpp > "
        "include/snapproto/endpoint/agent.hpp > include/snapproto/machine/agent.hpp");

    // Behind the embedded agent the machines are expected.
    tree["conformance/clauses/x.cpp"] = "#include \"conformance/builtin/y.hpp\"\n";
    tree["conformance/builtin/y.hpp"] = "#include <snapproto/machine/agent.hpp>\n";
    BOOST_TEST(tidy::check_judges(tree).empty());
}

BOOST_AUTO_TEST_CASE(the_kernel_of_the_simulator_stands_alone) {
    const std::string kernel = "simulator/kernel/event_queue.hpp";
    BOOST_TEST(include_finding(kernel, "simulator/kernel/ticks.hpp") == "");
    BOOST_TEST(include_finding(kernel, "vector") == "");
    for (const auto* target :
         {"snapproto/core/time.hpp", "simulator/world/channel.hpp", "boost/json.hpp", "unistd.h"}) {
        BOOST_TEST(include_finding(kernel, target).starts_with("the simulator's kernel"));
    }
    BOOST_TEST(include_finding("simulator/world/channel.hpp", "snapproto/core/time.hpp") == "");
}

BOOST_AUTO_TEST_CASE(a_judge_of_the_simulator_knows_nobody_who_took_part) {
    const std::string judge = "simulator/judge/contents.cpp";
    for (const auto* target : {"simulator/judge/contents.hpp", "simulator/world/disk_format.hpp",
                               "snapproto/monitor/all.hpp", "fmt/format.h", "vector"}) {
        BOOST_TEST(include_finding(judge, target) == "");
    }
    for (const auto* target : {"simulator/world/database.hpp", "simulator/world/filesystem.hpp",
                               "snapproto/endpoint/qga_agent.hpp", "snapproto/machine/agent.hpp"}) {
        BOOST_TEST(include_finding(judge, target).starts_with("a judge of the simulator"));
    }
}
