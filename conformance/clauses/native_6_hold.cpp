// SPDX-License-Identifier: BSL-1.0
// SP 6 and SP 15: a hold has an end, whatever the orchestrator does.
#include "conformance/clauses/native_groups.hpp"
#include "conformance/native_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

duration limit_of(const frozen_report& frozen) {
    return std::chrono::duration_cast<duration>(frozen.hold_deadline - frozen.held_since);
}

// catches: an agent that holds until somebody comes
void the_limit(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const instant begin = run.now();
    const frozen_report frozen = host.freeze(txn, 2s);
    const duration limit = limit_of(frozen);
    const error_report got = host.must_get<error_report>("a hold limit that expires is reported",
                                                         limit + native_host::step_wait);
    run.require(got.reason == verdict::expired, "as expired", "expired", words_of(got));
    host.must_be_thawed("when it is reported nothing is held any more");
    run.require(run.now() - begin < run.limit(limit + 2s), "within the tolerance",
                "the limit and 1 s", fmt::format("{:.0f} ms", milliseconds(run.now() - begin)));
}

// catches: an agent that calls a hold clean which it has ended itself
void the_verdict_afterwards(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn, 2s);
    (void)host.must_get<error_report>("a hold limit that expires is reported",
                                      limit_of(frozen) + native_host::step_wait);
    (void)host.thaw(txn, verdict::expired);
    host.must_be_in(agent_phase::idle, "the transaction is over");
}

// catches: an agent whose deadline is another one each time
void one_deadline(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    for (int i = 0; i < 3; ++i) {
        run.sleep_for(300ms);
        const status_report got = host.status();
        run.require(got.hold_deadline == frozen.hold_deadline, "the deadline never moves",
                    "the instant of Frozen", words_of(got));
    }
    host.finish(txn);
}

// catches: an agent that holds for longer than it was asked to
void lower(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::hold_limit);
    const txn_id txn = host.new_txn();
    const frozen_report got = host.freeze(txn, 3s);
    run.require(limit_of(got) <= 3s, "a request can lower the hold limit", "at most 3 s",
                words_of(got));
    host.finish(txn);
    const txn_id second{txn.value ^ 4U};
    prepare_request request = host.preparation();
    request.hold_limit = 2s;
    if (host.granted(feature::explicit_prepare)) {
        (void)host.must_answer<prepared_report>("a Prepare is answered", second, request,
                                                native_host::step_wait);
        freeze_request freeze;
        freeze.hold_limit = 5s;
        const frozen_report lowest = host.must_answer<frozen_report>(
            "a Freeze is answered", second, freeze, native_host::step_wait);
        run.require(limit_of(lowest) <= 2s, "the lowest of the limits is in force", "at most 2 s",
                    words_of(lowest));
        host.finish(second);
    }
}

// catches: an agent that can be asked to hold for ever
void not_raised(run_context& run) {
    native_host host(run);
    const hello_ack ack = host.begin();
    host.require_granted(feature::hold_limit);
    const txn_id txn = host.new_txn();
    prepare_request request = host.preparation();
    request.hold_limit = std::chrono::minutes{10};
    if (host.granted(feature::explicit_prepare)) {
        (void)host.must_answer<prepared_report>("a Prepare is answered", txn, request,
                                                native_host::step_wait);
    }
    freeze_request freeze;
    freeze.hold_limit = std::chrono::minutes{10};
    if (!host.granted(feature::explicit_prepare)) {
        freeze.scope = host.scope();
    }
    const frozen_report got = host.must_answer<frozen_report>(
        "a request for more gets a lower limit and no error", txn, freeze, native_host::step_wait);
    run.require(got.hold_deadline - got.held_since <= ack.hold_max,
                "no request raises the hold above what was announced",
                fmt::format("at most {} ms", ack.hold_max / 1ms), words_of(got));
    host.finish(txn);
}

// catches: an agent that takes what is over for what still holds
void lets_go(run_context& run) {
    native_host host(run);
    played_participants& all = host.participants();
    (void)host.begin();
    const txn_id txn = host.new_txn();
    (void)host.freeze(txn);
    host.guest().let_go("/srv", true);
    const error_report got =
        host.must_get<error_report>("a participant that lets go ends the transaction");
    run.require(got.reason == verdict::early, "as early", "early", words_of(got));
    run.require(all.held() == "nothing", "everything else is released at once", "held: nothing",
                "held: " + all.held());
    (void)host.thaw(txn, verdict::early);
}

// catches: an agent that is kept frozen by being spoken to
void a_flood(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const instant begin = run.now();
    const duration limit = limit_of(host.freeze(txn, 2s));
    bool told = false;
    while (!told && run.now() - begin < run.limit(limit + 5s)) {
        host.ask(txn, freeze_request{});
        host.ask(txn_id{}, query{});
        host.ask(txn_id{}, ping{});
        host.send_frame("nonsense", "a frame that holds no message");
        for (int i = 0; i < 8; ++i) {
            const native_said got = host.read(20ms);
            told = told || got.as<error_report>() != nullptr;
        }
    }
    run.require(told, "a flood of requests does not move the end of a hold",
                "error expired at the hold limit", "no error");
    host.must_be_thawed("and everything is released");
    run.require(run.now() - begin < run.limit(limit + 2s), "within the tolerance",
                "the limit and 1 s", fmt::format("{:.0f} ms", milliseconds(run.now() - begin)));
}

// catches: an agent that cannot be told from one that is dead
void keep_alive(run_context& run) {
    native_host host(run);
    (void)host.begin();
    host.require_granted(feature::keep_alive);
    const txn_id txn = host.new_txn();
    const frozen_report frozen = host.freeze(txn);
    const duration span = std::min<duration>(limit_of(frozen) - 1s, 9s);
    const instant end = run.now() + run.limit(span);
    instant last = run.now();
    int seen = 0;
    while (run.now() < end) {
        const native_said got = host.read(end - run.now());
        if (const auto* progress = got.as<progress_report>()) {
            run.require(progress->phase == agent_phase::frozen, "Progress has the state", "frozen",
                        got.words());
            run.require(run.now() - last <= run.limit(5s),
                        "while it holds something an agent sends Progress every 5 s at least",
                        "at most 5 s", fmt::format("{:.0f} ms", milliseconds(run.now() - last)));
            last = run.now();
            ++seen;
        } else {
            break;
        }
    }
    run.require(seen > 0, "while it holds something an agent sends Progress every 5 s at least",
                "progress", "none");
    (void)host.thaw(txn);
}

// catches: an agent that chatters although nobody wants to hear it
void no_keep_alive(run_context& run) {
    native_host host(run);
    (void)host.begin(feature::explicit_prepare | feature::implicit_prepare | feature::hold_limit |
                     feature::transactions);
    const txn_id txn = host.new_txn();
    const duration limit = limit_of(host.freeze(txn));
    host.must_be_quiet("without keep-alive no Progress is sent",
                       std::min<duration>(limit - 1s, 7s));
    (void)host.thaw(txn);
}

// catches: an agent that promises a hold which no application survives
void at_most_a_minute(run_context& run) {
    native_host host(run);
    const hello_ack ack = host.begin();
    run.require(ack.hold_max <= 60s, "no agent announces a hold of more than 60 s", "at most 60 s",
                words_of(ack));
}

// catches: an agent that holds for a minute because nobody has said otherwise
void ten_seconds(run_context& run) {
    native_host host(run);
    (void)host.begin();
    const txn_id txn = host.new_txn();
    const frozen_report got = host.freeze(txn);
    run.require(got.hold_deadline - got.held_since <= 10s,
                "unless something else was agreed on the hold limit is 10 s", "at most 10 s",
                words_of(got));
    host.finish(txn);
}

} // namespace

void native_6_hold(registry& checks) {
    const auto add = [&](clause about, int index, std::string_view title, void (*run)(run_context&),
                         std::vector<capability> needs, duration bound = 100s) {
        checks.add({.about = about,
                    .index = index,
                    .title = title,
                    .needs = std::move(needs),
                    .bound = bound,
                    .run = run});
    };
    using enum capability;
    add(sec<6, 2>::value, 1, "the hold limit undoes the transaction", the_limit, {freeze_target});
    add(sec<6, 2>::value, 2, "a Thaw after the hold limit gets the verdict expired",
        the_verdict_afterwards, {freeze_target});
    add(sec<6, 4>::value, 1, "the deadline never moves", one_deadline, {freeze_target});
    add(sec<6, 5>::value, 1, "a request can lower the hold limit", lower, {freeze_target});
    add(sec<6, 5>::value, 2, "no request raises the hold limit", not_raised, {freeze_target});
    add(sec<6, 6>::value, 1, "who lets go while frozen ends the transaction", lets_go, {});
    add(sec<6, 8>::value, 1, "a flood does not move the end of a hold", a_flood, {freeze_target});
    add(sec<6, 11>::value, 1, "while frozen Progress is sent", keep_alive, {freeze_target});
    add(sec<6, 11>::value, 2, "without keep-alive no Progress is sent", no_keep_alive,
        {freeze_target});
    add(sec<15, 5>::value, 1, "no hold of more than 60 s is announced", at_most_a_minute, {});
    add(sec<15, 6>::value, 1, "the hold limit is 10 s by default", ten_seconds, {freeze_target});
}

} // namespace snapproto::conformance::clauses
