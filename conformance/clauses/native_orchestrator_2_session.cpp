// SPDX-License-Identifier: BSL-1.0
// SP 2, 3 and 63: how an orchestrator opens a session, what it agrees to, and which answers it
// believes.
#include "conformance/clauses/native_orchestrator_support.hpp"

#include <fmt/format.h>

#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// ---- the agreement ------------------------------------------------------------------------------

// catches: an orchestrator that takes the agreement for granted
void opens_with_hello(native_trial& run) {
    run.guest().on(message_kind::hello, [](const auto&, native_reaction& how) { how.after = 2s; });
    run.snapshot();
    const native_request opening = must_hear(run, message_kind::hello);
    const native_request& first = run.guest().heard().front();
    run.expect(first.kind() == message_kind::hello, "a session is opened by Hello", "a hello",
               words(run, first));
    for (const native_request& one : run.guest().heard()) {
        run.expect(one.kind() == message_kind::hello || one.at - opening.at >= 2s,
                   "nothing but Hello is sent before the HelloAck",
                   "nothing for 2 s after the Hello", words(run, one));
    }
    expect_consistent(run, "a HelloAck that came after 2 s");
}

void carries_the_epoch(native_trial& run) {
    run.snapshot();
    session_id epoch = must_hear(run, message_kind::hello).header().session;
    for (const native_request& one : run.guest().heard()) {
        if (one.kind() == message_kind::hello) {
            epoch = one.header().session;
        }
        run.expect(one.header().session == epoch, "a message carries the epoch of the Hello",
                   fmt::format("session {}", epoch.value),
                   fmt::format("{} of session {}", words(run, one), one.header().session.value));
    }
}

// catches: applications that are told of a copy although they did not ask
void keeps_to_no_completion(native_trial& run) {
    run.guest().grants(feature::explicit_prepare | feature::implicit_prepare | feature::hold_limit |
                       feature::keep_alive | feature::transactions);
    run.snapshot();
    require_hold(run);
    expect_unheard(run, message_kind::complete, "completion was not agreed on");
    expect_consistent(run, "a conversation without completion");
}

void keeps_to_implicit_prepare(native_trial& run) {
    run.guest().grants(feature::implicit_prepare | feature::completion | feature::hold_limit |
                       feature::keep_alive | feature::transactions);
    run.snapshot();
    const auto opening = must_hear(run, message_kind::hello);
    if ((opening.as<hello>().wanted & feature::implicit_prepare) == feature::none) {
        run.inapplicable("it does not offer implicit prepare");
    }
    expect_unheard(run, message_kind::prepare, "explicit prepare was not agreed on");
    require_hold(run);
    expect_consistent(run, "a conversation with implicit prepare");
}

// catches: the answer to a former session's Hello opens this one
void believes_its_own_epoch_only(native_trial& run) {
    says_before(run, message_kind::hello, 1s, [](any_message said) {
        message_header head = header_of(said);
        head.session.value += 1000;
        return with_header(std::move(said), head);
    });
    run.snapshot();
    const native_request opening = must_hear(run, message_kind::hello);
    for (const native_request& one : run.guest().heard()) {
        run.expect(one.kind() == message_kind::hello || one.at - opening.at >= 1s,
                   "a HelloAck of another epoch opens no session",
                   "nothing before the right HelloAck, 1 s after the Hello", words(run, one));
    }
    expect_consistent(run, "a HelloAck of another epoch before the right one");
}

void expect_no_session(native_trial& run, std::string_view because) {
    expect_unheard(run, message_kind::prepare, because);
    expect_unheard(run, message_kind::freeze, because);
    expect_channels_closed(run, because);
    expect_end(run);
    expect_not_consistent(run, because);
}

void closes_when_nothing_is_selected(native_trial& run) {
    run.guest().on(message_kind::hello, [](const auto&, native_reaction& how) {
        how.answer<hello_ack>().selected.reset();
    });
    run.snapshot();
    (void)must_hear(run, message_kind::hello);
    expect_no_session(run, "the agent selects no version");
}

// catches: an orchestrator that talks a version that it does not know
void closes_when_something_else_is_selected(native_trial& run) {
    run.guest().on(message_kind::hello, [](const auto&, native_reaction& how) {
        how.answer<hello_ack>().selected = protocol_version{700, 1};
    });
    run.snapshot();
    (void)must_hear(run, message_kind::hello);
    expect_no_session(run, "the agent selects a version that was not offered");
}

void closes_when_there_is_no_answer(native_trial& run) {
    run.guest().on(message_kind::hello, [](const auto&, native_reaction& how) { how.silent(); });
    run.snapshot();
    (void)must_hear(run, message_kind::hello);
    expect_no_session(run, "the Hello is not answered");
}

void closes_when_it_is_refused(native_trial& run) {
    run.guest().on(message_kind::hello,
                   [](const auto&, native_reaction& how) { how.refuses(nak_code::unsupported); });
    run.snapshot();
    (void)must_hear(run, message_kind::hello);
    expect_no_session(run, "the Hello is refused");
}

// catches: an orchestrator that asks for the hold that it would like
void keeps_within_the_announced_hold(native_trial& run) {
    run.guest().announces_hold(5s);
    run.guest().holds_for(5s);
    run.snapshot();
    require_hold(run);
    const auto judge = [&](const native_request& one, duration asked) {
        run.expect(asked <= 5s, "no longer hold is asked for than the agent announced",
                   "at most 5 s",
                   fmt::format("{:.3g} s in {}", milliseconds(asked) / 1e3, words(run, one)));
    };
    for (const native_request& one : run.guest().heard(message_kind::prepare)) {
        judge(one, one.as<prepare_request>().hold_limit);
    }
    for (const native_request& one : run.guest().heard(message_kind::freeze)) {
        judge(one, one.as<freeze_request>().hold_limit.value_or(duration{}));
    }
}

// ---- correlation --------------------------------------------------------------------------------

void numbers_its_messages(native_trial& run) {
    run.snapshot();
    const txn_id txn = must_hear(run, message_kind::freeze).header().txn;
    run.expect(txn.value != 0, "a transaction has an id", "an id that is not 0", "0");
    std::uint64_t last = 0;
    for (const native_request& one : run.guest().heard()) {
        const message_kind what = one.kind();
        const bool of_transaction = what == message_kind::prepare || what == message_kind::freeze ||
                                    what == message_kind::thaw || what == message_kind::complete;
        run.expect(!of_transaction || one.header().txn == txn,
                   "the messages of a transaction carry its id", fmt::format("txn {}", txn.value),
                   fmt::format("txn {} in {}", one.header().txn.value, words(run, one)));
        run.expect(one.header().seq.value > last, "each message has a number of its own",
                   fmt::format("more than {}", last),
                   fmt::format("{} in {}", one.header().seq.value, words(run, one)));
        last = one.header().seq.value;
    }
}

// catches: ids that begin anew with each process, so that a late answer fits
void uses_no_transaction_twice(native_trial& run) {
    run.snapshot();
    run.snapshot();
    std::set<std::pair<std::uint64_t, std::uint64_t>> used;
    for (const native_request& one : run.guest().heard(message_kind::freeze)) {
        const auto id = std::pair{one.header().session.value, one.header().txn.value};
        run.expect(used.insert(id).second, "no transaction has the id of an earlier one",
                   "another id, or another session",
                   fmt::format("session {}, txn {} again", id.first, id.second));
    }
    run.require(used.size() > 1 || !run.findings().empty(), "two snapshots are taken",
                "two transactions", fmt::format("{}", used.size()));
}

void has_another_epoch_on_each_channel(native_trial& run) {
    run.snapshot();
    run.snapshot();
    std::set<std::uint64_t> used;
    for (const native_request& one : run.guest().heard(message_kind::hello)) {
        run.expect(used.insert(one.header().session.value).second,
                   "each channel has a session of its own", "an epoch that was not used before",
                   fmt::format("{} again", one.header().session.value));
    }
    run.require(used.size() > 1 || !run.findings().empty(), "two snapshots are taken",
                "two sessions", fmt::format("{}", used.size()));
}

/// A Frozen that is not the awaited one comes at once, the right one after 3 s.
void judge_frozen(native_trial& run, void (*change)(message_header&), std::string_view what) {
    says_before(run, message_kind::freeze, 3s, [change](any_message said) {
        message_header head = header_of(said);
        change(head);
        return with_header(std::move(said), head);
    });
    run.snapshot();
    (void)must_hear(run, message_kind::freeze);
    expect_cuts_inside_the_hold(run);
    expect_consistent(run, fmt::format("a Frozen of {}, and then the right one", what));
}

// catches: a late Frozen of an abandoned transaction starts the cut
void believes_its_own_transaction_only(native_trial& run) {
    judge_frozen(
        run, [](message_header& head) { head.txn.value += 1; }, "another transaction");
}

void believes_its_own_session_only(native_trial& run) {
    judge_frozen(
        run, [](message_header& head) { head.session.value += 1000; }, "another session");
}

void believes_the_awaited_number_only(native_trial& run) {
    judge_frozen(
        run, [](message_header& head) { head.seq.value -= 1; }, "another request");
}

} // namespace

void native_orchestrator_2_session(registry& checks) {
    const std::vector<capability> seen{capability::cut_seen};
    add_all(
        checks,
        {
            {sec<2, 1>::value,
             1,
             "a session is opened by Hello and nothing else",
             {},
             on<opens_with_hello>},
            {sec<2, 10>::value, 1, "every message carries the epoch", {}, on<carries_the_epoch>},
            {sec<2, 13>::value,
             2,
             "without agreement on completion nothing is completed",
             {},
             on<keeps_to_no_completion>},
            {sec<2, 13>::value,
             3,
             "without agreement on prepare the freeze stands for it",
             {},
             on<keeps_to_implicit_prepare>},
            {sec<2, 17>::value,
             1,
             "a HelloAck of another epoch opens no session",
             {},
             on<believes_its_own_epoch_only>},
            {sec<2, 18>::value,
             1,
             "a HelloAck that selects none closes the channel",
             {},
             on<closes_when_nothing_is_selected>},
            {sec<2, 18>::value,
             2,
             "a version that was not offered closes the channel",
             {},
             on<closes_when_something_else_is_selected>},
            {sec<2, 18>::value,
             3,
             "a Hello without an answer closes the channel",
             {},
             on<closes_when_there_is_no_answer>},
            {sec<2, 18>::value,
             4,
             "a Hello that is refused closes the channel",
             {},
             on<closes_when_it_is_refused>},
            {sec<2, 20>::value,
             2,
             "no longer hold is asked for than was announced",
             {},
             on<keeps_within_the_announced_hold>},
            {sec<3, 1>::value,
             2,
             "messages are numbered, and those of a transaction carry its id",
             {},
             on<numbers_its_messages>},
            {sec<3, 2>::value,
             1,
             "two snapshots are two transactions",
             {},
             on<uses_no_transaction_twice>},
            {sec<3, 13>::value, 1, "a Frozen of another transaction is not believed", seen,
             on<believes_its_own_transaction_only>},
            {sec<3, 13>::value, 2, "a Frozen of another session is not believed", seen,
             on<believes_its_own_session_only>},
            {sec<3, 13>::value, 3, "a Frozen with the number of another request is not believed",
             seen, on<believes_the_awaited_number_only>},
            {sec<63, 2>::value,
             3,
             "each channel has another epoch",
             {},
             on<has_another_epoch_on_each_channel>},
        });
}

} // namespace snapproto::conformance::clauses
