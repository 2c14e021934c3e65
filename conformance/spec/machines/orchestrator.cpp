// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/orchestrator_table.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<orchestrator_phase>({
    {"DOWN", "no channel"},
    {"NEG", "negotiating with every agent"},
    {"IDLE", "a session, no transaction"},
    {"PREP", "agents prepare"},
    {"READY", "everybody is prepared: the barrier of a group"},
    {"FREEZE", "agents freeze"},
    {"CUT", "the provider cuts inside the window"},
    {"THAW", "agents thaw"},
    {"COMPL", "agents are told what became of the copy"},
    {"ABORT", "agents undo"},
});

constexpr auto events = words_of<machine::orchestrator_event>({
    {"Up", "the channels of the group are open"},
    {"Start", "the caller asks for a snapshot"},
    {"Go", "the caller opens the barrier of a prepared group"},
    {"Cancel", "the caller changed its mind"},
    {"AckOk", "every agent has agreed to a session"},
    {"AckBad", "an agent agreed to nothing, or to nonsense"},
    {"AllPrepared", "every live agent has answered Prepared"},
    {"AllFrozen", "every live agent has answered Frozen"},
    {"AllThawed", "every live agent has answered Thawed"},
    {"AllDone", "every live agent has answered Completed"},
    {"AllAborted", "every live agent has answered Aborted"},
    {"AnyError", "an agent sent Error"},
    {"AnyNak", "an agent sent Nak"},
    {"CutOk", "the provider has fixed the instant of the copy"},
    {"CutFail", "the provider could not"},
    {"Treply", "a reply is overdue"},
    {"Twindow", "the window is about to close"},
    {"Tlive", "an agent broke the keep-alive contract"},
    {"AnyLost", "a channel ended"},
    {"Stale", "a message of another session or transaction"},
});

constexpr auto answers = words_of<machine::orchestrator_refusal>({
    {"ignore", "a stale event of the orchestrator's own: counted, nothing else"},
    {"drop", "a stale message: counted, nothing else"},
    {"reject", "the caller's mistake: the caller is told, nothing changes"},
});

using table = machine::orchestrator::transition_table;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::orchestrator::refusal_table{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& orchestrator() noexcept {
    static const machine_view view{
        .name = "orchestrator",
        .title = "Orchestrator",
        .about = "The host's side, for a group of agents: it drives the transaction, has the copy "
                 "cut inside the window, and owns the outcome.",
        .appendix = "A.2",
        .initial = index_of(orchestrator_phase::down),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
