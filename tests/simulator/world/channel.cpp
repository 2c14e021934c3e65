// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/channel.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::world;

struct end final : channel_end {
    void channel_up() override { story += "+"; }
    void channel_lost() override { story += "-"; }
    void bytes_arrived(std::string_view bytes) override { story += bytes; }
    std::string story;
};

struct line {
    explicit line(const channel_options& options = {}) : world(1), wire(world, options) {
        wire.join(host, guest);
        wire.connect();
        host.story.clear();
        guest.story.clear();
    }
    void run() { world.run(world.now() + 10 * kernel::second); }

    environment world;
    channel wire;
    end host;
    end guest;
};

// What arrives of a hundred pieces of one byte.
std::string hundred(const channel_options& options) {
    line l{options};
    for (int i = 0; i < 100; ++i) {
        l.wire.send(direction::to_guest, std::string(1, static_cast<char>('A' + i % 26)));
    }
    l.run();
    return l.guest.story;
}

const std::string& undisturbed() {
    static const std::string text = hundred({});
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_channel)

BOOST_AUTO_TEST_CASE(bytes_arrive_in_order_and_after_a_while_in_both_directions) {
    BOOST_TEST(undisturbed().size() == 100U);
    BOOST_TEST(undisturbed().starts_with("ABCDEFGHIJKLMNOPQRSTUVWXYZABC"));
    line l;
    l.wire.send(direction::to_host, "reply");
    BOOST_TEST(l.host.story.empty());
    l.run();
    BOOST_TEST(l.host.story == "reply");
    BOOST_TEST(l.guest.story.empty());
}

BOOST_AUTO_TEST_CASE(bandwidth_and_latency_take_their_time) {
    channel_options slow;
    slow.latency_us = 1000;
    slow.jitter_us = 0;
    slow.bytes_per_second = 1000;
    line l{slow};
    l.wire.send(direction::to_guest, std::string(500, 'x')); // half a second
    l.world.run(500 * kernel::millisecond);
    BOOST_TEST(l.guest.story.empty());
    l.world.run(502 * kernel::millisecond);
    BOOST_TEST(l.guest.story.size() == 500U);
}

BOOST_AUTO_TEST_CASE(pieces_are_cut_as_small_as_wanted) {
    channel_options small;
    small.piece_bytes = 1;
    line l{small};
    l.wire.send(direction::to_guest, "abc");
    l.run();
    BOOST_TEST(l.guest.story == "abc");
}

BOOST_AUTO_TEST_CASE(every_fault_does_what_its_name_says) {
    channel_options o;
    o.loss_ppm = 1'000'000;
    BOOST_TEST(hundred(o).empty());
    o = {};
    o.loss_ppm = 300'000;
    BOOST_TEST(hundred(o).size() < 90U);
    BOOST_TEST(hundred(o).size() > 50U);
    o = {};
    o.duplicate_ppm = 1'000'000;
    BOOST_TEST(hundred(o).size() == 200U);
    BOOST_TEST(hundred(o).starts_with("AABBCC"));
    o = {};
    o.truncate_ppm = 1'000'000;
    BOOST_TEST(hundred(o).empty()); // of one byte nothing is left
    o = {};
    o.corrupt_ppm = 1'000'000;
    const auto corrupt = hundred(o);
    BOOST_TEST_REQUIRE(corrupt.size() == 100U);
    for (std::size_t i = 0; i < 100; ++i) {
        BOOST_TEST(corrupt[i] != undisturbed()[i]);
    }
    o = {};
    o.reorder_ppm = 300'000;
    auto reordered = hundred(o);
    BOOST_TEST(reordered != undisturbed());
    auto sorted = undisturbed();
    std::sort(sorted.begin(), sorted.end());
    std::sort(reordered.begin(), reordered.end());
    BOOST_TEST(reordered == sorted); // nothing is lost
}

BOOST_AUTO_TEST_CASE(a_stall_delays_one_direction_and_a_partition_swallows_it) {
    line l;
    l.wire.send(direction::to_host, "1"); // under way when it stalls
    l.wire.stall(direction::to_host);
    l.wire.send(direction::to_host, "2");
    l.wire.send(direction::to_guest, "a");
    l.run();
    BOOST_TEST(l.host.story.empty());
    BOOST_TEST(l.guest.story == "a");
    l.wire.flow(direction::to_host);
    l.run();
    BOOST_TEST(l.host.story == "12");
    l.wire.swallow(direction::to_host);
    l.wire.send(direction::to_host, "3");
    l.run();
    l.wire.flow(direction::to_host);
    l.wire.send(direction::to_host, "4");
    l.run();
    BOOST_TEST(l.host.story == "124");
}

BOOST_AUTO_TEST_CASE(what_is_under_way_when_the_channel_is_closed_never_arrives) {
    line l;
    l.wire.send(direction::to_guest, "old");
    l.wire.disconnect(true, true);
    l.wire.send(direction::to_guest, "into nothing");
    l.wire.connect();
    l.wire.send(direction::to_guest, "new");
    l.run();
    BOOST_TEST(l.guest.story == "-+new");
    BOOST_TEST(l.host.story == "-+");
    l.wire.disconnect(false, true);
    BOOST_TEST(l.host.story == "-+");
}

BOOST_AUTO_TEST_CASE(bytes_are_shown_so_that_a_person_can_read_them) {
    BOOST_TEST(readable("\xff{\"a\": 1}\n") == "<FF>{\"a\": 1}");
    BOOST_TEST(readable(std::string(200, 'x'), 10) == "xxxxxxx...");
}

BOOST_AUTO_TEST_SUITE_END()
