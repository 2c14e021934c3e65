// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/trial_support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>

namespace snapproto::conformance::clauses {

using namespace std::chrono_literals;

namespace {

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool says_frozen(const trial& run) {
    return run.end() && lower(run.end()->output).find("frozen") != std::string::npos;
}

std::string frozen_words(trial& run) {
    std::string out;
    for (std::size_t i = 0; i < run.guests(); ++i) {
        if (run.side(i).frozen()) {
            out += fmt::format("{}guest {} is frozen since {}", out.empty() ? "" : ", ", i + 1,
                               run.clock(run.side(i).holds().back().from));
        }
    }
    return out;
}

} // namespace

void expect_end(trial& run) {
    run.expect(run.end().has_value(), "a snapshot ends in bounded time, whatever the agent does",
               fmt::format("an end within {:.3g} s",
                           milliseconds(run.limit(run.target().patience())) / 1e3),
               run.end_words());
}

void expect_consistent(trial& run, std::string_view after) {
    run.expect(run.claims_consistent(), fmt::format("the snapshot succeeds after {}", after),
               "a report of success", run.end_words());
}

void expect_not_consistent(trial& run, std::string_view because) {
    run.expect(!run.claims_consistent(), fmt::format("no success is reported when {}", because),
               "a report of failure, or of a copy that is less than consistent", run.end_words());
}

void expect_thawed(trial& run, std::string_view after) {
    run.expect(!run.any_frozen(), fmt::format("no guest stays frozen after {}", after),
               "every guest thawed in the end", frozen_words(run));
}

void expect_thawed_or_told(trial& run, std::string_view after) {
    run.expect(!run.any_frozen() || says_frozen(run),
               fmt::format("no guest stays frozen after {} without anybody being told", after),
               "every guest thawed in the end, or the word \"frozen\" in the output",
               frozen_words(run));
}

void expect_cuts_inside_the_hold(trial& run) {
    for (const seen_cut& one : run.cuts()) {
        for (std::size_t i = 0; i < run.guests(); ++i) {
            const played_side& guest = run.side(i);
            run.expect(guest.held_at(one.begun),
                       fmt::format("a cut begins while guest {} is held", i + 1),
                       "a freeze that was answered before",
                       fmt::format("a cut at {}, not held then", run.clock(one.begun)));
            if (one.over && one.succeeded) {
                run.expect(guest.held_at(*one.over),
                           fmt::format("a cut ends before guest {} is released", i + 1),
                           "a thaw after the cut",
                           fmt::format("the cut ended at {}, not held then", run.clock(*one.over)));
            }
        }
    }
}

void expect_no_cut(trial& run, std::string_view because) {
    run.expect(
        run.cuts().empty(), fmt::format("nothing is cut when {}", because), "no cut",
        run.cuts().empty() ? "" : fmt::format("a cut at {}", run.clock(run.cuts().front().begun)));
}

void expect_bounded_holds(trial& run) {
    const duration most = run.limit(run.target().hold_limit() + 1s);
    for (std::size_t i = 0; i < run.guests(); ++i) {
        for (const hold_span& one : run.side(i).holds()) {
            const duration held = one.until.value_or(run.now()) - one.from;
            run.expect(
                held <= most,
                fmt::format("guest {} is held for a bounded time, whatever the cut does", i + 1),
                fmt::format("at most {:.3g} s", milliseconds(most) / 1e3),
                fmt::format("{:.3g} s, from {}{}", milliseconds(held) / 1e3, run.clock(one.from),
                            one.until ? "" : " on, and it still is"));
        }
    }
}

void require_hold(trial& run) {
    run.require(!run.side(0).holds().empty(), "the guest is asked to freeze", "a freeze",
                fmt::format("{} requests, none of them a freeze; the snapshot ended with {}",
                            run.side(0).requests(), run.end_words()));
}

void expect_never_held(trial& run, std::string_view because) {
    const auto& holds = run.side(0).holds();
    run.expect(holds.empty(), fmt::format("no freeze is sent when {}", because), "no freeze",
               holds.empty() ? "" : fmt::format("a freeze at {}", run.clock(holds.front().from)));
}

void expect_channels_closed(trial& run, std::string_view because) {
    for (const seen_connection& one : run.side(0).connections()) {
        run.expect(one.until.has_value(), fmt::format("the channel is closed when {}", because),
                   "the end of the channel", fmt::format("connection {} is open", one.on.number));
    }
}

// ---- tables -------------------------------------------------------------------------------------

void add_all(registry& checks, std::initializer_list<judged_clause> all) {
    for (const judged_clause& one : all) {
        checks.add({.about = one.about,
                    .index = one.index,
                    .title = one.title,
                    .needs = one.needs,
                    .judge = one.judge});
    }
}

} // namespace snapproto::conformance::clauses
