// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/participant.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<participant_phase>({
    {"IDLE", "no transaction, or not asked yet"},
    {"PREPARED", "it is prepared; it holds nothing"},
    {"HELD", "it is held"},
    {"RELEASED", "it was asked to release, and holds nothing"},
    {"FINISHED", "it knows the result"},
    {"VETOED", "it refused to prepare, or to be held"},
    {"EARLY", "it let go without being asked"},
    {"BROKEN", "it could not be released"},
});

constexpr auto events = words_of<machine::participant_event>({
    {"Prepare", "asked to prepare, it has"},
    {"Veto", "it refuses to prepare, or to be held"},
    {"Hold", "asked to be held, it is"},
    {"Early", "it has let go without being asked"},
    {"Release ok", "a release was asked for and was a real one"},
    {"Not held", "a release was asked for and found nothing held"},
    {"Release failed", "a release was asked for and failed"},
    {"Finish", "it knows the result"},
    {"Reset", "a new transaction begins"},
});

constexpr auto answers = words_of<machine::participant_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"illegal", "the participant or the agent is wrong"},
});

using table = machine::participant::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::participant::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& participant() noexcept {
    static const machine_view view{
        .name = "participant",
        .title = "Participant",
        .about = "What the agent knows of one application, hook or filesystem: it records what is "
                 "held, the agent decides what to ask for.",
        .appendix = "A.4",
        .initial = index_of(participant_phase::idle),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
