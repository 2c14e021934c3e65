// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/fsrvp_server.hpp>

#include <tests/support/vocabulary.hpp>
#include <tests/unit/machine/guest_table.hpp>
#include <tests/unit/machine/input_walk.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;
using tests::asks_for;

namespace {

using e = fsrvp_event;
using f = fsrvp_effect;
using p = fsrvp_phase;

constexpr std::uint8_t retries_max = 2; // of the walk; five need no more states of another kind

const std::vector<std::string> states{"NONE",     "CONTEXT",   "STARTED", "ADDED",
                                      "CREATING", "COMMITTED", "EXPOSED", "RECOVERED"};
const std::vector<std::string> events{"SetContext",
                                      "StartShadowCopySet",
                                      "AddToShadowCopySet",
                                      "PrepareShadowCopySet",
                                      "CommitShadowCopySet",
                                      "CommitEnded",
                                      "ExposeShadowCopySet",
                                      "GetShareMapping",
                                      "RecoveryCompleteShadowCopySet",
                                      "AbortShadowCopySet",
                                      "DeleteShareMapping",
                                      "Query",
                                      "Tseq"};

std::vector<fsrvp_input> all_inputs() {
    std::vector<fsrvp_input> made;
    for (std::size_t i = 0; i < value_count<e>; ++i) {
        const auto kind = static_cast<e>(i);
        for (const bool flag : {false, true}) {
            for (std::uint32_t client = 0; client < 2; ++client) {
                for (std::size_t j = 0; j < value_count<fsrvp_outcome>; ++j) {
                    made.push_back({kind, flag, client, flag, static_cast<fsrvp_outcome>(j), flag});
                }
            }
        }
    }
    return made;
}

template <class Look>
void for_each_step(Look&& look) {
    tests::walk<fsrvp_outbox>(fsrvp_server_machine{retries_max}, all_inputs(), look);
}

std::string done(fsrvp_server_machine& machine, const fsrvp_input& input) {
    return tests::effects_of<fsrvp_outbox>(machine, input);
}
std::string done(fsrvp_server_machine& machine, e kind) {
    return done(machine, fsrvp_input{.kind = kind});
}

fsrvp_server_machine after(std::initializer_list<e> all) {
    fsrvp_server_machine machine;
    for (const auto kind : all) {
        done(machine, kind);
    }
    return machine;
}

bool runs(p at) {
    return at != p::none && at != p::recovered;
}

bool has_set(p at) {
    return runs(at) && at != p::context;
}

} // namespace

BOOST_AUTO_TEST_SUITE(fsrvp_server_)

BOOST_AUTO_TEST_CASE(every_word_is_spelled) {
    tests::check_vocabulary(p::recovered);
    tests::check_vocabulary(e::sequence_expired);
    tests::check_vocabulary(fsrvp_outcome::wait_failed);
    tests::check_vocabulary(f::clear_context);
    tests::check_vocabulary(fsrvp_refusal::not_found);
}

BOOST_AUTO_TEST_CASE(every_cell_names_a_clause_that_the_appendix_gives_it) {
    tests::check_cells<fsrvp_server_machine>("A.11", states, events);
}

BOOST_AUTO_TEST_CASE(every_row_is_taken_and_refusals_change_nothing) {
    tests::check_rows<fsrvp_server_machine>([](auto&& look) { for_each_step(look); });
}

// SP 57.20
BOOST_AUTO_TEST_CASE(the_timer_always_returns_the_server_to_rest) {
    for_each_step([](const fsrvp_state& before, const fsrvp_input& input, const auto&,
                     const fsrvp_outbox& out, const fsrvp_state& next) {
        if (input.kind == e::sequence_expired) {
            BOOST_TEST(!runs(next.phase));
            BOOST_TEST(asks_for(out, f::drop_set) == has_set(before.phase));
        }
    });
}

// SP 57.10, 57.17, 57.18, 57.20: the timer runs in every state of a sequence that waits for a
// client, so that silence ends each of them. During a cut the wait has a limit of its own.
BOOST_AUTO_TEST_CASE(the_timer_runs_whenever_a_sequence_waits_for_its_client) {
    struct timed {
        fsrvp_state state;
        bool is_armed = false;
    };
    std::vector<timed> open{{fsrvp_server_machine{retries_max}.save(), false}};
    auto seen = open;
    bool is_stopped = false;
    while (!open.empty()) {
        const timed before = open.back();
        open.pop_back();
        for (const auto& input : all_inputs()) {
            fsrvp_server_machine machine{before.state};
            fsrvp_outbox out;
            machine.process(input, out);
            timed next{machine.save(), before.is_armed};
            if (asks_for(out, f::arm_short) || asks_for(out, f::arm_long)) {
                next.is_armed = true;
            } else if (asks_for(out, f::disarm) || input.kind == e::sequence_expired) {
                next.is_armed = false;
            }
            const bool cuts = next.state.phase == p::creating && !next.is_armed;
            is_stopped = is_stopped || cuts;
            BOOST_TEST((next.is_armed == runs(next.state.phase) || cuts));
            const auto same = [&](const timed& one) {
                return one.state == next.state && one.is_armed == next.is_armed;
            };
            if (std::none_of(seen.begin(), seen.end(), same)) {
                seen.push_back(next);
                open.push_back(next);
            }
        }
    }
    BOOST_TEST(is_stopped);
}

// SP 56.2: one answer to each call, none to what happens inside. SP 57.2, 57.21, 57.24.
BOOST_AUTO_TEST_CASE(each_call_is_answered_once) {
    for_each_step([](const fsrvp_state&, const fsrvp_input& input, const auto& step,
                     const fsrvp_outbox& out, const fsrvp_state&) {
        const auto answers = std::count_if(out.begin(), out.end(),
                                           [](f one) { return one <= f::answer_wait_failed; });
        if (input.kind == e::sequence_expired || !step) {
            BOOST_TEST(answers == 0);
        } else {
            BOOST_TEST(answers == (input.kind == e::commit ? 0 : 1)); // that comes when it ended
        }
    });
}

// SP 57.1, 57.5, 57.6, 57.8, 57.10, 57.11, 57.15, 57.16, 57.17, 57.19
BOOST_AUTO_TEST_CASE(the_way_of_a_success) {
    fsrvp_server_machine machine;
    BOOST_TEST(done(machine, e::start_set) == "- bad_state");
    BOOST_TEST(done(machine, e::set_context) == "answer_ok, arm_short");
    BOOST_TEST(done(machine, e::commit) == "- id_mismatch"); // SP 57.22
    BOOST_TEST(done(machine, e::start_set) == "answer_ok, arm_short");
    BOOST_TEST(done(machine, e::start_set) == "- in_progress");
    BOOST_TEST(done(machine, e::commit) == "- bad_state");
    BOOST_TEST(done(machine, e::add_volume) == "answer_ok, arm_long");
    BOOST_TEST(done(machine, e::prepare) == "answer_ok, arm_long");
    BOOST_TEST(done(machine, e::commit) == "disarm, begin_commit");
    BOOST_TEST(done(machine, e::commit_ended) == "answer_ok, arm_short");
    BOOST_TEST(done(machine, e::expose) == "answer_ok, arm_short");
    BOOST_TEST(done(machine, e::get_mapping) == "answer_ok, arm_long");
    BOOST_TEST(done(machine, e::recovery_complete) ==
               "seal_copy, clear_context, disarm, answer_ok");
    BOOST_TEST(done(machine, e::abort) == "- bad_state"); // SP 57.23
    BOOST_TEST(done(machine, e::delete_mapping) ==
               "drop_mapping, drop_set, clear_context, disarm, answer_ok");
    BOOST_TEST((machine.phase() == p::none));
}

// SP 57.3, 57.4: one below, at and above the bound.
BOOST_AUTO_TEST_CASE(one_client_may_begin_anew_five_times) {
    auto machine = after({e::set_context, e::start_set, e::add_volume});
    const fsrvp_input other{.kind = e::set_context, .client = 7};
    BOOST_TEST(done(machine, other) == "answer_in_progress");
    BOOST_TEST(done(machine, e::set_context) == "drop_set, answer_ok, arm_short");
    for (int retry = 2; retry <= 5; ++retry) {
        BOOST_TEST(done(machine, e::set_context) == "answer_ok, arm_short");
    }
    BOOST_TEST(done(machine, e::set_context) == "answer_in_progress");
    BOOST_TEST(done(machine, e::sequence_expired) == "clear_context");
    BOOST_TEST(done(machine, other) == "answer_ok, arm_short");
}

// SP 57.9, 57.12, 57.13, 57.14: the codes of the two time-outs differ.
BOOST_AUTO_TEST_CASE(a_commit_that_fails_can_be_called_again) {
    auto machine = after({e::set_context, e::start_set, e::add_volume});
    const auto ended = [&](e kind, fsrvp_outcome outcome) {
        return done(machine, fsrvp_input{.kind = kind, .outcome = outcome});
    };
    BOOST_TEST(ended(e::prepare, fsrvp_outcome::timed_out) == "answer_wait_timeout, arm_short");
    BOOST_TEST(ended(e::prepare, fsrvp_outcome::wait_failed) == "answer_failed, arm_short");
    done(machine, e::commit);
    BOOST_TEST(ended(e::commit_ended, fsrvp_outcome::timed_out) ==
               "answer_commit_timeout, arm_short");
    BOOST_TEST(done(machine, e::add_volume) == "- bad_state");
    BOOST_TEST(done(machine, e::commit) == "disarm, begin_commit");
    BOOST_TEST(ended(e::commit_ended, fsrvp_outcome::failed) == "answer_failed, arm_short");
    done(machine, e::commit);
    BOOST_TEST(ended(e::commit_ended, fsrvp_outcome::wait_failed) ==
               "answer_wait_failed, arm_short");
    BOOST_TEST((machine.phase() == p::added));
}

// SP 57.7
BOOST_AUTO_TEST_CASE(a_share_is_added_once) {
    auto machine = after({e::set_context, e::start_set, e::add_volume});
    BOOST_TEST(done(machine, fsrvp_input{.kind = e::add_volume, .has_volume = true}) ==
               "answer_exists, arm_short");
}

BOOST_AUTO_TEST_SUITE_END()
