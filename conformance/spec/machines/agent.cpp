// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/agent_correlation.hpp"
#include "snapproto/machine/agent_table.hpp"

#include <utility>
#include <vector>

namespace snapproto::conformance::machine_views {
namespace {

namespace table = snapproto::machine::agent;
using machine::agent_event;
using machine::agent_refusal;

constexpr auto states = words_of<agent_phase>({
    {"OFF", "no session; nothing is held"},
    {"IDLE", "a session, no transaction; nothing is held"},
    {"PREP", "participants are being prepared; nothing is held"},
    {"READY", "everything in scope is prepared; nothing is held"},
    {"QUIESCE", "applications are being held"},
    {"FREEZE", "filesystems are being held; every application in scope is held"},
    {"FROZEN", "everything in scope is held: the window may be open"},
    {"THAW", "filesystems are being released"},
    {"RESUME", "applications are being released; no filesystem is held"},
    {"AWAIT", "everything was released after a clean hold; Complete is to come"},
    {"STUCK", "a filesystem refuses to be released"},
});

constexpr auto events = words_of<agent_event>({
    {"Hello", "the orchestrator opens a session"},
    {"Query", "it asks for the state"},
    {"Ping", "it asks for a sign of life"},
    {"Prepare", "it asks to prepare"},
    {"Freeze", "it asks to hold everything"},
    {"Thaw", "it asks to release everything"},
    {"Complete", "it says what became of the copy"},
    {"Abort", "it asks to undo"},
    {"Recover", "it asks to repair the copy"},
    {"BadMsg", "something arrived that is no message"},
    {"Lost", "the channel ended"},
    {"Done", "the step in work has succeeded for everybody in scope"},
    {"Fail", "the step in work has failed, and the rest of it has ended"},
    {"Early", "a participant was found to have let go"},
    {"Tphase", "the limit of the step in work has passed"},
    {"Thold", "the hold limit has passed"},
    {"Tseq", "the orchestrator has been silent for too long"},
    {"Tretry", "it is time to try again to release what is stuck"},
    {"Stop", "the agent is told to end"},
    {"GenChange", "the virtual machine was restored or cloned"},
});

constexpr auto answers = words_of<agent_refusal>({
    {"ignore", "a stale event of the agent's own: counted, nothing else"},
    {"drop", "malformed input without a session: no answer"},
    {"Nak(NoSession)", "there is no session"},
    {"Nak(Busy)", "another transaction is running or being undone"},
    {"Nak(BadState)", "the request means nothing in this state"},
    {"Nak(UnknownTxn)", "the transaction is neither the running one nor the last one"},
    {"Nak(Stale)", "the transaction has ended"},
    {"Nak(Malformed)", "the input was no message"},
    {"Nak(Stuck)", "a filesystem is stuck: nothing new begins"},
});

constexpr auto rows = rows_of(table::transition_table{});
constexpr auto refusals = refusals_of(table::refusal_table{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table::transition_table>);

// Found by asking the rule itself about every request in every state, with each transaction that it
// can name beside the running one.
std::vector<machine_precedence> ask_the_rule() {
    constexpr txn_id none{};
    constexpr txn_id last{1};
    constexpr txn_id running{2};
    constexpr txn_id other{3};
    std::vector<machine_precedence> found;
    const auto ask = [&](agent_phase phase, agent_event event) {
        const bool runs = phase != agent_phase::off && phase != agent_phase::idle;
        machine::agent_data data;
        data.last_txn = last;
        data.txn = runs ? running : none;
        const auto first = found.size();
        for (const auto& [txn, named] : {std::pair{none, "none"}, std::pair{last, "the last one"},
                                         std::pair{other, "another"}}) {
            const auto refused =
                machine::refuse_by_transaction(phase, data, {.kind = event, .txn = txn});
            if (!refused) {
                continue;
            }
            const auto how = index_of(refused->first);
            if (found.size() > first && found.back().how == how &&
                found.back().governed_by == refused->second) {
                found.back().condition.append(" or ").append(named);
            } else {
                found.push_back({index_of(phase), index_of(event), named, how, refused->second});
            }
        }
    };
    for (std::size_t from = 0; from < states.size(); ++from) {
        for (std::size_t event = 0; event < events.size(); ++event) {
            ask(static_cast<agent_phase>(from), static_cast<agent_event>(event));
        }
    }
    return found;
}

} // namespace

const machine_view& agent() noexcept {
    static const std::vector<machine_precedence> before = ask_the_rule();
    static const machine_view view{
        .name = "agent",
        .title = "Agent",
        .about = "The guest's side: it owns the participants and answers for the guest's safety. "
                 "Whatever happens, what is held is released within a bound.",
        .appendix = "A.1",
        .initial = index_of(agent_phase::off),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = before};
    return view;
}

} // namespace snapproto::conformance::machine_views
