// SPDX-License-Identifier: BSL-1.0
// Recordings that are told as runs.
#include "simulator/report/recorded.hpp"

#include "simulator/cli/program.hpp"
#include "simulator/report/report.hpp"
#include "tests/support/worlds.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace snapproto;

/// The records of both ends of a run, in the order of time.
std::vector<trace::record> recording(std::string_view dialect) {
    const auto what = tests::shipped("04-application-quiesce", dialect);
    const auto run = world::play(what);
    std::vector<trace::record> all = run.at_host;
    all.insert(all.end(), run.at_agent.begin(), run.at_agent.end());
    std::stable_sort(all.begin(), all.end(),
                     [](const auto& a, const auto& b) { return a.at < b.at; });
    return all;
}

int snapsim(std::vector<const char*> words) {
    words.insert(words.begin(), "snapsim");
    return simulator::run_program(static_cast<int>(words.size()), words.data());
}

} // namespace

BOOST_AUTO_TEST_SUITE(view)

BOOST_AUTO_TEST_CASE(a_recording_is_told_with_each_message_once) {
    const auto run = report::history_of(recording("native"), "a recording");
    const auto freezes =
        std::count_if(run.story.begin(), run.story.end(), [](const world::note& one) {
            return one.what == "says" && one.text.starts_with("freeze of transaction 1");
        });
    BOOST_TEST(freezes == 1);
    BOOST_TEST(report::mermaid(run).find("host->>guest: ") != std::string::npos);
    BOOST_TEST(report::timeline(run, true).find("held filesystem 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_one_end_alone_both_sides_of_the_conversation_are_told) {
    auto all = recording("native");
    std::erase_if(all, [](const auto& one) { return one.who != trace::role::agent; });
    const auto run = report::history_of(all, "at the agent");
    for (const char* who : {"host", "guest"}) {
        BOOST_TEST(std::any_of(run.story.begin(), run.story.end(), [&](const world::note& one) {
            return one.who == who && one.what == "says";
        }));
    }
}

BOOST_AUTO_TEST_CASE(what_the_recording_breaks_is_found) {
    auto all = recording("native");
    BOOST_TEST(report::objections(all, true).empty());
    std::erase_if(all, [](const auto& one) { return one.what == trace::record_kind::held; });
    BOOST_TEST(!report::objections(all, true).empty()); // frozen, and nobody holds anything
}

BOOST_AUTO_TEST_CASE(the_program_says_what_is_no_recording) {
    const auto folder = std::filesystem::temp_directory_path() / "snapsim_view";
    std::filesystem::create_directories(folder);
    const auto file = [&](const char* name, const std::string& text) {
        const auto path = (folder / name).string();
        std::ofstream(path) << text;
        return path;
    };
    std::string good;
    for (const auto& one : recording("qga")) {
        trace::append_jsonl(good, one);
    }
    const auto whole = file("good.jsonl", good);
    const auto diagram = "mermaid=" + (folder / "good.mmd").string();
    BOOST_TEST(snapsim({"view", "--dialect", "qga", whole.c_str(), "--trace", diagram.c_str()}) ==
               0);
    BOOST_TEST(tests::contents_of((folder / "good.mmd").string()).starts_with("sequenceDiagram"));
    BOOST_TEST(snapsim({"view", file("bad.jsonl", "{\"at\": }\n").c_str()}) == 2);
    BOOST_TEST(snapsim({"view", file("empty.jsonl", "").c_str()}) == 2);
    BOOST_TEST(snapsim({"view", whole.c_str(), "--trace", "pcapng=x"}) == 2);
    BOOST_TEST(snapsim({"view", whole.c_str(), "--dialect", "smoke"}) == 2);
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
