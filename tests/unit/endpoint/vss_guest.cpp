// SPDX-License-Identifier: BSL-1.0
#include <snapproto/endpoint/agent.hpp>
#include <snapproto/endpoint/vss_guest.hpp>

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace snapproto;
using namespace snapproto::endpoint;
using namespace std::chrono_literals;
using machine::participant_event;
using machine::vss_writer_event;
using refusal = machine::vss_writer_failure;

namespace {

constexpr instant start{1000s};

/// A guest whose applications and volumes do at once what they are asked for, or do not.
struct played_guest {
    explicit played_guest(vss_guest_options options) : guest(std::move(options)) {}

    vss_guest guest;
    std::map<std::pair<std::size_t, vss_writer_event>, refusal> refusals;
    std::map<std::size_t, bool> silent;       ///< Writers that answer Freeze with the next event.
    std::map<std::size_t, bool> owes;         ///< Those that have not answered it yet.
    std::map<std::size_t, bool> held_apps;    ///< What the applications themselves know.
    std::map<std::size_t, bool> held_volumes; ///< What the volumes do.
    std::vector<std::string> log;
    std::vector<participant_answer> answers;
    std::vector<participant_index> gone;

    /// Does what the guest asks for until it waits. @return when it wants to be called again.
    instant settle(instant now) {
        for (;;) {
            const vss_guest_output next = guest.poll();
            if (const auto* until = std::get_if<deadline>(&next)) {
                return until->at;
            }
            if (const auto* asked = std::get_if<ask_application>(&next)) {
                serve(*asked, now);
            } else if (const auto* held = std::get_if<hold_volume>(&next)) {
                log.push_back("hold volume");
                held_volumes[held->volume] = true;
                guest.volume_answered(held->volume, true, now);
            } else if (const auto* freed = std::get_if<release_volume>(&next)) {
                log.push_back("release volume");
                held_volumes[freed->volume] = false;
            } else if (const auto* answer = std::get_if<participant_answer>(&next)) {
                answers.push_back(*answer);
            } else if (const auto* left = std::get_if<participant_gone>(&next)) {
                gone.push_back(left->participant);
            }
        }
    }

    void serve(const ask_application& asked, instant now) {
        log.push_back(std::string{to_string(asked.event)});
        if (std::exchange(owes[asked.writer], false)) {
            guest.application_answered(asked.writer, refusal::none, now);
        }
        const auto found = refusals.find({asked.writer, asked.event});
        const refusal how = found == refusals.end() ? refusal::none : found->second;
        if (asked.event == vss_writer_event::freeze) {
            held_apps[asked.writer] = how == refusal::none;
            if (silent[asked.writer]) {
                owes[asked.writer] = true;
                return;
            }
        }
        if (asked.event == vss_writer_event::thaw || asked.event == vss_writer_event::abort) {
            held_apps[asked.writer] = false;
        }
        if (asked.event != vss_writer_event::abort) {
            guest.application_answered(asked.writer, how, now);
        }
    }

    participant_event ask(participant_index who, operation what, instant now,
                          copy_result result = copy_result::unknown) {
        answers.clear();
        guest.handle(operate{who, what, result}, now);
        settle(now);
        return answers.empty() ? participant_event::reset : answers.back().answer;
    }

    /// Prepares and holds everything.
    void freeze(instant now) {
        const auto count = static_cast<participant_index>(guest.participants().size());
        for (participant_index i = 0; i < count; ++i) {
            BOOST_TEST((ask(i, operation::prepare, now) == participant_event::prepared));
        }
        for (participant_index i = 0; i < count; ++i) {
            BOOST_TEST((ask(i, operation::hold, now) == participant_event::held));
        }
    }

    bool holds_anything() const {
        const auto is_held = [](const auto& one) { return one.second; };
        return std::any_of(held_apps.begin(), held_apps.end(), is_held) ||
               std::any_of(held_volumes.begin(), held_volumes.end(), is_held);
    }
};

vss_guest_options one_writer() {
    return {.writers = {{.name = "SqlServerWriter"}}, .volumes = {"C:"}};
}

} // namespace

BOOST_AUTO_TEST_SUITE(vss_guest_)

// SP 55.1
BOOST_AUTO_TEST_CASE(writers_come_by_their_levels_and_before_volumes) {
    const vss_guest guest{{.writers = {{"System Writer", 2}, {"Exchange", 0}, {"ESENT", 1}},
                           .volumes = {"C:", "D:"}}};
    const auto& all = guest.participants();
    BOOST_TEST_REQUIRE(all.size() == 5U);
    BOOST_TEST(all[0].name == "Exchange");
    BOOST_TEST(all[1].name == "ESENT");
    BOOST_TEST(all[2].name == "System Writer");
    BOOST_TEST((all[2].kind == participant_kind::writer));
    BOOST_TEST((all[3].kind == participant_kind::filesystem));
}

// SP 55.2, 55.3, 55.6, 55.7
BOOST_AUTO_TEST_CASE(the_way_of_a_success) {
    played_guest windows{one_writer()};
    windows.freeze(start);
    BOOST_TEST((windows.guest.writer_state(0) == vss::writer_state::waiting_for_thaw));
    BOOST_TEST((windows.ask(1, operation::release, start + 1s) == participant_event::released));
    BOOST_TEST((windows.ask(0, operation::release, start + 1s) == participant_event::released));
    BOOST_TEST((windows.guest.writer_state(0) == vss::writer_state::waiting_for_post_snapshot));
    windows.ask(0, operation::finish, start + 2s, copy_result::kept);
    BOOST_TEST((windows.guest.writer_state(0) == vss::writer_state::stable));
    const std::vector<std::string> expected{"identify", "prepare_backup", "prepare_snapshot",
                                            "freeze",   "hold volume",    "release volume",
                                            "thaw",     "post_snapshot",  "backup_complete"};
    BOOST_TEST(windows.log == expected, boost::test_tools::per_element());
}

// SP 50.7, 50.8, 55.4, 55.5: one below, at and above.
BOOST_AUTO_TEST_CASE(volumes_let_go_after_ten_seconds) {
    for (const auto& [after, in_time] : std::vector<std::pair<duration, bool>>{
             {10s - 1ns, true}, {10s, true}, {10s + 1ns, false}}) {
        played_guest windows{one_writer()};
        windows.freeze(start);
        BOOST_TEST((windows.settle(start) == start + 10s));
        BOOST_TEST((windows.ask(1, operation::release, start + after) ==
                    (in_time ? participant_event::released : participant_event::not_held)));
        BOOST_TEST(windows.gone.size() == (in_time ? 0U : 2U)); // the writer was told Abort
        BOOST_TEST((windows.ask(0, operation::release, start + after) ==
                    (in_time ? participant_event::released : participant_event::not_held)));
        BOOST_TEST(!windows.holds_anything());
    }
}

// SP 50.7, 50.8, 55.8
BOOST_AUTO_TEST_CASE(a_writer_lets_go_after_sixty_seconds) {
    for (const auto& [after, in_time] : std::vector<std::pair<duration, bool>>{
             {60s - 1ns, true}, {60s, true}, {60s + 1ns, false}}) {
        played_guest windows{{.writers = {{"A", 0}, {"B", 0, 300s}}, .volumes = {}}};
        windows.freeze(start);
        BOOST_TEST((windows.settle(start) == start + 60s));
        BOOST_TEST((windows.ask(0, operation::release, start + after) ==
                    (in_time ? participant_event::released : participant_event::not_held)));
        BOOST_TEST((windows.guest.writer_state(0) ==
                    (in_time ? vss::writer_state::waiting_for_post_snapshot
                             : vss::writer_state::failed_at_freeze)));
        BOOST_TEST((windows.guest.writer_status(0) ==
                    (in_time ? vss::status::ok : vss::status::writer_timed_out)));
        // The other one has chosen a longer limit.
        BOOST_TEST((windows.guest.writer_state(1) == vss::writer_state::waiting_for_thaw));
    }
}

// SP 55.2, 55.3: also a writer that never answers Freeze.
BOOST_AUTO_TEST_CASE(refusals_and_silence_are_vetoes) {
    for (const auto event : {vss_writer_event::identify, vss_writer_event::prepare_backup,
                             vss_writer_event::prepare_snapshot}) {
        played_guest windows{one_writer()};
        windows.refusals[{0, event}] = refusal::out_of_resources;
        BOOST_TEST((windows.ask(0, operation::prepare, start) == participant_event::vetoed));
        BOOST_TEST((windows.guest.writer_status(0) == vss::status::out_of_resources));
    }
    played_guest windows{one_writer()};
    windows.silent[0] = true;
    BOOST_TEST((windows.ask(0, operation::prepare, start) == participant_event::prepared));
    BOOST_TEST((windows.ask(0, operation::hold, start) == participant_event::reset));
    windows.guest.handle_timeout(start + 60s);
    windows.settle(start + 60s);
    BOOST_TEST_REQUIRE(windows.answers.size() == 1U);
    BOOST_TEST((windows.answers[0].answer == participant_event::vetoed));
    BOOST_TEST(windows.log.back() == "abort");
    // What it says of that Freeze now means nothing.
    windows.guest.application_answered(0, refusal::none, start + 61s);
    windows.settle(start + 61s);
    BOOST_TEST((windows.guest.writer_state(0) == vss::writer_state::failed_at_freeze));
    BOOST_TEST(!windows.holds_anything());
}

// SP 55.7
BOOST_AUTO_TEST_CASE(a_copy_that_is_not_kept_is_an_abort) {
    played_guest windows{one_writer()};
    windows.freeze(start);
    windows.ask(1, operation::release, start);
    windows.ask(0, operation::release, start);
    windows.ask(0, operation::finish, start, copy_result::discarded);
    BOOST_TEST(windows.log.back() == "abort");
    BOOST_TEST((windows.guest.writer_state(0) == vss::writer_state::stable));
}

// SP 55.5, SP 6.6: an ordinary agent with a Windows guest behind it undoes the transaction as
// early, and a host that thaws later is told so.
BOOST_AUTO_TEST_CASE(an_agent_with_windows_behind_it_tells_that_it_let_go) {
    played_guest windows{one_writer()};
    agent_options options;
    options.timers.hold = 60s;
    agent_endpoint agent{options};
    std::vector<any_message> sent;
    const auto settle = [&](instant now) {
        for (bool moved = true; moved;) {
            moved = false;
            for (;;) {
                const agent_output next = agent.poll();
                if (std::holds_alternative<deadline>(next)) {
                    break;
                }
                moved = true;
                if (const auto* message = std::get_if<transmit>(&next)) {
                    sent.push_back(message->message);
                } else if (std::holds_alternative<find_participants>(next)) {
                    agent.participants_found(windows.guest.participants(), now);
                } else if (const auto* what = std::get_if<operate>(&next)) {
                    windows.guest.handle(*what, now);
                    windows.settle(now);
                } else if (const auto* end = std::get_if<cancel>(&next)) {
                    windows.guest.handle(*end, now);
                    windows.settle(now);
                }
            }
            for (const auto& one : std::exchange(windows.answers, {})) {
                agent.participant_answered(one.participant, one.answer, now);
                moved = true;
            }
            for (const auto one : std::exchange(windows.gone, {})) {
                agent.participant_let_go(one, now);
                moved = true;
            }
        }
    };
    const message_header header{{1}, {1}, {1}};
    hello opening;
    opening.header.session = {1};
    opening.versions = {{1, 0}};
    opening.wanted = options.capabilities;
    agent.handle(opening, start);
    settle(start);
    prepare_request prepare;
    prepare.header = header;
    prepare.hold_limit = 60s;
    agent.handle(prepare, start);
    settle(start);
    agent.handle(freeze_request{header, std::nullopt, {}}, start);
    settle(start);
    BOOST_TEST((agent.phase() == agent_phase::frozen));
    BOOST_TEST(windows.holds_anything());

    windows.guest.handle_timeout(start + 10s);
    windows.settle(start + 10s);
    settle(start + 10s);
    BOOST_TEST(!windows.holds_anything());
    BOOST_TEST((agent.phase() == agent_phase::idle));

    sent.clear();
    agent.handle(thaw_request{header, cut_outcome::ok}, start + 15s);
    settle(start + 15s);
    BOOST_TEST_REQUIRE(sent.size() == 1U);
    const auto* thawed = std::get_if<thawed_report>(&sent[0]);
    BOOST_TEST_REQUIRE((thawed != nullptr));
    BOOST_TEST((thawed->outcome == verdict::early));
}

// SP 50.7, 55.5, 55.8, 51.15: whatever an agent asks for and applications answer.
RC_BOOST_PROP(nothing_is_held_beyond_its_limit_whatever_comes, ()) {
    played_guest windows{{.writers = {{"A", 0}, {"B", 1}}, .volumes = {"C:", "D:"}}};
    std::map<std::size_t, instant> writer_since;
    std::map<std::size_t, instant> volume_since;
    instant now = start;
    // The first instant of a hold decides how long it is; what is released begins anew.
    const auto watch = [&] {
        for (std::size_t i = 0; i < 2; ++i) {
            if (!windows.held_apps[i]) {
                writer_since.erase(i);
            } else if (now - writer_since.emplace(i, now).first->second > 60s) {
                RC_FAIL("a writer is held for more than 60 s");
            }
            if (!windows.held_volumes[i]) {
                volume_since.erase(i);
            } else if (now - volume_since.emplace(i, now).first->second > 10s) {
                RC_FAIL("a volume is held for more than 10 s");
            }
        }
    };
    for (int step = 0; step < 60; ++step) {
        now += std::chrono::milliseconds{*rc::gen::inRange(0, 8000)};
        // The owner of the guest wakes in time, as it was told to.
        for (instant due = windows.settle(now); due <= now; due = windows.settle(now)) {
            windows.guest.handle_timeout(now);
        }
        watch();
        const auto who = *rc::gen::inRange<participant_index>(0, 4);
        const auto what = *rc::gen::element(operation::prepare, operation::hold, operation::hold,
                                            operation::release, operation::finish);
        const auto event = *rc::gen::element(vss_writer_event::identify, vss_writer_event::freeze,
                                             vss_writer_event::thaw);
        windows.refusals.clear();
        if (*rc::gen::inRange(0, 4) == 0) {
            windows.refusals[{who, event}] = refusal::retryable;
        }
        windows.silent[who] = *rc::gen::inRange(0, 5) == 0;
        const auto before = who < 2 ? windows.guest.writer_state(who) : vss::writer_state::unknown;
        if (*rc::gen::inRange(0, 8) == 0) {
            windows.guest.handle(cancel{who}, now);
        } else {
            windows.guest.handle(
                operate{who, what, *rc::gen::element(copy_result::kept, copy_result::discarded)},
                now);
        }
        windows.settle(now);
        if (who < 2 && vss::is_failed(before) && !vss::is_failed(windows.guest.writer_state(who))) {
            RC_ASSERT(what == operation::prepare); // a new session, and nothing else
        }
        watch();
    }
    for (const duration later : {10s, 60s, 120s}) {
        windows.guest.handle_timeout(now + later);
        windows.settle(now + later);
    }
    RC_ASSERT(!windows.holds_anything());
    RC_ASSERT(windows.guest.held_volumes() == 0U);
    RC_ASSERT(windows.guest.held_writers() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
