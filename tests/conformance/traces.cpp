// SPDX-License-Identifier: BSL-1.0
// snapcheck trace: recordings of embedded agents, good ones, bad ones and files that are none.
#include "conformance/builtin/fault.hpp"
#include "conformance/builtin/virtual_agent.hpp"
#include "conformance/builtin/virtual_world.hpp"
#include "support.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;
using test::program_result;
using test::says;
using test::scratch;
using test::snapcheck;

/// What an embedded agent records of one freeze that lasts so long, as JSON Lines.
std::string recorded(std::string_view fault_name, duration hold) {
    std::vector<trace::record> records;
    builtin::virtual_world world;
    world.recording = &records;
    const auto& faults = builtin::all_faults();
    const auto fault = std::find_if(faults.begin(), faults.end(), [&](const builtin::fault& one) {
        return one.info.name == fault_name;
    });
    BOOST_TEST_REQUIRE((fault_name.empty() || fault != faults.end()));
    const auto agent =
        builtin::virtual_agent::make(world, fault_name.empty() ? nullptr : &*fault, {});
    const auto stream = agent->connect();
    const auto ask = [&](std::string_view request, duration wait) {
        stream->to_agent += request;
        agent->pump();
        world.clock.run_until(world.clock.now() + wait);
    };
    // By name: no record tells that a filesystem which cannot be frozen was left out of a freeze.
    ask(R"({"execute": "guest-fsfreeze-freeze-list", "arguments": {"mountpoints": )"
        R"(["/virtual/a", "/virtual/b"]}})",
        hold);
    ask(R"({"execute": "guest-fsfreeze-thaw"})", 1s);
    BOOST_TEST(stream->to_client == "{\"return\": 2}\n{\"return\": 2}\n");
    std::string lines;
    for (const auto& one : records) {
        trace::append_jsonl(lines, one);
    }
    BOOST_TEST(records.size() > 10U);
    return lines;
}

std::string file_with(const scratch& place, std::string_view text) {
    std::string name = place.file("recording.jsonl");
    std::ofstream(name, std::ios::binary) << text;
    return name;
}

} // namespace

BOOST_AUTO_TEST_SUITE(traces)

BOOST_AUTO_TEST_CASE(what_the_reference_agent_records_is_clean) {
    const scratch place;
    const std::string file = file_with(place, recorded("", 3s));
    const program_result run = snapcheck(place, "trace --dialect qga " + file);
    BOOST_TEST(run.status == 0, run.out << run.err);
    BOOST_TEST(says(run.out, "no property is broken"));
    const program_result piped = snapcheck(place, "trace - < " + file);
    BOOST_TEST(piped.status == 0, piped.err);
    BOOST_TEST(piped.out == run.out);
}

BOOST_AUTO_TEST_CASE(a_hold_without_a_limit_breaks_properties_each_with_its_clause_and_place) {
    const scratch place;
    const std::string file = file_with(place, recorded("holds-for-ever", 5000s));
    const program_result run =
        snapcheck(place, "trace " + file + " --report json=" + place.file("r.json") +
                             " --report junit=" + place.file("r.xml"));
    BOOST_TEST(run.status == 1, run.out << run.err);
    BOOST_TEST(says(run.out, "SP 18."));
    BOOST_TEST(says(run.out, "broken by record "));
    BOOST_TEST(says(run.out, "(line "));
    BOOST_TEST(says(run.out, " s\n  "));
    std::ifstream in(place.file("r.json"));
    const auto report = boost::json::parse(
        std::string(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()));
    BOOST_TEST(report.at("summary").at("fail").to_number<int>() > 0);
    BOOST_TEST(report.at("cases").as_array().size() == 25U);
    const program_result on_stdout = snapcheck(place, "trace " + file + " --report tap=-");
    BOOST_TEST(on_stdout.status == 1);
    BOOST_TEST(says(on_stdout.out, "not ok "));
    BOOST_TEST(!says(on_stdout.out, "broken by record 1 "));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_recording_gives_2_with_each_wrong_line) {
    const scratch place;
    const auto refused = [&](std::string_view text, const std::vector<std::string_view>& words) {
        const program_result run = snapcheck(place, "trace " + file_with(place, text));
        BOOST_TEST(run.status == 2, text << ": " << run.out);
        BOOST_TEST(run.out.empty());
        for (const auto part : words) {
            BOOST_TEST(says(run.err, part), text << ": " << run.err);
        }
    };
    constexpr std::string_view good = "{\"at\":7,\"who\":\"agent\",\"what\":\"started\"}\n";
    const std::string first(good);
    refused("", {"holds no record"});
    refused(first + "hello\n" + first + "{\"at\":8,\"who\":\"nobody\",\"what\":\"sent\"}\n",
            {"line 2, column 1", "line 4, column 15"});
    refused(first + "{\"at\":6,\"who\":\"agent\",\"what\":\"stopped\"}\n",
            {"line 2: the instant is before"});
    refused(first + "{\"at\":8", {"line 2, column 8"});
    std::string many;
    for (int i = 0; i < 50; ++i) {
        many += "nonsense\n";
    }
    refused(many, {"line 10, column", "and so on"});
    BOOST_TEST(snapcheck(place, "trace /no/such/file").status == 2);
    BOOST_TEST(snapcheck(place, "trace").status == 2);
    BOOST_TEST(says(snapcheck(place, "trace x --dialect hyperv").err, "qga and native"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
