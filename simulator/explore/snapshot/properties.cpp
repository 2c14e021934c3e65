// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/properties.hpp"

#include "simulator/explore/snapshot/stage.hpp"

#include <algorithm>
#include <array>

namespace snapproto::explore {
namespace {

constexpr auto all_properties = std::to_array<property_info>({
    {property::window,
     {18, 1},
     "of a success, every participant was held around the cut",
     "report(success): everything was held when the cut began, and nothing let go before its end",
     true},
    {property::no_false_success,
     {18, 2},
     "no success if anybody let go, refused, expired or was lost",
     "report(success): a genuine Thawed(clean) of each agent has arrived and no agent is dirty",
     true},
    {property::honest_label,
     {18, 3},
     "no copy is claimed that was not cut",
     "report(success or degraded): a cut of this snapshot has ended well; the label itself is made "
     "by the endpoint and judged by monitor/outcome.hpp",
     true},
    {property::bounded_hold,
     {18, 4},
     "a held filesystem is always guarded by a limit",
     "state: whoever holds a filesystem has the hold limit running or is releasing; lengths of "
     "time are judged by monitor/hold.hpp",
     true},
    {property::deadlines,
     {18, 5},
     "no deadline moves later",
     "step: no timer but the sequence timer is armed again by an event that changes no state",
     true},
    {property::one_transaction,
     {18, 6},
     "one transaction at a time",
     "step: a transaction begins only while nothing is held",
     true},
    {property::rollback_before_answer,
     {18, 7},
     "nothing is held when a failure is answered",
     "step: an Error other than Stuck is sent only while nothing is held",
     true},
    {property::exactness,
     {18, 8},
     "what is released is what was held",
     "step: a release is begun of what was asked to hold; with states_hold: and of all of it",
     true},
    {property::order,
     {18, 9},
     "applications first, filesystems released first, each once",
     "step: begin of each hold and release",
     true},
    {static_cast<property>(10),
     {18, 10},
     "nothing blocks on a held filesystem",
     "not in this model: what may block is inside the agent; shown by the effect on real "
     "filesystems (snapcheck, clauses 27.12 and 29.5)",
     false},
    {property::idempotence,
     {18, 11},
     "repeated Thaw and Abort have one effect and one verdict",
     "step: all Thawed of a transaction say the same",
     true},
    {property::stale_safety,
     {18, 12},
     "a message of another session or transaction changes nothing",
     "step: state before and after, and the true number of every answer that is accepted",
     true},
    {property::negotiated_only,
     {18, 13},
     "nothing but Hello before agreement",
     "step: what either side sends before HelloAck",
     true},
    {property::input_safety,
     {18, 14},
     "no input holds, forgets a hold or stops the agent",
     "step: garbage changes nothing, holds need a Freeze, exits need a stop; bytes are the codec's "
     "tests' and the fuzzers' business",
     true},
    {property::truthful_thawed,
     {18, 15},
     "clean means that every release was a real one",
     "step: Thawed(clean) is not sent for a transaction in which anybody let go or expired",
     true},
    {property::exit_safety,
     {18, 16},
     "the agent ends only when nothing is held",
     "step: exit while nothing is held; neither Frozen nor Thawed(clean) after a stop",
     true},
    {property::group_atomicity,
     {18, 17},
     "no cut before all are frozen, no cut ok before all cuts are done",
     "step: the cut begins after the last Frozen; Thaw(cut ok) only after a good cut and with a "
     "fate that is ok",
     true},
    {property::clone_safety,
     {18, 18},
     "identities are renewed first, the session agreed anew",
     "step: no application is released before the renewal, nothing sent before HelloAck",
     true},
    {property::one_answer,
     {18, 19},
     "one terminal answer for each request",
     "step: no answer without its request; state: an agent at rest owes none",
     true},
    {property::cut_not_ready,
     {18, 20},
     "thaw never waits for ready",
     "step: the report of a good cut makes the Thaw at once",
     true},
    {property::freeze_ends,
     {18, 21},
     "every accepted Freeze is answered",
     "rest: no request is open when nothing can happen any more",
     true},
    {property::hold_ends,
     {18, 22},
     "every hold ends, also if the host is silent for ever",
     "each state with something held: all ways of the agent alone lead to a release",
     true},
    {property::returns, {18, 23}, "the agent returns to rest", "rest: idle, and no cycles", true},
    {property::one_outcome,
     {18, 24},
     "every Start has one outcome",
     "step: no second report; rest: none is due",
     true},
    {property::no_wedge,
     {18, 25},
     "a fresh Hello succeeds after anything",
     "rest: the session is open again",
     true},
    {static_cast<property>(26),
     {18, 26},
     "the keep-alive contract",
     "not in this model, which has no lengths of time: judged by monitor/liveness.hpp",
     false},
    {property::states_hold,
     {1, 7},
     "each state holds what it says it holds",
     "state: OFF, IDLE, PREP, READY and AWAIT nothing, RESUME no filesystem, FROZEN everything",
     true},
    {property::never_crashes,
     {1, 4},
     "every event is dealt with in every state",
     "step: no assertion of a machine fails",
     true},
    {property::steps_begin,
     {5, 2},
     "one step after the other: prepare, quiesce, freeze, thaw, resume",
     "step: each phase begins with its step, and follows the one before it",
     true},
    {property::questions,
     {2, 14},
     "Query and Ping are answered at once and change nothing",
     "step: exactly Status or Pong, and only READY and AWAIT count the Ping as heard",
     true},
    {property::repetition,
     {3, 9},
     "a repeated request gets Progress or the remembered answer and does nothing",
     "step: exactly that answer, no change; the end of a transaction is remembered",
     true},
    {property::nak_codes,
     {3, 14},
     "what the state does not allow is refused with BadState",
     "step: the code of a Nak that a row sends",
     true},
    {property::way_back,
     {8, 6},
     "what spoils a transaction undoes it, by the way that releases everything",
     "step: through THAW from FREEZE and FROZEN, else through RESUME, and the step in work is "
     "cancelled first",
     true},
    {property::first_reason,
     {7, 13},
     "the first reason is the one that is reported",
     "step: the reason of each event, kept until the verdict or Error that tells it",
     true},
    {property::stuck_is_told,
     {7, 10},
     "a release that fails is STUCK, said at once and tried again",
     "step: Error(stuck) unless an answer is owed; whatever may help leads back to THAW",
     true},
    {property::warnings,
     {7, 11},
     "what changes no verdict and no outcome is a warning",
     "step: a warning or alarm where a clause names one, and nowhere else",
     true},
    {property::result_is_told,
     {9, 8},
     "every participant learns the true result, once and first",
     "step: told when the transaction ends, before any message",
     true},
    {property::recovery,
     {9, 5},
     "a recovery runs once and its end is told",
     "step: begin, Recovered, Error, and what is given up",
     true},
    {property::versions,
     {2, 5},
     "a Hello gets the HelloAck that it deserves",
     "step: agreed as the versions are, for the Hello that came last; refused leads to OFF",
     true},
    {property::correlation,
     {3, 1},
     "every message carries its session and transaction",
     "step: those of the agent or of the request",
     true},
    {property::session_ends,
     {8, 8},
     "loss, clone and stop end the session",
     "step: what is to follow is noted, and done at the end; nothing is sent meanwhile",
     true},
    {property::limits,
     {15, 3},
     "every phase has a limit of its own",
     "state: the timers that run are those of the phase",
     true},
    {property::group_is_undone,
     {12, 12},
     "a failure of one makes the fate bad and releases the group",
     "step: fate, phase, the cut that is given up, the agent that counts as lost or unknown",
     true},
    {property::late_copy,
     {12, 11},
     "a copy that comes too late is discarded",
     "step: the report of a cut in each phase",
     true},
    {property::orders,
     {12, 1},
     "every order goes once to every live agent",
     "step: which, to whom, of which transaction, with the true outcome and result",
     true},
    {property::true_outcome,
     {12, 27},
     "the outcome is what the record says",
     "step: success, and a copy that is not kept is thrown away",
     true},
    {property::channels_close,
     {2, 18},
     "closing is what ends a conversation that failed",
     "step: DOWN exactly when a clause says so, with all channels closed",
     true},
    {property::participants,
     {14, 3},
     "a participant is what it was last found to be",
     "step: each event leads to the state that it names",
     true},
    {property::provider,
     {13, 3},
     "a provider is what it was last found to be, and a discarded copy is thrown away",
     "step: each event leads to the state that it names; reports once, and of what happened",
     true},
});

} // namespace

std::span<const property_info> properties() {
    return all_properties;
}

const property_info& info_of(property number) {
    return *std::find_if(all_properties.begin(), all_properties.end(),
                         [&](const property_info& one) { return one.number == number; });
}

namespace {

// Which timers run in a phase (SP 15.3). Frozen has the hold limit, which begins and ends with what
// is held.
[[nodiscard]] bool has_its_limits(const agent_world& a) {
    const auto runs = [&](machine::agent_timer timer) {
        return (a.timers >> static_cast<unsigned>(timer) & 1U) != 0;
    };
    const auto phase = a.machine.phase;
    const bool works = phase == agent_phase::prep || phase == agent_phase::quiesce ||
                       phase == agent_phase::freeze || phase == agent_phase::thaw ||
                       phase == agent_phase::resume ||
                       (phase == agent_phase::await && a.machine.data.recovering);
    return runs(machine::agent_timer::phase) == works &&
           runs(machine::agent_timer::sequence) ==
               (phase == agent_phase::ready || phase == agent_phase::await) &&
           runs(machine::agent_timer::retry) == (phase == agent_phase::stuck);
}

[[nodiscard]] bool has_its_limits(const world_host& w) {
    switch (w.host.phase) {
    case orchestrator_phase::down:
    case orchestrator_phase::idle:
    case orchestrator_phase::ready:
        return !w.reply_timer && !w.window_timer;
    case orchestrator_phase::cut:
        return !w.reply_timer && w.window_timer;
    case orchestrator_phase::freeze:
        return w.reply_timer;
    default:
        return w.reply_timer && !w.window_timer;
    }
}

} // namespace

property stage::check_state() const {
    property broken = m_options.judges(property::limits) && !has_its_limits(w) ? property::limits
                                                                               : property::none;
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        broken = graver(broken, check_agent(w.agents[i]));
    }
    return broken;
}

property stage::check_agent(const agent_world& a) const {
    if (a.alive != life::running) {
        return property::none;
    }
    property broken = property::none;
    const auto demand = [&](bool holds, property otherwise) {
        if (!holds && broken == property::none && m_options.judges(otherwise)) {
            broken = otherwise;
        }
    };
    const bool holds_filesystem = holds_truly(a, true);
    switch (a.machine.phase) {
    case agent_phase::off:
    case agent_phase::idle:
    case agent_phase::await:
        // A client that is gone waits for nothing.
        demand((a.ghost.open.bits & ~a.gone.bits) == 0, property::one_answer);
        [[fallthrough]];
    case agent_phase::prep:
    case agent_phase::ready:
        demand(!holds_truly(a, false), property::states_hold);
        break;
    case agent_phase::resume:
        demand(!holds_filesystem, property::states_hold);
        break;
    case agent_phase::frozen:
        for (std::size_t p = 0; p < m_options.participants; ++p) {
            const auto& one = a.participants[p];
            demand(!one.asked ||
                       (one.phase == participant_phase::held && (one.held || a.ghost.dirty)),
                   property::states_hold);
        }
        [[fallthrough]];
    case agent_phase::freeze:
        demand(!holds_filesystem ||
                   (a.timers >> static_cast<unsigned>(machine::agent_timer::hold) & 1U) != 0,
               property::bounded_hold);
        break;
    default:
        break;
    }
    demand(has_its_limits(a), property::limits);
    return broken;
}

property stage::check_rest() const {
    property broken = property::none;
    const auto demand = [&](bool holds, property otherwise) {
        if (!holds && broken == property::none && m_options.judges(otherwise)) {
            broken = otherwise;
        }
    };
    for (std::size_t i = 0; i < m_options.agents; ++i) {
        const agent_world& a = w.agents[i];
        demand(a.ghost.open.bits == 0, property::freeze_ends);
        demand(is_idle(a.machine.phase), property::returns);
        demand(!a.link.owes_thaw, property::returns);
    }
    demand(!w.report_due, property::one_outcome);
    demand(w.host.phase == orchestrator_phase::idle && w.started == m_options.sessions,
           property::no_wedge);
    return broken;
}

} // namespace snapproto::explore
