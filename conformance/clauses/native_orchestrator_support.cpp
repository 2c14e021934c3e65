// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/native_orchestrator_support.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace snapproto::conformance::clauses {

using namespace std::chrono_literals;

std::optional<native_request> first_of(const played_native& guest, message_kind what) {
    const auto all = guest.heard(what);
    return all.empty() ? std::nullopt : std::optional{all.front()};
}

std::optional<native_request> first_release(const played_native& guest) {
    const auto& all = guest.heard();
    const auto found = std::find_if(all.begin(), all.end(), [](const native_request& one) {
        return one.kind() == message_kind::thaw || one.kind() == message_kind::abort;
    });
    return found == all.end() ? std::nullopt : std::optional{*found};
}

native_request must_hear(native_trial& run, message_kind what) {
    const auto one = first_of(run.guest(), what);
    run.require(one.has_value(), fmt::format("the agent is sent {}", to_string(what)),
                fmt::format("a {}", to_string(what)),
                fmt::format("{} requests, none of them that; the snapshot ended with {}",
                            run.guest().requests(), run.end_words()));
    return *one;
}

void expect_unheard(native_trial& run, message_kind what, std::string_view because) {
    const auto one = first_of(run.guest(), what);
    run.expect(!one, fmt::format("no {} is sent when {}", to_string(what), because),
               fmt::format("no {}", to_string(what)), words(run, one));
}

std::string words(const native_trial& run, const std::optional<native_request>& one) {
    return one ? fmt::format("{} at {}", to_string(one->kind()), run.clock(one->at))
               : std::string{"nothing"};
}

any_message with_header(any_message message, const message_header& head) {
    std::visit([&](auto& one) { one.header = head; }, message);
    return message;
}

void says_before(native_trial& run, message_kind asked, duration later,
                 std::function<any_message(any_message)> instead) {
    run.guest().on(asked, 1,
                   [&run, later, instead = std::move(instead)](const auto&, native_reaction& how) {
                       any_message said = how.answers.front();
                       if (auto* const report = std::get_if<frozen_report>(&said)) {
                           report->held_since = snapproto::instant{5000s};
                           report->hold_deadline = report->held_since + 10s;
                       }
                       run.at(10ms, [&run, bytes = bytes_of(instead(said))] { run.say(0, bytes); });
                       how.after = later;
                   });
}

} // namespace snapproto::conformance::clauses
