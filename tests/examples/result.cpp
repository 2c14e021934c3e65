// SPDX-License-Identifier: BSL-1.0
#include "examples/qemu_orchestrator/result.hpp"

#include <snapproto/version.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value_from.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {
namespace {

using namespace std::chrono_literals;
using snapproto::consistency;
using snapproto::session_outcome;

/// A snapshot of one machine with one disk, as it should be.
snapshot_result good() {
    snapshot_result made;
    made.outcome = session_outcome::success;
    made.label = consistency::filesystem;
    made.held = 12'345us;
    made.cut = 2ms;
    machine_result one;
    one.name = "db";
    one.verdict = snapproto::verdict::clean;
    one.frozen = 2;
    disk_copy copy;
    copy.of.device = "drive0";
    copy.of.image = "/images/a.qcow2";
    copy.file = "/images/a.t.qcow2";
    copy.state = file_state::made;
    one.copies.push_back(copy);
    made.machines.push_back(one);
    return made;
}

snapshot_result failed() {
    snapshot_result made = good();
    made.outcome = session_outcome::failed;
    made.label = consistency::none;
    made.reason = "agent 0 did not answer the freeze";
    return made;
}

bool says(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(result_of_snaptake)

BOOST_AUTO_TEST_CASE(what_was_wanted_is_a_success_and_nothing_less) {
    BOOST_TEST(status_of(good()) == 0);
    BOOST_TEST(status_of(failed()) == 1);
    snapshot_result less = good();
    less.wanted = consistency::application;
    BOOST_TEST(status_of(less) == 1);
    less.outcome = session_outcome::degraded;
    BOOST_TEST(status_of(less) == 1);
    snapshot_result frozen = good();
    frozen.machines[0].may_be_frozen = true;
    BOOST_TEST(status_of(frozen) == 1);
    snapshot_result away = failed();
    away.unreachable = true;
    BOOST_TEST(status_of(away) == 3);
}

BOOST_AUTO_TEST_CASE(the_whole_result_as_json) {
    const auto expected = boost::json::parse(R"({
        "tool": "snaptake", "version": ")" SNAPPROTO_VERSION_STRING R"(", "outcome": "success",
        "label": "filesystem", "wanted": "filesystem", "reason": "", "interrupted": false,
        "method": "overlay", "held_ms": 12.345, "cut_ms": 2.0, "left_behind": [],
        "machines": [{"name": "db", "verdict": "clean", "frozen": 2, "may_be_frozen": false,
            "disks": [{"disk": "drive0", "image": "/images/a.qcow2", "file": "/images/a.t.qcow2",
                       "state": "made", "copy": "/images/a.qcow2"}]}]})");
    BOOST_TEST((boost::json::value(to_json(good())) == expected));
}

BOOST_AUTO_TEST_CASE(a_failure_names_no_copy_and_every_file_that_it_leaves) {
    snapshot_result one = failed();
    one.machines[0].copies[0].state = file_state::left;
    one.machines[0].copies[0].trouble = "the machine goes on in it";
    one.machines[0].trouble = "no reply";
    const auto json = to_json(one);
    const auto& disk = json.at("machines").at(0).at("disks").at(0).as_object();
    BOOST_TEST(!disk.contains("copy"));
    BOOST_TEST(disk.at("trouble").as_string() == "the machine goes on in it");
    BOOST_TEST(json.at("machines").at(0).at("trouble").as_string() == "no reply");
    BOOST_TEST((json.at("left_behind") == boost::json::array{"/images/a.t.qcow2"}));
    BOOST_TEST(says(to_table(one), "left behind: /images/a.t.qcow2"));
}

BOOST_AUTO_TEST_CASE(which_files_are_left_behind) {
    const auto left = [](snapshot_result of, file_state state) {
        of.machines[0].copies[0].state = state;
        return !left_behind(of).empty();
    };
    BOOST_TEST(!left(good(), file_state::made));
    BOOST_TEST(left(failed(), file_state::made));
    BOOST_TEST(left(failed(), file_state::left));
    BOOST_TEST(left(failed(), file_state::unknown));
    BOOST_TEST(!left(failed(), file_state::removed));
    BOOST_TEST(!left(failed(), file_state::absent));
}

BOOST_AUTO_TEST_CASE(people_are_told_of_a_guest_that_may_be_frozen) {
    snapshot_result one = failed();
    BOOST_TEST(!says(to_table(one), "frozen"));
    one.machines[0].may_be_frozen = true;
    BOOST_TEST(says(to_table(one), "db may still be frozen"));
    BOOST_TEST(says(to_table(one), "snapshot failed, consistency none: agent 0 did not answer"));
}

BOOST_AUTO_TEST_CASE(people_are_told_where_the_copy_is) {
    snapshot_result one = good();
    const std::string overlay = to_table(one);
    BOOST_TEST(says(overlay, "snapshot success, consistency filesystem\n"), overlay);
    BOOST_TEST(says(overlay, "held for 12.3 ms, cut in 2.0 ms by overlay\n"), overlay);
    BOOST_TEST(says(overlay, "copy /images/a.qcow2, the machine goes on in /images/a.t.qcow2\n"));
    one.method = cut_method::backup;
    BOOST_TEST(says(to_table(one), "copy /images/a.t.qcow2\n"));
}

BOOST_AUTO_TEST_CASE(a_plan_names_files_commands_and_what_is_left_out) {
    snapshot_result one = good();
    one.machines[0].copies[0].of.bytes = 3U << 20U;
    one.machines[0].left_out = {"rom: cannot be written"};
    const std::string table = plan_to_table(one);
    BOOST_TEST(says(table, "3.0 MiB in /images/a.qcow2, new file /images/a.t.qcow2\n"), table);
    BOOST_TEST(says(table, "left out  rom: cannot be written\n"), table);
    const auto json = plan_to_json(one);
    const auto& machine = json.at("plan").at(0);
    BOOST_TEST(machine.at("transaction").at("actions").as_array().size() == 1U);
    BOOST_TEST((machine.at("left_out") == boost::json::array{"rom: cannot be written"}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snaptake
