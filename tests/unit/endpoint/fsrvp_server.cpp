// SPDX-License-Identifier: BSL-1.0
#include <snapproto/endpoint/fsrvp_server.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace std::chrono_literals;
using machine::fsrvp_outcome;
using machine::fsrvp_phase;

namespace {

constexpr instant start{1000s};

struct played_server {
    fsrvp_server server{{.shares = {"data", "logs"}}};
    std::vector<fsrvp_answer> answers;
    std::optional<fsrvp_ask_provider> work;
    std::vector<fsrvp::guid> dropped;
    std::vector<fsrvp::guid> sealed;
    std::vector<std::string> unshared;
    bool provider_works = true; ///< It does at once what it is asked for.
    fsrvp_outcome outcome = fsrvp_outcome::good;

    instant settle(instant now) {
        for (;;) {
            const fsrvp_output next = server.poll();
            if (const auto* until = std::get_if<deadline>(&next)) {
                return until->at;
            }
            if (const auto* answer = std::get_if<fsrvp_answer>(&next)) {
                answers.push_back(*answer);
            } else if (const auto* asked = std::get_if<fsrvp_ask_provider>(&next)) {
                work = *asked;
                if (provider_works) {
                    server.provider_answered(asked->id, outcome, now);
                }
            } else if (const auto* seal = std::get_if<fsrvp_seal>(&next)) {
                sealed.push_back(seal->set);
            } else if (const auto* drop = std::get_if<fsrvp_drop_set>(&next)) {
                dropped.push_back(drop->set);
            } else if (const auto* one = std::get_if<fsrvp_drop_mapping>(&next)) {
                unshared.push_back(one->share);
            }
        }
    }

    fsrvp::response call(const fsrvp::request& what, instant now, const fsrvp_caller& from = {}) {
        answers.clear();
        server.handle(from, what, now);
        settle(now);
        return answers.empty() ? fsrvp::response{.code = fsrvp::status::wait_failed}
                               : answers.back().response;
    }

    fsrvp::status status(const fsrvp::request& what, instant now, const fsrvp_caller& from = {}) {
        return call(what, now, from).code;
    }
};

/// The calls of a client, in order. `set` is filled by the second one.
std::vector<fsrvp::request> calls(const fsrvp::guid& set) {
    return {fsrvp::set_context_request{0},          fsrvp::start_set_request{},
            fsrvp::add_to_set_request{set, "data"}, fsrvp::prepare_set_request{set},
            fsrvp::commit_set_request{set},         fsrvp::expose_set_request{set},
            fsrvp::get_mapping_request{set, "data"}};
}

/// Makes the first `count` calls of a client. @return the set.
fsrvp::guid make_calls(played_server& server, std::size_t count, instant now) {
    fsrvp::guid set;
    for (std::size_t i = 0; i < count; ++i) {
        const auto got = server.call(calls(set)[i], now);
        BOOST_TEST((got.code == fsrvp::status::ok), "call " << i);
        set = i == 1 ? got.id : set;
    }
    return set;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fsrvp_server_endpoint)

// SP 56.2, 56.3, 56.6, 57.17, 57.19, 57.23, 57.24
BOOST_AUTO_TEST_CASE(a_copy_is_made_shared_and_deleted) {
    played_server server;
    const auto version = server.call(fsrvp::get_supported_version_request{}, start);
    BOOST_TEST(version.version_min == 1U);
    BOOST_TEST(version.version_max == 1U);
    BOOST_TEST(server.call(fsrvp::is_path_supported_request{"data"}, start).yes);
    BOOST_TEST(!server.call(fsrvp::is_path_supported_request{"temp"}, start).yes);
    const auto set = make_calls(server, 6, start);
    const auto mapping = server.call(fsrvp::get_mapping_request{set, "data"}, start);
    BOOST_TEST(mapping.share == fsrvp::exposed_share("data", mapping.id));
    BOOST_TEST((server.status(fsrvp::get_mapping_request{set, "logs"}, start) ==
                fsrvp::status::not_found));
    BOOST_TEST(server.call(fsrvp::is_path_copied_request{"data"}, start).yes);
    BOOST_TEST((server.status(fsrvp::recovery_complete_request{set}, start) == fsrvp::status::ok));
    BOOST_TEST(server.sealed.size() == 1U);
    BOOST_TEST((server.settle(start) == never));
    BOOST_TEST(server.server.recovered_sets() == 1U);
    // A second sequence beside the recovered set, which only DeleteShareMapping may touch.
    make_calls(server, 2, start);
    BOOST_TEST((server.status(fsrvp::abort_set_request{set}, start) == fsrvp::status::bad_state));
    BOOST_TEST(
        (server.status(fsrvp::delete_mapping_request{set, "data"}, start) == fsrvp::status::ok));
    BOOST_TEST(server.unshared.size() == 1U);
    BOOST_TEST(server.server.recovered_sets() == 0U);
    BOOST_TEST((server.status(fsrvp::delete_mapping_request{set, "data"}, start) ==
                fsrvp::status::not_found));
}

// SP 57.20: silence after each call, as Samba's own test has it; below, at and above the timer.
BOOST_AUTO_TEST_CASE(silence_after_any_call_returns_the_server_to_rest) {
    const std::vector<duration> lengths{180s, 180s, 1800s, 1800s, 180s, 180s, 1800s};
    for (std::size_t count = 1; count <= lengths.size(); ++count) {
        played_server server;
        const auto set = make_calls(server, count, start);
        const instant due = start + lengths[count - 1];
        BOOST_TEST((server.settle(start) == due), "after " << count << " calls");
        server.server.handle_timeout(due - 1ns);
        BOOST_TEST((server.server.phase() != fsrvp_phase::none));
        server.server.handle_timeout(due);
        BOOST_TEST((server.settle(due) == never));
        BOOST_TEST((server.server.phase() == fsrvp_phase::none));
        BOOST_TEST(server.dropped.size() == (count < 2 ? 0U : 1U));
        // A call that comes then finds nothing, and another client is served.
        BOOST_TEST((server.status(fsrvp::commit_set_request{set}, due + 1ns) ==
                    fsrvp::status::set_id_mismatch));
        BOOST_TEST((server.status(fsrvp::set_context_request{0}, due + 1ns, {.client = 9}) ==
                    fsrvp::status::ok));
    }
}

// SP 57.20, 50.8: a call at the last instant is in time, and one behind it is late though nobody
// has noticed the timer.
BOOST_AUTO_TEST_CASE(a_call_with_the_timer_is_in_time) {
    played_server server;
    auto set = make_calls(server, 2, start);
    BOOST_TEST(
        (server.status(fsrvp::add_to_set_request{set, "data"}, start + 180s) == fsrvp::status::ok));
    played_server late;
    set = make_calls(late, 2, start);
    BOOST_TEST((late.status(fsrvp::add_to_set_request{set, "data"}, start + 180s + 1ns) ==
                fsrvp::status::set_id_mismatch));
}

// SP 56.5, 57.9, 57.13, 57.25
BOOST_AUTO_TEST_CASE(a_provider_that_takes_too_long_is_not_waited_for) {
    played_server server;
    const auto set = make_calls(server, 3, start);
    server.provider_works = false;
    server.answers.clear();
    server.server.handle({}, fsrvp::prepare_set_request{set, 5000}, start);
    BOOST_TEST((server.settle(start) == start + 5s));
    BOOST_TEST(server.answers.empty());
    BOOST_TEST((server.status(fsrvp::commit_set_request{set}, start) == fsrvp::status::bad_state));
    BOOST_TEST(
        (server.status(fsrvp::set_context_request{0}, start) == fsrvp::status::set_in_progress));
    server.answers.clear();
    server.server.handle_timeout(start + 5s);
    BOOST_TEST((server.settle(start + 5s) == start + 185s));
    BOOST_TEST_REQUIRE(server.answers.size() == 1U);
    BOOST_TEST((server.answers[0].response.code == fsrvp::status::wait_timeout));
    // What the provider says of it now is passed over.
    server.server.provider_answered(server.work->id, fsrvp_outcome::good, start + 6s);
    BOOST_TEST((server.settle(start + 6s) == start + 185s));

    server.answers.clear();
    server.server.handle({}, fsrvp::commit_set_request{set, 60'000}, start + 7s);
    server.settle(start + 7s);
    server.server.handle_timeout(start + 67s);
    server.settle(start + 67s);
    BOOST_TEST_REQUIRE(server.answers.size() == 1U);
    BOOST_TEST((server.answers[0].response.code == fsrvp::status::commit_timeout));
    server.provider_works = true;
    BOOST_TEST((server.status(fsrvp::commit_set_request{set}, start + 68s) == fsrvp::status::ok));
    // Whatever a client states, nobody waits longer than half an hour.
    server.provider_works = false;
    server.server.handle({}, fsrvp::expose_set_request{set, 0xffffffff}, start + 70s);
    BOOST_TEST((server.settle(start + 70s) == start + 1870s));
}

// SP 56.7, 57.6, 57.21, 57.22
BOOST_AUTO_TEST_CASE(refusals_have_their_codes_and_change_nothing) {
    played_server server;
    const auto set = make_calls(server, 2, start);
    const instant later = start + 100s;
    BOOST_TEST((server.status(fsrvp::abort_set_request{set}, later, {.is_operator = false}) ==
                fsrvp::status::access_denied));
    BOOST_TEST((server.status(fsrvp::add_to_set_request{set, "temp"}, later) ==
                fsrvp::status::not_supported));
    BOOST_TEST((server.status(fsrvp::add_to_set_request{{}, "data"}, later) ==
                fsrvp::status::set_id_mismatch));
    BOOST_TEST(
        (server.status(fsrvp::start_set_request{}, later) == fsrvp::status::set_in_progress));
    BOOST_TEST((server.status(fsrvp::expose_set_request{set}, later) == fsrvp::status::bad_state));
    BOOST_TEST((server.status(fsrvp::set_context_request{1}, later) ==
                fsrvp::status::unsupported_context));
    BOOST_TEST((server.settle(later) == start + 180s));
    BOOST_TEST((server.server.phase() == fsrvp_phase::started));
}

// SP 57.20: whatever clients call and providers answer, silence brings the server back.
RC_BOOST_PROP(the_server_always_comes_back_to_rest, ()) {
    played_server server;
    fsrvp::guid set;
    instant now = start;
    for (int step = 0; step < 60; ++step) {
        now += std::chrono::milliseconds{*rc::gen::inRange(0, 400'000)};
        const auto all = calls(set);
        const auto which = *rc::gen::inRange<std::size_t>(0, all.size() + 4);
        server.provider_works = *rc::gen::inRange(0, 3) != 0;
        server.outcome = *rc::gen::element(fsrvp_outcome::good, fsrvp_outcome::good,
                                           fsrvp_outcome::failed, fsrvp_outcome::wait_failed);
        const fsrvp_caller from{.client = *rc::gen::inRange(0U, 2U)};
        fsrvp::response got;
        if (which < all.size()) {
            got = server.call(all[which], now, from);
        } else if (which == all.size()) {
            got = server.call(fsrvp::recovery_complete_request{set}, now, from);
        } else if (which == all.size() + 1) {
            got = server.call(fsrvp::abort_set_request{set}, now, from);
        } else if (which == all.size() + 2) {
            got = server.call(fsrvp::delete_mapping_request{set, "data"}, now, from);
        } else if (server.work) {
            server.server.provider_answered(server.work->id, server.outcome, now);
            server.settle(now);
        }
        if (got.call == fsrvp::opnum::start_set && got.code == fsrvp::status::ok) {
            set = got.id;
        }
    }
    for (int turn = 0; turn < 8; ++turn) {
        const instant due = server.settle(now);
        if (due == never) {
            break;
        }
        now = due;
        server.server.handle_timeout(now);
    }
    RC_ASSERT(server.settle(now) == never);
    RC_ASSERT(server.server.phase() == fsrvp_phase::none ||
              server.server.phase() == fsrvp_phase::recovered);
    RC_ASSERT(server.status(fsrvp::set_context_request{0}, now, {.client = 99}) ==
              fsrvp::status::ok);
}

BOOST_AUTO_TEST_SUITE_END()
