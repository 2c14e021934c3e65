// SPDX-License-Identifier: BSL-1.0
#include <snapproto/fuzz/hunt.hpp>

#include <snapproto/fuzz.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace snapproto;
using namespace snapproto::fuzz;

namespace {

/// Answers each line as if it were a ping.
class pinging_agent final : public agent_under_test {
  public:
    void reset() override { ++resets; }
    void deliver(std::size_t client, std::string_view bytes, outputs& out) override {
        for (const char c : bytes) {
            out[client] += c == '\n' ? "{\"return\": {}}\n" : "";
        }
    }
    void advance(duration, outputs&) override {}

    std::size_t resets = 0;
};

hunt_result hunt_from_nothing(std::uint64_t seed, std::vector<conversation>& corpus) {
    pinging_agent agent;
    return hunt(agent, world{}, corpus, seed, std::size_t{100});
}

} // namespace

BOOST_AUTO_TEST_CASE(a_simple_agent_is_found_out_soon) {
    std::vector<conversation> corpus;
    const auto got = hunt_from_nothing(1, corpus);
    BOOST_TEST_REQUIRE(got.found.has_value());
    BOOST_TEST(got.runs < 20);
    BOOST_TEST(!describe(*got.found).empty());
    std::vector<conversation> again;
    BOOST_TEST((hunt_from_nothing(1, again).input == got.input));
}

BOOST_AUTO_TEST_CASE(a_finding_becomes_small_and_stays_one) {
    std::vector<conversation> corpus;
    const auto got = hunt_from_nothing(3, corpus);
    BOOST_TEST_REQUIRE(got.found.has_value());
    pinging_agent agent;
    const world given;
    const auto small = minimised(agent, given, got.input);
    BOOST_TEST(small.size() <= got.input.size());
    const auto found = play(agent, given, small).found;
    BOOST_TEST_REQUIRE(found.has_value());
    BOOST_TEST((found->governed_by == got.found->governed_by));
}

BOOST_AUTO_TEST_CASE(to_make_small_is_bounded) {
    std::vector<conversation> corpus;
    const auto got = hunt_from_nothing(5, corpus);
    pinging_agent agent;
    static_cast<void>(minimised(agent, world{}, got.input, 7));
    BOOST_TEST(agent.resets <= 8U);
}

BOOST_AUTO_TEST_CASE(inputs_of_an_engine_keep_their_size) {
    const world given;
    std::string data(300, '\0');
    std::size_t size = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        auto* const bytes = reinterpret_cast<std::uint8_t*>(data.data());
        size = mutate_input(given, bytes, size, data.size(), seed);
        BOOST_TEST_REQUIRE(size <= data.size());
        std::string joined(200, '\0');
        const std::string_view input{data.data(), size};
        BOOST_TEST_REQUIRE(cross_inputs(given, input, input,
                                        reinterpret_cast<std::uint8_t*>(joined.data()),
                                        joined.size(), seed) <= joined.size());
    }
}

BOOST_AUTO_TEST_CASE(coverage_tells_what_is_new) {
    coverage all;
    coverage one;
    one.count(0, 1, 1);
    BOOST_TEST(all.merge(one));
    BOOST_TEST(!all.merge(one));
    one.count(0, 1, 1);
    BOOST_TEST(all.merge(one)); // twice is something else than once
    BOOST_TEST(all.reached() == 1U);
}
