// SPDX-License-Identifier: BSL-1.0
// The commands of snapsim about many seeds, from their words to their statuses and files.
#include "simulator/cli/program.hpp"

#include "simulator/campaign/hunt.hpp"
#include "simulator/campaign/results.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
namespace fs = std::filesystem;

// A folder for one test.
struct folder {
    folder() {
        path = fs::temp_directory_path() /
               ("snapsim-test-" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
        fs::remove_all(path);
        fs::create_directories(path);
    }
    ~folder() { fs::remove_all(path); }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;

    [[nodiscard]] std::string operator/(const std::string& name) const {
        return (path / name).string();
    }

    fs::path path;
};

int snapsim(std::vector<std::string> words) {
    std::vector<const char*> line{"snapsim"};
    for (const auto& one : words) {
        line.push_back(one.c_str());
    }
    return simulator::run_program(static_cast<int>(line.size()), line.data());
}

std::string content(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void write(const fs::path& path, const std::string& text) {
    std::ofstream{path, std::ios::binary} << text;
}

// Short: half a dozen seeds of a few seconds each.
std::vector<std::string> short_campaign(const std::string& out,
                                        std::vector<std::string> more = {}) {
    std::vector<std::string> words{"campaign",     "90-swarm", "--set", "run_ms=9000", "--set",
                                   "heal_ms=4000", "--seeds",  "1..6",  "--out",       out};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_program)

BOOST_AUTO_TEST_CASE(wrong_usage_is_status_2) {
    const folder here;
    BOOST_TEST(snapsim({"campaign", "90-swarm"}) == 2); // which seeds?
    for (const auto* seeds : {"", "1", "1..", "..3", "3..1", "1..x", "-1..3", "1...3", "1..3 ",
                              "1..99999999999999999999"}) {
        BOOST_TEST_CONTEXT(seeds) {
            BOOST_TEST(snapsim({"campaign", "90-swarm", "--seeds", seeds}) == 2);
        }
    }
    for (const auto* shard : {"", "1", "4/4", "0/0", "a/b", "-1/4", "0/4/2"}) {
        BOOST_TEST_CONTEXT(shard) {
            BOOST_TEST(snapsim({"campaign", "90-swarm", "--seeds", "1..3", "--shard", shard}) == 2);
        }
    }
    BOOST_TEST(snapsim({"campaign", "no-such", "--seeds", "1..3"}) == 2);
    BOOST_TEST(snapsim({"campaign", "90-swarm", "--seeds", "1..3", "--faulty", "nobody"}) == 2);
    BOOST_TEST(snapsim({"campaign", "90-swarm", "--seeds", "1..3", "--jobs", "many"}) == 2);
    BOOST_TEST(snapsim({"campaign", "90-swarm", "--seeds", "1..3", "--set", "a.b=c"}) == 2);
    BOOST_TEST(snapsim({"merge"}) == 2);
    BOOST_TEST(snapsim({"merge", here / "nothing"}) == 2);
    BOOST_TEST(snapsim({"merge", here.path.string()}) == 2); // nothing in it
    BOOST_TEST(snapsim({"shrink", "no-such"}) == 2);
    BOOST_TEST(snapsim({"run", "90-swarm", "--faulty", "nobody"}) == 2);
    BOOST_TEST(snapsim({"run", here.path.string()}) == 2); // a folder is no scenario
    BOOST_TEST(snapsim({"hunt", "90-swarm", "--starts", "0"}) == 2);
}

BOOST_AUTO_TEST_CASE(a_campaign_that_was_interrupted_goes_on_and_ends_as_if_it_had_not) {
    const folder here;
    BOOST_TEST(snapsim(short_campaign(here / "whole")) == 0);
    const auto file = fs::directory_iterator {
        here / "whole"
        } -> path();
    const auto whole = content(file);
    BOOST_TEST((campaign::results_from(whole).results.size() == 6U));
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{20}, whole.find('\n') + 1, whole.size() / 2, whole.size()}) {
        write(file, whole.substr(0, length));
        BOOST_TEST(snapsim(short_campaign(here / "whole")) == 0);
        BOOST_TEST(content(file) == whole);
    }
    // Another campaign does not go on there, and a spoiled file is not written over.
    BOOST_TEST(snapsim(short_campaign(here / "whole", {"--faulty", "host-naive"})) == 2);
    write(file, "{}\n" + whole);
    BOOST_TEST(snapsim(short_campaign(here / "whole")) == 2);
    BOOST_TEST(content(file) == "{}\n" + whole);
}

BOOST_AUTO_TEST_CASE(shards_merge_and_a_lost_one_is_missed) {
    const folder here;
    for (const auto* shard : {"0/3", "1/3", "2/3"}) {
        BOOST_TEST(snapsim(short_campaign(here / "shards", {"--shard", shard})) == 0);
    }
    BOOST_TEST(snapsim({"merge", here / "shards"}) == 0);
    BOOST_TEST(snapsim({"merge", here / "shards", here / "shards"}) == 0);
    fs::remove(here / "shards/seeds-1-6-shard-1-of-3.jsonl");
    BOOST_TEST(snapsim({"merge", here / "shards"}) == 1);
    BOOST_TEST(snapsim(short_campaign(here / "other", {"--faulty", "agent-lets-go"})) == 1);
    BOOST_TEST(snapsim({"merge", here / "shards", here / "other"}) == 2);
}

BOOST_AUTO_TEST_CASE(what_a_campaign_finds_is_shrunk_to_a_file_that_fails_alone) {
    const folder here;
    const auto file = here / "small.json";
    BOOST_TEST(snapsim({"shrink", "90-swarm", "--seed", "3", "--faulty", "agent-lets-go", "--out",
                        file}) == 1);
    BOOST_TEST(content(file).find("\"faulty\": \"agent-lets-go\"") != std::string::npos);
    BOOST_TEST(snapsim({"run", file}) == 1);
    BOOST_TEST(snapsim({"run", file, "--faulty", "none"}) == 0);
    BOOST_TEST(snapsim({"shrink", "04-application-quiesce", "--out", here / "not"}) == 0);
    BOOST_TEST(!fs::exists(here / "not"));
    BOOST_TEST(snapsim({"shrink", "90-swarm", "--seed", "3", "--faulty", "agent-lets-go", "--out",
                        here / "no/such/folder.json"}) == 2);
}

BOOST_AUTO_TEST_CASE(a_run_is_compared_with_itself) {
    BOOST_TEST(snapsim({"run", "90-swarm", "--seed", "5", "--twice"}) == 0);
    BOOST_TEST(snapsim({"list", "--faulty"}) == 0);
}

BOOST_AUTO_TEST_CASE(a_hunt_writes_its_table_into_a_page) {
    const folder here;
    const auto page = here / "page.md";
    write(page, "# Page\n\n<!-- hunt: begin -->\nold\n<!-- hunt: end -->\nrest\n");
    BOOST_TEST(snapsim({"hunt", "90-swarm", "--faulty", "agent-lets-go", "--starts", "1", "--docs",
                        page}) == 0);
    const auto text = content(page);
    BOOST_TEST(text.starts_with("# Page\n\n<!-- hunt: begin -->\n| endpoint |"));
    BOOST_TEST(text.ends_with("|\n<!-- hunt: end -->\nrest\n"));
    BOOST_TEST(text.find("| `agent-lets-go` |") != std::string::npos);
    BOOST_TEST(text.find("old") == std::string::npos);
    write(page, "# Page\n");
    BOOST_TEST(snapsim({"hunt", "90-swarm", "--faulty", "agent-lets-go", "--starts", "1", "--docs",
                        page}) == 2);
    BOOST_TEST(content(page) == "# Page\n");
}

BOOST_AUTO_TEST_SUITE_END()
