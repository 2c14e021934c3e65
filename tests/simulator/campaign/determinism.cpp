// SPDX-License-Identifier: BSL-1.0
// The same seed is the same run on every compiler and at every level of optimisation: the committed
// hashes of traces hold everywhere.
//
// A change of the world changes them. SNAPPROTO_UPDATE_HASHES=1 writes the file anew, to be
// committed with the change.
#include "simulator/campaign/swarm.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/tree.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace {

using namespace snapproto;

const std::string hashes_file = tests::source_path("tests/simulator/trace_hashes.txt");
constexpr std::uint64_t swarm_seeds = 40;

std::string read(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

std::string line_of(const std::string& name, std::uint64_t seed) {
    const auto text = read(tests::source_path("simulator/scenarios/") + name + ".json");
    const auto plan = campaign::planned(world::scenario_from(name, text), seed);
    return name + " " + std::to_string(seed) + " " +
           campaign::to_hex(campaign::trace_hash(world::play(plan))) + "\n";
}

std::string played_now() {
    std::string text;
    for (const auto* name : {"01-crash-copy-tears-the-database", "04-application-quiesce",
                             "08-stale-reply-believed", "10-agent-killed-while-frozen"}) {
        text += line_of(name, 1);
    }
    for (std::uint64_t seed = 1; seed <= swarm_seeds; ++seed) {
        text += line_of("90-swarm", seed);
    }
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_determinism)

BOOST_AUTO_TEST_CASE(seeds_have_the_traces_that_they_had) {
    const auto now = played_now();
    if (std::getenv("SNAPPROTO_UPDATE_HASHES") != nullptr) {
        std::ofstream{hashes_file, std::ios::binary} << now;
        return;
    }
    std::istringstream committed{read(hashes_file)};
    std::istringstream played{now};
    std::string before;
    std::string after;
    while (std::getline(played, after)) {
        BOOST_TEST_REQUIRE(static_cast<bool>(std::getline(committed, before)));
        BOOST_TEST(after == before);
    }
    BOOST_TEST(!std::getline(committed, before));
}

BOOST_AUTO_TEST_SUITE_END()
