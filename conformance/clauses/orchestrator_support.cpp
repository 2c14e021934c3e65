// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/orchestrator_support.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance::clauses {

void require_freeze_sent(qga_trial& run) {
    run.require(run.guest().count(asked::freeze) > 0, "the guest is asked to freeze",
                "guest-fsfreeze-freeze or -freeze-list",
                fmt::format("{} requests, none of them a freeze; the snapshot ended with {}",
                            run.guest().heard().size(), run.end_words()));
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

heard_request must_have_asked(qga_trial& run, asked what) {
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

std::string words(const qga_trial& run, const std::optional<heard_request>& one) {
    return one ? fmt::format("{} at {}", one->name, run.clock(one->at)) : std::string("nothing");
}

} // namespace snapproto::conformance::clauses
