// SPDX-License-Identifier: BSL-1.0
// Processes and hooks of our own, with /bin/sh in the part of the agent.
#include "conformance/attach/process.hpp"
#include "conformance/attach/script_hook.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <csignal>
#include <filesystem>

#include <sys/stat.h>

namespace snapproto::conformance {
namespace {

using namespace std::chrono_literals;
using test::scratch;

exit_report run(const std::string& command, duration bound = 10s) {
    process one({"/bin/sh", "-c", command});
    const auto ended = one.wait_exit(bound);
    return ended.value_or(exit_report{true, 999});
}

} // namespace

BOOST_AUTO_TEST_SUITE(spawning)

BOOST_AUTO_TEST_CASE(an_end_is_reported_as_it_was) {
    BOOST_TEST(run("exit 7").code == 7);
    const exit_report killed = run("kill -TERM $$");
    BOOST_TEST(killed.by_signal);
    BOOST_TEST(killed.code == SIGTERM);
    BOOST_CHECK_THROW(process({"/no/such/program"}), unreachable);
}

BOOST_AUTO_TEST_CASE(the_last_of_the_output_is_kept) {
    process one({"/bin/sh", "-c", "head -c 100000 /dev/zero | tr '\\0' a; echo the end >&2"});
    BOOST_REQUIRE(one.wait_exit(10s).has_value());
    for (int i = 0; i < 100 && !one.output().ends_with("the end\n"); ++i) {
        real_sleep(10ms);
    }
    BOOST_TEST(one.output().ends_with("the end\n"));
    BOOST_TEST(one.output().size() == process::output_bytes_max);
}

BOOST_AUTO_TEST_CASE(the_whole_group_goes_with_the_object) {
    const scratch place;
    {
        process one({"/bin/sh", "-c", "sleep 60 & echo $! > " + place.file("pid") + "; wait"});
        for (int i = 0; i < 500 && !std::filesystem::exists(place.file("pid")); ++i) {
            real_sleep(10ms);
        }
        real_sleep(20ms);
        BOOST_TEST(one.alive());
        BOOST_TEST(!one.wait_exit(10ms).has_value());
    }
    BOOST_TEST(run("for i in 1 2 3 4 5 6 7 8 9; do kill -0 $(cat " + place.file("pid") +
                   ") || exit 0; grep -q 'State:.Z' /proc/$(cat " + place.file("pid") +
                   ")/status && exit 0; sleep 0.1; done; exit 1")
                   .code == 0);
}

BOOST_AUTO_TEST_CASE(a_hook_reports_its_calls_in_order_with_what_was_frozen) {
    const scratch place;
    bool frozen = false;
    script_hook hook(place.path(), [&] { return std::optional(frozen); });
    BOOST_TEST(run(hook.path() + " freeze").code == 0);
    frozen = true;
    BOOST_TEST(run(hook.path() + " thaw 'a b'").code == 0);
    BOOST_TEST(run(hook.path()).code == 0);
    const auto calls = hook.calls();
    BOOST_REQUIRE(calls.size() == 3U);
    BOOST_TEST(calls[0].argument() == "freeze");
    BOOST_REQUIRE(calls[1].arguments.size() == 2U);
    BOOST_TEST(calls[1].arguments[1] == "a b");
    BOOST_TEST(calls[2].arguments.empty());
    BOOST_TEST(calls[0].frozen_at_start.value() == false);
    BOOST_TEST(calls[1].frozen_at_start.value() == true);
    BOOST_CHECK(calls[0].ended.value() <= calls[1].started);
    hook.forget();
    BOOST_TEST(hook.calls().empty());
}

BOOST_AUTO_TEST_CASE(a_hook_plays_what_it_is_told) {
    const scratch place;
    script_hook hook(place.path(), {});
    hook_script script;
    script.on_freeze.exit_status = 3;
    script.on_freeze.print_bytes = 100'000;
    script.on_thaw.dies_by_signal = true;
    hook.play(script);
    BOOST_TEST(run("test $(" + hook.path() + " freeze | wc -c) -eq 100000").code == 0);
    BOOST_TEST(run(hook.path() + " freeze > /dev/null").code == 3);
    BOOST_TEST(run("exec " + hook.path() + " thaw").by_signal);
    script = {};
    script.on_freeze.sleep = 300ms;
    hook.play(script);
    const instant before = real_now();
    BOOST_TEST(run(hook.path() + " freeze").code == 0);
    BOOST_CHECK(real_now() - before >= 300ms);
    const hook_call last = hook.calls().back();
    BOOST_REQUIRE(last.ended.has_value());
    BOOST_CHECK(*last.ended - last.started >= 290ms);
}

BOOST_AUTO_TEST_CASE(a_child_of_the_hook_holds_its_output) {
    const scratch place;
    script_hook hook(place.path(), {});
    hook_script script;
    script.on_freeze.background_child = 500ms;
    hook.play(script);
    instant before = real_now();
    BOOST_TEST(run(hook.path() + " freeze").code == 0);
    BOOST_CHECK(real_now() - before < 450ms);
    before = real_now();
    BOOST_TEST(run(hook.path() + " freeze | cat > /dev/null").code == 0);
    BOOST_CHECK(real_now() - before >= 490ms);
}

BOOST_AUTO_TEST_CASE(a_hook_file_can_be_missing_or_not_executable) {
    const scratch place;
    script_hook hook(place.path(), {});
    hook_script script;
    script.file = hook_file::not_executable;
    hook.play(script);
    struct stat seen {};
    BOOST_REQUIRE(::stat(hook.path().c_str(), &seen) == 0);
    BOOST_TEST((seen.st_mode & 0111U) == 0U);
    script.file = hook_file::missing;
    hook.play(script);
    BOOST_TEST(::stat(hook.path().c_str(), &seen) != 0);
    hook.play({});
    BOOST_TEST(run(hook.path() + " freeze").code == 0);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
