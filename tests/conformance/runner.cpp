// SPDX-License-Identifier: BSL-1.0
#include "conformance/runner.hpp"

#include "conformance/interrupt.hpp"
#include "conformance/restore.hpp"
#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <stdexcept>
#include <string>

namespace snapproto::conformance {
namespace {

using test::scripted_target;
using test::small_agent;

/// A freeze target that only knows whether it is frozen.
class flag_filesystem final : public freeze_target {
  public:
    [[nodiscard]] std::string mount() const override { return "/flag"; }
    [[nodiscard]] std::optional<std::string> alias() const override { return std::nullopt; }
    [[nodiscard]] observed<bool> is_frozen() override { return frozen; }
    [[nodiscard]] observed<std::string> device_digest() override { return std::string("0"); }
    [[nodiscard]] observed<std::shared_ptr<writer>> start_writer() override {
        return observed<std::shared_ptr<writer>>::unknown("none");
    }
    [[nodiscard]] observed<copy_report> examine_copy() override { return copy_report{}; }
    [[nodiscard]] observed<bool> foreign_freeze() override { return true; }
    [[nodiscard]] observed<bool> foreign_thaw() override {
        frozen = false;
        ++thaws;
        return true;
    }

    bool frozen = false;
    int thaws = 0;
};

/// A scripted agent that can be started afresh and has one filesystem.
class restartable : public scripted_target {
  public:
    restartable() : scripted_target({}) { start({}); }

    [[nodiscard]] support can(capability what) const override {
        return what == capability::restart || what == capability::freeze_target
                   ? support::yes()
                   : support::no("it is a script");
    }
    void start(const start_options&) override {
        ++starts;
        mute = false;
        m_peer = [this, agent = small_agent{}](std::string& in) mutable {
            auto out = agent(in);
            filesystem.frozen = filesystem.frozen || agent.frozen;
            if (!agent.frozen && !deaf_thaw) {
                filesystem.frozen = false;
            }
            return mute ? std::optional<std::string>("") : out;
        };
    }
    [[nodiscard]] std::vector<freeze_target*> freeze_targets() noexcept override {
        return {&filesystem};
    }

    int starts = 0;
    bool mute = false;
    bool deaf_thaw = false; ///< The agent says thawed, and the filesystem stays frozen.
    flag_filesystem filesystem;
};

restartable* the_agent = nullptr;

case_result run_one(target& agent, void (*what)(run_context&), std::vector<capability> needs = {}) {
    registry checks;
    checks.add({.about = sec<99, 1>::value,
                .index = 1,
                .title = "a title",
                .needs = std::move(needs),
                .run = what});
    const run_result run = run_checks(agent, {&checks.all()[0]}, {});
    BOOST_REQUIRE(run.cases.size() == 1U);
    return run.cases[0];
}

} // namespace

BOOST_AUTO_TEST_SUITE(the_runner)

BOOST_AUTO_TEST_CASE(each_way_to_end_has_its_status) {
    scripted_target agent{small_agent{}};
    const auto verdict = [&](void (*what)(run_context&)) { return run_one(agent, what).verdict; };
    BOOST_CHECK(verdict([](run_context&) {}) == status::pass);
    BOOST_CHECK(verdict([](run_context& run) { run.fail("r", "e", "a"); }) == status::fail);
    BOOST_CHECK(verdict([](run_context& run) { run.expect(false, "r", "e", "a"); }) ==
                status::fail);
    BOOST_CHECK(verdict([](run_context& run) { run.expect(true, "r", "e", "a"); }) == status::pass);
    BOOST_CHECK(verdict([](run_context& run) { run.skip("no"); }) == status::skip);
    BOOST_CHECK(verdict([](run_context&) { throw std::logic_error("bug"); }) == status::fail);
    BOOST_CHECK(verdict([](run_context&) { throw unreachable("gone"); }) == status::fail);
}

// SP 1.3
BOOST_AUTO_TEST_CASE(a_failed_expectation_outlives_a_later_skip_and_the_first_one_leads) {
    scripted_target agent{small_agent{}};
    const case_result one = run_one(agent, [](run_context& run) {
        run.expect(false, "first", "e", "a");
        run.expect(false, "second", "e", "a");
        run.skip("cannot go on");
    });
    BOOST_CHECK(one.verdict == status::fail);
    BOOST_TEST(one.found.requirement == "first");
    BOOST_REQUIRE(one.further.size() == 1U);
    BOOST_TEST(one.further[0].requirement == "second");
}

// SP 1.3
BOOST_AUTO_TEST_CASE(a_missing_means_is_not_judged_and_a_missing_transport_is_inapplicable) {
    scripted_target agent{small_agent{}};
    const auto nothing = [](run_context&) {};
    const case_result hook = run_one(agent, nothing, {capability::hook});
    BOOST_CHECK(hook.verdict == status::skip);
    BOOST_CHECK(hook.skipped == skip_kind::not_judged);
    BOOST_TEST(hook.reason == "needs a hook under the suite's control: it is a script");
    const case_result transport = run_one(agent, nothing, {capability::half_close});
    BOOST_CHECK(transport.skipped == skip_kind::inapplicable);
}

BOOST_AUTO_TEST_CASE(a_check_that_waits_for_ever_ends_at_its_bound) {
    scripted_target agent{small_agent{}};
    const instant before = agent.now();
    const case_result one = run_one(agent, [](run_context& run) {
        for (;;) {
            (void)run.client().read(std::chrono::seconds(5));
        }
    });
    BOOST_CHECK(one.verdict == status::fail);
    BOOST_TEST(one.found.requirement == "the check ends in time");
    BOOST_CHECK(agent.now() - before < std::chrono::seconds(40));
}

BOOST_AUTO_TEST_CASE(what_a_check_leaves_frozen_is_thawed_by_protocol) {
    restartable agent;
    const case_result one = run_one(agent, [](run_context& run) { run.must_freeze(); });
    BOOST_CHECK(one.verdict == status::pass);
    BOOST_TEST(!agent.filesystem.frozen);
    BOOST_TEST(agent.filesystem.thaws == 0);
    BOOST_TEST(agent.starts == 1);
    BOOST_TEST(one.notes.empty());
}

BOOST_AUTO_TEST_CASE(a_thaw_that_does_not_thaw_is_made_good_from_outside_and_told) {
    restartable agent;
    agent.deaf_thaw = true;
    const case_result one = run_one(agent, [](run_context& run) { run.must_freeze(); });
    BOOST_TEST(!agent.filesystem.frozen);
    BOOST_TEST(agent.filesystem.thaws == 1);
    BOOST_TEST(agent.starts == 2);
    BOOST_REQUIRE(one.notes.size() == 1U);
    BOOST_TEST(one.notes[0].find("stayed frozen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_mute_agent_is_started_afresh_for_the_next_check) {
    restartable agent;
    the_agent = &agent;
    const case_result one = run_one(agent, [](run_context& run) {
        run.must_freeze();
        the_agent->mute = true;
    });
    BOOST_TEST(agent.starts == 2);
    BOOST_TEST(!agent.filesystem.frozen);
    BOOST_TEST(one.notes.at(0).find("started afresh") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_fresh_start_the_rest_is_skipped_with_the_culprit) {
    static bool mute;
    mute = false;
    scripted_target agent([right = small_agent{}](std::string& in) mutable {
        auto out = right(in);
        return mute ? std::optional<std::string>("") : out;
    });
    registry checks;
    checks.add({.about = sec<99, 1>::value, .title = "breaks", .run = [](run_context& run) {
                    run.must_sync();
                    mute = true;
                }});
    checks.add({.about = sec<99, 2>::value, .title = "later", .run = [](run_context&) {}});
    const run_result run = run_checks(agent, {&checks.all()[0], &checks.all()[1]}, {});
    BOOST_REQUIRE(run.cases.size() == 2U);
    BOOST_CHECK(run.cases[1].verdict == status::skip);
    BOOST_TEST(run.cases[1].reason.find("99.1/1") != std::string::npos);
    mute = true;
    BOOST_CHECK_THROW((void)run_checks(agent, {&checks.all()[0]}, {}), unreachable);
}

BOOST_AUTO_TEST_CASE(a_stop_request_ends_the_run_and_still_thaws) {
    restartable agent;
    registry checks;
    const auto freeze_and_stop = [](run_context& run) {
        run.must_freeze();
        request_stop();
        (void)run.client().read();
    };
    checks.add({.about = sec<99, 1>::value, .title = "is stopped", .run = freeze_and_stop});
    checks.add({.about = sec<99, 2>::value, .title = "never runs", .run = freeze_and_stop});
    const run_result run = run_checks(agent, {&checks.all()[0], &checks.all()[1]}, {});
    request_stop(false);
    BOOST_TEST(run.interrupted);
    BOOST_TEST(run.cases.size() == 1U);
    BOOST_TEST(run.cases[0].reason == "interrupted");
    BOOST_TEST(!agent.filesystem.frozen);
}

BOOST_AUTO_TEST_CASE(the_seed_of_a_case_depends_on_run_and_id_alone) {
    std::set<std::uint64_t> seeds;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        for (const char* id : {"20.1/1", "20.1/2", "24.1/1"}) {
            BOOST_TEST(case_seed(seed, id) == case_seed(seed, id));
            seeds.insert(case_seed(seed, id));
        }
    }
    BOOST_TEST(seeds.size() == 9U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
