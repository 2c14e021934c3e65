// SPDX-License-Identifier: BSL-1.0
// Captures are pcapng, block by block, and hold what was sent. (tests/simulator/wireshark_test.sh
// has Wireshark read one.)
#include "simulator/report/report.hpp"
#include "simulator/world/history.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;

template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        value |= std::uint64_t{static_cast<unsigned char>(bytes.at(at + i))} << (8 * i);
    }
    return static_cast<Number>(value);
}

struct block {
    std::uint32_t type = 0;
    std::string_view body;
};

std::vector<block> blocks_of(std::string_view file) {
    std::vector<block> found;
    while (!file.empty()) {
        const auto length = number_at<std::uint32_t>(file, 4);
        BOOST_TEST_REQUIRE(length % 4 == 0U);
        BOOST_TEST_REQUIRE(length >= 12U);
        BOOST_TEST_REQUIRE(length <= file.size());
        BOOST_TEST(number_at<std::uint32_t>(file, length - 4) == length);
        found.push_back({number_at<std::uint32_t>(file, 0), file.substr(8, length - 12)});
        file.remove_prefix(length);
    }
    return found;
}

/// The value of an option; empty when it is not there.
std::string_view option(std::string_view options, std::uint16_t code) {
    while (options.size() >= 4) {
        const auto length = number_at<std::uint16_t>(options, 2);
        if (number_at<std::uint16_t>(options, 0) == code && code != 0) {
            return options.substr(4, length);
        }
        options.remove_prefix(4U + (length + 3U) / 4U * 4U);
    }
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_captures)

BOOST_AUTO_TEST_CASE(a_capture_holds_what_was_sent_with_its_instant_and_direction) {
    world::scenario what;
    what.title = "t";
    what.teaches = "x.";
    what.run_ms = 8'000;
    what.host.start_ms = 5'000; // later than 2^32 ns
    what.faults.push_back({});
    what.faults.back().when = "filesystem.frozen";
    what.faults.back().what = "to_guest_lost";
    what.faults.back().for_ms = 2000;
    const auto run = world::play(what);
    const auto file = report::pcapng(run);
    const auto blocks = blocks_of(file);
    BOOST_TEST_REQUIRE(blocks.size() == run.wire.size() + 2);
    BOOST_TEST(run.wire.size() > 6U);

    BOOST_TEST(blocks[0].type == 0x0a0d0d0aU);
    BOOST_TEST(number_at<std::uint32_t>(blocks[0].body, 0) == 0x1a2b3c4dU);
    BOOST_TEST(number_at<std::uint16_t>(blocks[0].body, 4) == 1U);
    BOOST_TEST(option(blocks[0].body.substr(16), 4) == "snapsim");
    BOOST_TEST(blocks[1].type == 1U);
    BOOST_TEST(number_at<std::uint16_t>(blocks[1].body, 0) == 147U);
    BOOST_TEST(option(blocks[1].body.substr(8), 9) == std::string_view("\x09", 1));

    std::size_t lost = 0;
    for (std::size_t i = 0; i < run.wire.size(); ++i) {
        const auto& sent = run.wire[i];
        const auto body = blocks[i + 2].body;
        BOOST_TEST(blocks[i + 2].type == 6U);
        const auto at = std::uint64_t{number_at<std::uint32_t>(body, 4)} << 32 |
                        number_at<std::uint32_t>(body, 8);
        BOOST_TEST(at == static_cast<std::uint64_t>(sent.at));
        const auto size = number_at<std::uint32_t>(body, 12);
        BOOST_TEST(body.substr(20, size) == sent.bytes);
        const auto options = body.substr(20 + (size + 3) / 4 * 4);
        BOOST_TEST(number_at<std::uint32_t>(option(options, 2), 0) ==
                   (sent.way == world::direction::to_guest ? 2U : 1U));
        BOOST_TEST((option(options, 1) == "lost") == sent.lost);
        lost += sent.lost ? 1U : 0U;
    }
    BOOST_TEST(lost > 0U);
    BOOST_TEST(lost < run.wire.size());
}

BOOST_AUTO_TEST_SUITE_END()
