// SPDX-License-Identifier: BSL-1.0
// Places that stand still, and their clocks.
#include "simulator/world/environment.hpp"

#include "simulator/world/port.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

using namespace snapproto;
using namespace snapproto::world;
using kernel::second;

// Notes what comes, with the time of the world.
struct listener final : actor {
    explicit listener(environment& where) : world(where), self(where.add(*this)) {}
    void handle(const event& what) override { came.emplace_back(what.number, world.now()); }

    environment& world;
    actor_id self;
    std::vector<std::pair<std::uint64_t, ticks>> came;
};

struct end final : channel_end {
    void channel_up() override { story += "+"; }
    void channel_lost() override { story += "-"; }
    void bytes_arrived(std::string_view bytes) override { story += bytes; }
    std::string story;
};

using arrivals = std::vector<std::pair<std::uint64_t, ticks>>;

std::int64_t says(const environment& where) {
    return where.clock().time_since_epoch().count();
}

} // namespace

BOOST_AUTO_TEST_SUITE(world_places)

BOOST_AUTO_TEST_CASE(a_clock_that_runs_slow_or_not_at_all_says_so_and_knows_when_it_will_say_what) {
    steady_clock clock;
    BOOST_TEST(clock.at(7) == 7);
    clock.set_rate(10 * second, 900'000);
    BOOST_TEST(clock.at(10 * second) == 10 * second);
    BOOST_TEST(clock.at(20 * second) == 19 * second);
    BOOST_TEST(clock.when(19 * second) == 20 * second);
    for (ticks local = 19 * second; local < 19 * second + 50; ++local) {
        BOOST_TEST_REQUIRE(clock.at(clock.when(local)) >= local);    // never too early
        BOOST_TEST_REQUIRE(clock.at(clock.when(local) - 1) < local); // and not late
    }
    clock.set_rate(20 * second, 0);
    BOOST_TEST(clock.at(100 * second) == 19 * second);
    clock.set_rate(100 * second, steady_clock::usual_rate);
    BOOST_TEST(clock.at(101 * second) == 20 * second);
}

BOOST_AUTO_TEST_CASE(what_is_due_in_a_place_whose_clocks_stand_still_comes_that_much_later) {
    environment whole{1};
    environment place{whole, 0};
    listener inside{place};
    listener outside{whole};
    place.after(1 * second, {inside.self, 0, 1});
    place.after(3 * second, {inside.self, 0, 2}); // would come while it stands still
    place.after(20 * second, {inside.self, 0, 3});
    whole.after(3 * second, {outside.self, 0, 4});
    whole.run(2 * second);
    place.stand_still(true);
    whole.run(12 * second);
    BOOST_TEST(says(place) == 2 * second);
    BOOST_TEST(says(whole) == 12 * second);
    place.go_on();
    whole.run(100 * second);
    BOOST_TEST((inside.came == arrivals{{1, 1 * second}, {2, 13 * second}, {3, 30 * second}}));
    BOOST_TEST((outside.came == arrivals{{4, 3 * second}}));
    BOOST_TEST(says(place) == 90 * second);
}

BOOST_AUTO_TEST_CASE(standing_still_twice_adds_up) {
    environment whole{1};
    environment place{whole, 0};
    listener inside{place};
    place.after(3 * second, {inside.self, 0, 1});
    for (int i = 0; i < 2; ++i) {
        whole.run(whole.now() + second);
        place.stand_still(true);
        whole.run(whole.now() + 10 * second);
        place.go_on();
    }
    whole.run(100 * second);
    BOOST_TEST((inside.came == arrivals{{1, 23 * second}}));
}

BOOST_AUTO_TEST_CASE(what_is_due_while_only_the_processor_stands_still_comes_at_once_afterwards) {
    environment whole{1};
    environment place{whole, 0};
    listener inside{place};
    for (std::uint64_t i = 1; i <= 3; ++i) {
        place.after(static_cast<ticks>(i) * 4 * second, {inside.self, 0, i});
    }
    place.stand_still(false);
    whole.run(10 * second);
    BOOST_TEST(says(place) == 10 * second);
    place.go_on();
    whole.run(100 * second);
    BOOST_TEST((inside.came == arrivals{{1, 10 * second}, {2, 10 * second}, {3, 12 * second}}));
}

BOOST_AUTO_TEST_CASE(a_timer_waits_for_the_clock_of_its_place) {
    environment whole{1};
    environment place{whole, 0};
    listener inside{place};
    place.run_slow(500'000);
    (void)place.timer_at(instant{duration{4 * second}}, {inside.self, 0, 1});
    whole.run(100 * second);
    BOOST_TEST((inside.came == arrivals{{1, 8 * second}}));
}

BOOST_AUTO_TEST_CASE(setting_the_wall_clock_leaves_the_steady_one_alone) {
    environment whole{1};
    environment place{whole, 0};
    whole.run(5 * second);
    place.step_wall_clock(-2 * second);
    BOOST_TEST(says(place) == 5 * second);
    BOOST_TEST((place.wall_clock() == instant{duration{3 * second}}));
}

BOOST_AUTO_TEST_CASE(the_second_guest_has_its_number_behind_its_names_and_its_own_randomness) {
    environment whole{1};
    environment first{whole, 0};
    environment second_place{whole, 1};
    first.tell("database", "opens", "");
    second_place.tell("database", "opens", "");
    const auto story = whole.take_story();
    BOOST_TEST(story[0].who == "database");
    BOOST_TEST(story[1].who == "database-2");
    auto one = whole.stream("disk");
    auto same = first.stream("disk");
    auto other = second_place.stream("disk");
    const auto drawn = one();
    BOOST_TEST(drawn == same());
    BOOST_TEST(drawn != other());
}

BOOST_AUTO_TEST_CASE(what_comes_to_a_guest_that_stands_still_is_there_when_it_goes_on) {
    environment whole{1};
    environment place{whole, 0};
    end reader;
    port at{place, reader};
    at.channel_up();
    at.bytes_arrived("a");
    BOOST_TEST(reader.story == "+a");
    place.stand_still(true);
    at.bytes_arrived("b");
    at.channel_lost();
    at.channel_up();
    at.bytes_arrived("c");
    whole.run(second);
    BOOST_TEST(reader.story == "+a");
    place.go_on();
    whole.run(2 * second);
    BOOST_TEST(reader.story == "+ab-+c");
    at.bytes_arrived("d");
    BOOST_TEST(reader.story == "+ab-+cd");
}

BOOST_AUTO_TEST_SUITE_END()
