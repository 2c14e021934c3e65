// SPDX-License-Identifier: BSL-1.0
// Runs for daemons of Hyper-V: their form as bytes, and what their judge must not say.
#include "conformance/builtin/hyperv_builtin.hpp"
#include "fuzz/attached/device_hunt.hpp"
#include "fuzz/attached/known_deviations.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::fuzz {
namespace {

device_step message(char op) {
    device_step made;
    made.bytes = op + std::string(11, '\0');
    return made;
}

device_step change(guest_change what) {
    device_step made;
    made.what = device_step::kind::change;
    made.value = static_cast<std::uint8_t>(what);
    return made;
}

device_step of_kind(device_step::kind what) {
    device_step made;
    made.what = what;
    return made;
}

constexpr char freeze = 5;
constexpr char thaw = 6;

/// What is found in an embedded daemon; empty: nothing.
std::string found_in(std::string_view name, std::vector<device_step> steps) {
    const auto daemon = conformance::make_hyperv_builtin(name);
    device_player player{*daemon, [](const breach&) { return false; }};
    device_run run;
    run.steps = std::move(steps);
    const auto found = player.run(run).found;
    return found ? std::to_string(found->governed_by.chapter) + '.' +
                       std::to_string(found->governed_by.number)
                 : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(devices)

BOOST_AUTO_TEST_CASE(a_run_survives_its_form_as_bytes) {
    device_run run;
    run.stream = true;
    run.piece = 7;
    run.steps = {message(freeze), change(guest_change::hidden),
                 of_kind(device_step::kind::end_for_good), message(thaw)};
    run.steps.front().hasty = true;
    BOOST_TEST((decode_device_run(encode(run)) == run));
    BOOST_TEST(describe(run).find("4. thaw") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(all_bytes_are_a_run) {
    random_source random{1};
    for (int i = 0; i < 2000; ++i) {
        std::string bytes(random.below(60), '\0');
        for (char& each : bytes) {
            each = static_cast<char>(random.below(256));
        }
        const device_run run = decode_device_run(bytes);
        BOOST_TEST(run.steps.size() <= device_steps_max);
        BOOST_TEST((decode_device_run(encode(run)) == run));
    }
}

BOOST_AUTO_TEST_CASE(a_filesystem_that_others_took_over_is_not_the_daemons_fault) {
    BOOST_TEST(found_in("reference", {message(freeze), change(guest_change::thawed_by_other),
                                      change(guest_change::frozen_by_other), message(thaw)}) == "");
    BOOST_TEST(found_in("thaws-others", {change(guest_change::frozen_by_other), message(thaw)}) ==
               "36.11");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_reached_is_not_hindered_by_what_refuses) {
    BOOST_TEST(
        found_in("thaws-by-place", {message(freeze), change(guest_change::thaw_refused_by_root),
                                    change(guest_change::hidden), message(thaw)}) != "36.10");
}

BOOST_AUTO_TEST_CASE(nothing_refuses_to_be_thawed_that_somebody_else_froze) {
    // thaws-others would otherwise fail, and break SP 36.9 as well
    BOOST_TEST(found_in("thaws-others",
                        {change(guest_change::thaw_refused_by_root),
                         change(guest_change::root_frozen_by_other), message(thaw)}) == "36.11");
}

BOOST_AUTO_TEST_CASE(one_that_waits_for_what_refuses_may_wait_while_it_refuses) {
    device_step short_one;
    short_one.bytes = "12345678";
    BOOST_TEST(found_in("reference", {change(guest_change::thaw_refused_by_root), message(freeze),
                                      short_one}) == "");
    BOOST_TEST(
        found_in("reference", {message(freeze), change(guest_change::thaw_refused), message(thaw),
                               message(thaw), message(thaw), message(thaw)}) == "");
}

BOOST_AUTO_TEST_CASE(a_finding_is_made_small) {
    const auto daemon = conformance::make_hyperv_builtin("hot-backup-freezes");
    const auto nothing = [](const breach&) { return false; };
    device_run run;
    run.steps = {message(freeze), message(thaw), change(guest_change::vfat), message(2),
                 message(thaw)};
    device_player player{*daemon, nothing};
    const auto found = player.run(run).found;
    BOOST_REQUIRE(found.has_value());
    const auto least = minimised(*daemon, run, *found, nothing, [] { return true; });
    BOOST_TEST(least.steps.size() == 1U);
    BOOST_TEST((least.steps.front() == message(2)));
}

BOOST_AUTO_TEST_CASE(known_deviations_are_counted_and_a_crash_is_never_one) {
    known_deviations known{false};
    known.add("36.7/1");
    known.add_baseline("36.3/1  fail  by place\n36.4/1  skip  not here\n", "a file");
    BOOST_TEST(known.pass({{36, 7}, {}, "seen", false}));
    BOOST_TEST(known.pass({{36, 3}, {}, "seen", false}));
    BOOST_TEST(!known.pass({{36, 4}, {}, "skipped is not known", false}));
    BOOST_TEST(!known.pass({{36, 7}, {}, "gone", true}));
    BOOST_TEST(known.pass({{36, 13}, {}, "a SHOULD", false}));
    BOOST_TEST(known.summary().find("met 1 times, known: SP 36.7: seen") != std::string::npos);
    known_deviations strict{true};
    BOOST_TEST(!strict.pass({{36, 13}, {}, "a SHOULD", false}));
    BOOST_CHECK_THROW(known.add("36"), std::invalid_argument);
    BOOST_CHECK_THROW(known.add("36.999"), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::fuzz
