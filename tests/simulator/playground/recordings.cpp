// SPDX-License-Identifier: BSL-1.0
// What the playground shows of a run is what snapsim prints of it, and what was there.
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/fleet/scenario.hpp"
#include "simulator/playground/recorder.hpp"
#include "simulator/playground/recording.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/tree.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <sys/wait.h>

namespace {

using namespace snapproto;
using boost::json::value;
namespace fs = std::filesystem;

const fs::path folder{tests::source_path("simulator/scenarios")};

std::string read(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string text_of(const std::string& name) {
    return read(folder / (name + ".json"));
}

value recorded(const std::string& name) {
    return boost::json::parse(playground::record_run(name, text_of(name)));
}

std::string text(const value& from, std::string_view member) {
    return std::string{from.at(member).as_string()};
}

struct printed {
    std::string text;
    int status = -1;
};

// A scenario that comes with the program, in another dialect and with another guest.
std::string text_in(const std::string& name, std::string_view dialect, bool windows) {
    auto made = boost::json::parse(text_of(name)).as_object();
    made["dialect"] = dialect;
    auto& agent = made["agent"];
    (agent.is_object() ? agent.as_object() : agent.emplace_object())["windows"] = windows;
    return boost::json::serialize(made);
}

std::string words_for(std::string_view dialect, bool windows) {
    return " --set dialect=" + std::string{dialect} +
           " --set agent.windows=" + (windows ? "true" : "false");
}

printed snapsim_run(const std::string& name) {
    const auto command = tests::program_path("snapsim") + " run " + name;
    printed made;
    std::FILE* const out = popen(command.c_str(), "r");
    BOOST_TEST_REQUIRE(out != nullptr);
    std::array<char, 4096> part{};
    for (std::size_t got = 0; (got = std::fread(part.data(), 1, part.size(), out)) != 0;) {
        made.text.append(part.data(), got);
    }
    made.status = WEXITSTATUS(pclose(out));
    return made;
}

// The eight hours of 24 take as many seconds as all the others together.
std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator{folder}) {
        const auto name = entry.path().stem().string();
        if (!fleet::looks_like_fleet(read(entry.path())) && !name.starts_with("24")) {
            found.push_back(name);
        }
    }
    return found;
}

// The last sight of the first guest that is not after an instant.
const value& sight_at(const value& run, std::int64_t at) {
    const value* found = nullptr;
    for (const auto& one : run.at("sights").as_array()) {
        if (one.at("guest").as_int64() == 0 && one.at("at").as_int64() <= at) {
            found = &one;
        }
    }
    BOOST_TEST_REQUIRE(found != nullptr);
    return *found;
}

void check_same(const value& run, const printed& told) {
    BOOST_TEST(told.text.find(text(run, "text")) != std::string::npos);
    BOOST_TEST(told.text.find("trace hash: " + text(run, "hash") + "\n") != std::string::npos);
    BOOST_TEST(run.at("verdict").at("fine").as_bool() == (told.status == 0));
    for (const auto& one : run.at("faults").as_array()) {
        BOOST_TEST(told.text.find("  " + std::string{one.as_string()} + "\n") != std::string::npos);
    }
}

std::string complaint(const std::string& scenario) {
    try {
        (void)playground::record_run("made", scenario);
        return {};
    } catch (const settings::error& wrong) {
        return wrong.what();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(playground_recordings)

BOOST_AUTO_TEST_CASE(the_verdict_is_that_of_snapsim) {
    const auto all = names();
    BOOST_TEST(all.size() >= 28U);
    for (const auto& name : all) {
        BOOST_TEST_CONTEXT(name) {
            check_same(recorded(name), snapsim_run(name));
        }
    }
}

BOOST_AUTO_TEST_CASE(in_another_dialect_too_and_what_cannot_be_played_says_why) {
    constexpr int status_of_wrong_usage = 2;
    for (const std::string name :
         {"04-application-quiesce", "08-stale-reply-believed", "10-agent-killed-while-frozen",
          "25-thaw-fails-for-a-while", "30-windows-lets-go-and-the-agent-knows"}) {
        const auto ways = recorded(name).at("ways").as_array();
        BOOST_TEST(ways.size() == 2 * world::dialects.size());
        for (const auto& way : ways) {
            const auto dialect = text(way, "dialect");
            const bool windows = way.at("windows").as_bool();
            const auto scenario = text_in(name, dialect, windows);
            const auto told = snapsim_run(name + words_for(dialect, windows) + " 2>&1");
            BOOST_TEST_CONTEXT(name << words_for(dialect, windows)) {
                BOOST_TEST(complaint(scenario) == text(way, "why"));
                if (!text(way, "why").empty()) {
                    BOOST_TEST(told.status == status_of_wrong_usage);
                    BOOST_TEST(told.text.find(text(way, "why")) != std::string::npos);
                    continue;
                }
                const auto run = boost::json::parse(playground::record_run(name, scenario));
                check_same(run, told);
                BOOST_TEST(text(run, "dialect") == dialect);
                BOOST_TEST(run.at("windows").as_bool() == windows);
                BOOST_TEST((run.at("ways").as_array() == ways));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(what_comes_out_otherwise_in_a_dialect_is_told) {
    const std::string name{"04-application-quiesce"};
    BOOST_TEST(recorded(name).at("surprises").as_array().empty());
    BOOST_TEST(recorded(name).at("hooks").as_bool());
    const auto run =
        boost::json::parse(playground::record_run(name, text_in(name, "hyperv", false)));
    BOOST_TEST(!run.at("hooks").as_bool());
    BOOST_TEST_REQUIRE(run.at("surprises").as_array().size() == 1U);
    BOOST_TEST(run.at("surprises").as_array()[0].as_string() ==
               "contents: expected whole, got torn");
    const auto on_windows =
        boost::json::parse(playground::record_run(name, text_in(name, "hyperv", true)));
    BOOST_TEST(on_windows.at("hooks").as_bool());
    BOOST_TEST(on_windows.at("surprises").as_array().empty());
}

// Where nobody quiesces a database nothing can begin when it is quiesced.
BOOST_AUTO_TEST_CASE(a_fault_whose_moment_does_not_come_is_known) {
    const std::string name{"28-restarted-by-its-supervisor"};
    for (const auto& spoken : world::dialects) {
        const auto run =
            boost::json::parse(playground::record_run(name, text_in(name, spoken.name, false)));
        BOOST_TEST_REQUIRE(run.at("begun").as_array().size() == 1U);
        BOOST_TEST(run.at("begun").as_array()[0].as_bool() == spoken.has_hooks, spoken.name);
    }
}

BOOST_AUTO_TEST_CASE(a_fault_is_refused_with_a_reason_or_can_be_played) {
    const std::string name{"04-application-quiesce"};
    for (const auto& spoken : world::dialects) {
        for (const bool windows : {false, true}) {
            const auto scenario = text_in(name, spoken.name, windows);
            const auto run = boost::json::parse(playground::record_run(name, scenario));
            std::map<std::string, std::string> impossible;
            for (const auto& one : run.at("impossible").as_array()) {
                impossible[text(one, "what")] = text(one, "why");
                BOOST_TEST(!text(one, "why").empty());
            }
            auto what = world::scenario_from(name, scenario);
            for (const auto& one : world::fault_words) {
                what.faults.assign(1, {});
                what.faults.front().what = one.word;
                BOOST_TEST(world::unplayable(what) == impossible[std::string{one.word}]);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(who_looks_on_changes_nothing) {
    for (const auto* name : {"04-application-quiesce", "13-two-machines-as-a-group", "90-swarm"}) {
        const auto what = world::scenario_from(name, text_of(name));
        playground::recorder watching{kernel::millisecond};
        const auto alone = campaign::trace_hash(world::play(what));
        BOOST_TEST(campaign::trace_hash(world::play(what, &watching)) == alone);
        BOOST_TEST(watching.moments().size() > 10U);
        BOOST_TEST(watching.sights().size() > 1000U);
    }
}

BOOST_AUTO_TEST_CASE(a_frozen_disk_is_seen_to_be_clean_and_at_rest) {
    const auto run = recorded("04-application-quiesce");
    std::set<std::string> states;
    bool frozen = false;
    for (const auto& one : run.at("steps").as_array()) {
        const auto at = one.at("at").as_int64();
        if (text(one, "what") == "state" && text(one, "who") == "agent") {
            states.insert(text(one, "state"));
        } else if (text(one, "who") == "filesystem" && text(one, "what") == "frozen") {
            const auto& seen = sight_at(run, at);
            BOOST_TEST(text(seen, "stage") == "frozen");
            BOOST_TEST(text(seen, "dirty").empty());
            frozen = true;
        } else if (text(one, "what") == "cut_ends") {
            // Nothing was written while it was frozen.
            const auto& seen = sight_at(run, at);
            BOOST_TEST(text(seen, "stage") == "frozen");
            BOOST_TEST(seen.at("under_way").as_int64() == 0);
        }
    }
    BOOST_TEST(frozen);
    for (const auto* state : {"idle", "prep", "quiesce", "freeze", "frozen", "thaw", "resume"}) {
        BOOST_TEST(states.contains(state), state << " was never shown");
    }
}

BOOST_AUTO_TEST_CASE(what_a_copy_lacks_is_seen_before_it_is_cut) {
    const auto run = recorded("01-crash-copy-tears-the-database");
    const auto& attempt = run.at("attempts").as_array().at(0);
    BOOST_TEST(text(attempt, "contents") == "torn");
    BOOST_TEST(!attempt.at("evidence").as_array().empty());
    BOOST_TEST(!text(sight_at(run, attempt.at("cut").as_int64()), "dirty").empty());
    const auto& transfers = run.at("transfers").as_array();
    BOOST_TEST_REQUIRE(transfers.size() > 8U);
    for (std::size_t i = 1; i < transfers.size(); ++i) { // without gaps
        BOOST_TEST(transfers[i].at(0).as_int64() == transfers[i - 1].at(0).as_int64() + 1);
    }
}

BOOST_AUTO_TEST_CASE(messages_go_from_one_to_another) {
    for (const auto* name : {"04-application-quiesce", "13-two-machines-as-a-group"}) {
        std::set<std::string> ways;
        const auto run = recorded(name);
        for (const auto& one : run.at("steps").as_array()) {
            if (text(one, "what") == "says") {
                ways.insert(text(one, "who") + " " + text(one, "to"));
            }
        }
        BOOST_TEST(ways.contains("host agent"));
        BOOST_TEST(ways.contains("agent host"));
        BOOST_TEST(ways.contains("agent-2 host") == (run.at("guests").as_int64() == 2));
    }
}

BOOST_AUTO_TEST_CASE(what_is_lost_on_the_way_is_marked) {
    const std::string scenario =
        R"({"title": "t", "teaches": "t.", "run_ms": 8000, "host": {"start_ms": 5000}, )"
        R"("faults": [{"when": "filesystem.frozen", "what": "to_host_lost"}]})";
    const auto run = boost::json::parse(playground::record_run("made", scenario));
    int lost = 0;
    for (const auto& one : run.at("steps").as_array()) {
        if (one.as_object().contains("lost")) {
            BOOST_TEST(text(one, "who") == "agent");
            BOOST_TEST(text(one, "text").find("(lost)") == std::string::npos);
            ++lost;
        }
    }
    BOOST_TEST(lost > 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_scenario_is_refused) {
    BOOST_TEST(complaint("{}") == "line 1: 'title' is missing");
    BOOST_TEST(complaint(R"({"title": "t", "teaches": "t.", "faulty": "nobody"})")
                   .starts_with("line 1: faulty is one of: none, agent-"));
}

BOOST_AUTO_TEST_CASE(the_catalogue_has_what_scenarios_take) {
    const auto all = boost::json::parse(playground::catalogue());
    world::scenario usual;
    BOOST_TEST(all.at("options").as_array().size() == world::fields_of(usual).size());
    for (const auto& one : all.at("options").as_array()) {
        if (text(one, "kind") == "number") {
            BOOST_TEST(one.at("usual").as_int64() >= one.at("least").as_int64());
            BOOST_TEST(one.at("usual").as_int64() <= one.at("most").as_int64());
        }
    }
    BOOST_TEST_REQUIRE(all.at("dialects").as_array().size() == world::dialects.size());
    for (std::size_t i = 0; i < world::dialects.size(); ++i) {
        BOOST_TEST(text(all.at("dialects").as_array()[i], "name") == world::dialects.at(i).name);
        BOOST_TEST(!text(all.at("dialects").as_array()[i], "meaning").empty());
    }
    for (const auto* list : {"faults", "moments", "faulty"}) {
        BOOST_TEST(all.at(list).as_array().size() > 10U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
