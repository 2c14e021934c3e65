// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

namespace snapproto::conformance::clauses {
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
        if (run.guest(i).frozen()) {
            out += fmt::format("{}guest {} is frozen since {}", out.empty() ? "" : ", ", i + 1,
                               run.clock(run.guest(i).holds().back().from));
        }
    }
    return out;
}

} // namespace

void require_freeze_sent(trial& run) {
    run.require(run.guest().count(asked::freeze) > 0, "the guest is asked to freeze",
                "guest-fsfreeze-freeze or -freeze-list",
                fmt::format("{} requests, none of them a freeze; the snapshot ended with {}",
                            run.guest().heard().size(), run.end_words()));
}

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
            const played_agent& guest = run.guest(i);
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

std::optional<heard_request> first_of(const played_agent& guest, asked what) {
    const auto all = guest.heard(what);
    return all.empty() ? std::nullopt : std::optional{all.front()};
}

std::optional<heard_request> first_after(const played_agent& guest, asked what, instant when) {
    const auto& all = guest.heard();
    const auto found = std::find_if(all.begin(), all.end(), [&](const heard_request& one) {
        return one.what == what && one.at > when;
    });
    return found == all.end() ? std::nullopt : std::optional{*found};
}

heard_request must_have_asked(trial& run, asked what) {
    const auto one = first_of(run.guest(), what);
    if (!one) {
        run.inapplicable(fmt::format("it sends no request of this kind: {}", name(what)));
    }
    return *one;
}

std::optional<heard_request> next_after(const played_agent& guest, const heard_request& one) {
    const auto& all = guest.heard();
    bool passed = false;
    for (const heard_request& other : all) {
        if (passed && other.on == one.on) {
            return other;
        }
        passed = passed || (other.on == one.on && other.what == one.what && other.nth == one.nth);
    }
    return std::nullopt;
}

std::string words(const trial& run, const std::optional<heard_request>& one) {
    return one ? fmt::format("{} at {}", one->name, run.clock(one->at)) : std::string("nothing");
}

} // namespace snapproto::conformance::clauses
