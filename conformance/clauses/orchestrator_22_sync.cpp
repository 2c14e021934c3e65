// SPDX-License-Identifier: BSL-1.0
// SP 22.10 to 22.12: how an orchestrator synchronises.
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <set>

namespace snapproto::conformance::clauses {
namespace {

using namespace std::chrono_literals;

// catches: an orchestrator that takes a channel for clean
void synchronises_first(qga_trial& run) {
    run.snapshot();
    for (const seen_connection& opened : run.guest().connections()) {
        const connection on = opened.on;
        for (const heard_request& one : run.guest().heard()) {
            if (one.on == on) {
                run.expect(one.what == asked::sync,
                           "the first request on a channel is a synchronisation",
                           "guest-sync or guest-sync-delimited", one.name);
                break;
            }
        }
    }
    run.require(!run.guest().heard().empty(), "the agent is asked something", "a request",
                "nothing; the snapshot ended with " + run.end_words());
}

// catches: an orchestrator that goes on after a time-out as if nothing had happened
void synchronises_after_a_time_out(qga_trial& run, asked what) {
    run.guest().on(what, 1, [](const auto&, reaction& how) {
        how.answers = false;
        how.step = hold_step::none;
    });
    run.snapshot();
    const heard_request unanswered = must_have_asked(run, what);
    const auto next = next_after(run.guest(), unanswered);
    if (!next) {
        run.inapplicable("it says nothing more on this channel");
    }
    run.expect(next->what == asked::sync,
               "what follows on a request without a reply is a synchronisation",
               "guest-sync or guest-sync-delimited", words(run, next));
}

void synchronises_after_silence_on_thaw(qga_trial& run) {
    synchronises_after_a_time_out(run, asked::thaw);
}

void synchronises_after_silence_on_freeze(qga_trial& run) {
    synchronises_after_a_time_out(run, asked::freeze);
}

// catches: constant ids, ids from the process number
void uses_fresh_ids(qga_trial& run) {
    run.guest().on(asked::sync, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.guest().on(asked::freeze, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.snapshot();
    std::set<std::int64_t> ids;
    for (const heard_request& one : run.guest().heard(asked::sync)) {
        run.expect(ids.insert(one.sync_id).second, "every synchronisation has an id of its own",
                   "an id not used before",
                   fmt::format("{} again at {}", one.sync_id, run.clock(one.at)));
    }
}

/// The first synchronisation is answered late, behind these bytes; nothing may be asked before.
void waits_for_its_own_id(qga_trial& run, const std::string& lead, std::string_view what) {
    const auto answered = std::make_shared<std::optional<instant>>();
    run.guest().on(asked::sync, 1, [&run, lead, answered](const heard_request& one, reaction& how) {
        run.at(2ms, [&run, lead] { run.say(0, lead); });
        run.at(500ms, [&run, answered] { *answered = run.now(); });
        how.after = 500ms;
        (void)one;
    });
    run.snapshot();
    for (const heard_request& one : run.guest().heard()) {
        if (one.what != asked::sync) {
            run.expect(*answered && one.at >= **answered,
                       fmt::format("{} in front of the reply is passed over", what),
                       "no command before the reply with the id of the synchronisation",
                       words(run, one));
            break;
        }
    }
    expect_consistent(run, what);
    expect_thawed(run, what);
}

// catches: an orchestrator that takes the first line for the reply
void passes_over_stale_replies(qga_trial& run) {
    waits_for_its_own_id(run, "{\"return\": 1}\n{\"return\": \"thawed\"}\n{\"return\": {}}\n",
                         "replies to somebody else");
}

// catches: one error line ends it
void passes_over_errors(qga_trial& run) {
    waits_for_its_own_id(run,
                         "{\"error\": {\"class\": \"GenericError\", \"desc\": \"JSON parse "
                         "error\"}}\n{\"error\": {\"class\": \"CommandNotFound\", \"desc\": "
                         "\"The command x has not been found\"}}\n",
                         "errors of somebody else's requests");
}

// catches: one line of noise makes the channel bad for ever
void passes_over_noise(qga_trial& run) {
    waits_for_its_own_id(
        run, "[    2.1] virtio_blk virtio2: [vda]\n{\"return\": \n}}]]\n\xFE\x80\n", "noise");
}

// catches: a new synchronisation for each line that is not its own, which never catches up
void reads_on_instead_of_asking_again(qga_trial& run) {
    std::string stale;
    for (int i = 0; i < 17; ++i) {
        stale += fmt::format("{{\"return\": {}}}\n", 1000 + i);
    }
    run.guest().on(asked::sync, 1, [&run, stale](const auto&, reaction& how) {
        run.at(2ms, [&run, stale] { run.say(0, stale); });
        how.after = 200ms;
    });
    run.snapshot();
    const std::size_t before_first_command = [&] {
        std::size_t count = 0;
        for (const heard_request& one : run.guest().heard()) {
            if (one.what != asked::sync) {
                break;
            }
            ++count;
        }
        return count;
    }();
    run.expect(before_first_command <= 3, "stale replies are read, not answered",
               "at most 3 synchronisations, for 17 stale replies",
               fmt::format("{}", before_first_command));
    expect_consistent(run, "17 stale replies");
}

// catches: one lost synchronisation and the guest is unreachable, or for ever waited for
void begins_again_or_gives_up(qga_trial& run) {
    run.guest().on(asked::sync, 1, [](const auto&, reaction& how) { how.answers = false; });
    run.snapshot();
    expect_end(run);
    expect_thawed(run, "a synchronisation that was not answered");
    expect_cuts_inside_the_hold(run);
}

// catches: nobody who reads the schema would guess it, but no orchestrator sends it
void sends_the_sentinel(qga_trial& run) {
    run.snapshot();
    const heard_request first = must_have_asked(run, asked::sync);
    run.expect(first.behind_ff, "a 0xFF comes before the synchronisation", "the byte 0xFF",
               "only " + first.name);
}

// catches: half a request of somebody who has gone makes the guest unreachable
void gets_through_half_a_request(qga_trial& run) {
    run.guest().start_wedged();
    run.snapshot();
    expect_consistent(run, "half a request of a former client");
}

} // namespace

void orchestrator_22_sync(registry& checks) {
    checks.add({.about = sec<22, 10>::value,
                .index = 1,
                .title = "the orchestrator synchronises before the first command on a channel",
                .judge = on<synchronises_first>});
    checks.add({.about = sec<22, 10>::value,
                .index = 2,
                .title = "it synchronises after a thaw that was not answered",
                .judge = on<synchronises_after_silence_on_thaw>});
    checks.add({.about = sec<22, 10>::value,
                .index = 3,
                .title = "it synchronises after a freeze that was not answered",
                .judge = on<synchronises_after_silence_on_freeze>});
    checks.add({.about = sec<22, 10>::value,
                .index = 4,
                .title = "every synchronisation of the orchestrator has a fresh id",
                .judge = on<uses_fresh_ids>});
    checks.add({.about = sec<22, 11>::value,
                .index = 1,
                .title = "replies to somebody else before the synchronisation's are passed over",
                .judge = on<passes_over_stale_replies>});
    checks.add({.about = sec<22, 11>::value,
                .index = 2,
                .title = "error lines before the synchronisation's reply are passed over",
                .judge = on<passes_over_errors>});
    checks.add({.about = sec<22, 11>::value,
                .index = 3,
                .title = "noise before the synchronisation's reply is passed over",
                .judge = on<passes_over_noise>});
    checks.add({.about = sec<22, 11>::value,
                .index = 4,
                .title = "stale replies are not answered with ever new synchronisations",
                .judge = on<reads_on_instead_of_asking_again>});
    checks.add({.about = sec<22, 11>::value,
                .index = 5,
                .title = "a synchronisation without a reply is begun again or ends the snapshot",
                .judge = on<begins_again_or_gives_up>});
    checks.add({.about = sec<22, 12>::value,
                .index = 1,
                .title = "the orchestrator sends 0xFF before it synchronises",
                .judge = on<sends_the_sentinel>});
    checks.add({.about = sec<22, 12>::value,
                .index = 2,
                .title = "half a request of a former client does not make the guest unreachable",
                .judge = on<gets_through_half_a_request>});
}

} // namespace snapproto::conformance::clauses
