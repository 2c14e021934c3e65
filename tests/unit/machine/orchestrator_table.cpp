// SPDX-License-Identifier: BSL-1.0
//
// The orchestrator's table seen from the outside: total, its guards a partition, its clauses those
// of the document, every cell what the abstract protocol says in every state that a group of two
// agents comes into under every policy, and what must hold of every outcome that is reported.

#include <tests/support/spec_document.hpp>
#include <tests/unit/machine/orchestrator_driver.hpp>
#include <tests/unit/machine/words.hpp>

#include <snapproto/machine/describe.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

using namespace snapproto;
using namespace snapproto::machine;
using namespace snapproto::tests;

namespace {

using event = orchestrator_event;
using effect = orchestrator_effect_kind;
using phase = orchestrator_phase;

constexpr std::string_view state_names[] = {"DOWN",   "NEG", "IDLE", "PREP",  "READY",
                                            "FREEZE", "CUT", "THAW", "COMPL", "ABORT"};
constexpr std::string_view event_names[] = {
    "Up",        "Start",     "Go",      "Cancel",     "AckOk",    "AckBad", "AllPrepared",
    "AllFrozen", "AllThawed", "AllDone", "AllAborted", "AnyError", "AnyNak", "CutOk",
    "CutFail",   "Treply",    "Twindow", "Tlive",      "AnyLost",  "Stale"};
static_assert(std::size(state_names) == value_count<phase>);
static_assert(std::size(event_names) == value_count<event>);

template <class Enum>
std::size_t number(Enum value) {
    return static_cast<std::size_t>(value);
}

std::string name_of(phase p, event e) {
    return std::string{state_names[number(p)]} + " x " + std::string{event_names[number(e)]};
}

bool in_transaction(phase p) {
    return p != phase::down && p != phase::neg && p != phase::idle;
}

// ---- an outsider's account --------------------------------------------------------------------

// What is known of the transaction to somebody who sees events, answers and effects only.
struct account {
    bool running = false;
    bool asked_anybody = false;
    bool all_frozen = false; ///< Every live agent has said Frozen, none was lost since the start.
    bool cut_asked = false;
    bool cut_done = false; ///< CutOk arrived while the cut was wanted.
    bool failed = false;   ///< Anything after which success would be false.
    bool aborted = false;
    bool told_cut_ok = false;
};

struct node {
    orchestrator_state state;
    account known;
};

std::string key_of(const node& n) {
    const auto image = to_image(n.state);
    std::string key(reinterpret_cast<const char*>(image.data()), image.size());
    key.push_back(static_cast<char>(n.known.running | n.known.asked_anybody << 1 |
                                    n.known.all_frozen << 2 | n.known.cut_asked << 3 |
                                    n.known.cut_done << 4 | n.known.failed << 5 |
                                    n.known.aborted << 6));
    key.push_back(static_cast<char>(n.known.told_cut_ok));
    return key;
}

// Something that keeps a transaction from being a success (chapter 12 of the specification).
bool is_failure(phase p, event e) {
    if (!in_transaction(p) || p == phase::complete) {
        return false;
    }
    switch (e) {
    case event::cancel:
        return p != phase::thaw && p != phase::abort;
    case event::any_error:
    case event::any_nak:
    case event::any_lost:
        return true;
    case event::liveness_expired:
        return p != phase::abort;
    case event::cut_failed:
        return p == phase::cut;
    case event::reply_expired:
        return p == phase::prep || p == phase::freeze || p == phase::thaw;
    case event::window_expired:
        return p == phase::freeze || p == phase::cut;
    default:
        return false;
    }
}

std::vector<std::string> follow(account& a, const orchestrator_state& before,
                                const orchestrator_input& input, const orchestrator_step& step) {
    std::vector<std::string> wrong;
    const auto require = [&](bool condition, const char* sentence) {
        if (!condition) {
            wrong.emplace_back(sentence);
        }
    };
    const phase p = before.phase;
    if (step.row < 0) {
        require(step.after == before && step.effects.empty(), "a refused event has an effect");
        return wrong;
    }
    if (input.kind == event::start && p == phase::idle) {
        a = {};
        a.running = true;
        a.asked_anybody = before.data.live != 0;
        a.failed = !a.asked_anybody;
    }
    a.failed |= is_failure(p, input.kind);
    a.all_frozen |= input.kind == event::all_frozen && p == phase::freeze;
    a.cut_done |= input.kind == event::cut_ok && p == phase::cut;
    std::size_t reports = 0;
    for (const auto& e : step.effects) {
        switch (e.kind) {
        case effect::cut:
            require(a.all_frozen && (!a.failed || !a.asked_anybody),
                    "a cut before everybody is frozen");
            require(!a.cut_asked, "a second cut");
            a.cut_asked = true;
            break;
        case effect::abandon_cut:
            require(a.cut_asked && !a.cut_done, "a cut is abandoned that is not in work");
            break;
        case effect::send_thaw:
            require((e.outcome == cut_outcome::ok) == (a.cut_done && !a.failed),
                    "Thaw tells another outcome than that of the cut");
            a.told_cut_ok |= e.outcome == cut_outcome::ok;
            break;
        case effect::send_abort:
            require(a.failed, "Abort in a transaction that goes well");
            a.aborted = true;
            break;
        case effect::send_complete:
            require(e.result != copy_result::kept || a.cut_done, "a copy is kept that is none");
            break;
        case effect::report:
            ++reports;
            if (p != phase::down) {
                require(a.running, "a report without a transaction");
                const bool good = a.cut_done && !a.failed && !a.aborted && a.asked_anybody &&
                                  before.data.spoiled == 0 && before.data.unknown == 0;
                require((e.reported == session_outcome::success) == good,
                        "success is reported of a failure, or failure of a success");
                require(e.reported != session_outcome::degraded || a.cut_done,
                        "a degraded copy that is none");
                a.running = false;
            } else {
                require(e.reported == session_outcome::failed, "success without a session");
            }
            break;
        case effect::discard_copy:
            require(input.kind == event::cut_ok || a.cut_done, "a copy is discarded that is none");
            break;
        default:
            break;
        }
        const bool message = e.kind == effect::send_prepare || e.kind == effect::send_freeze ||
                             e.kind == effect::send_thaw || e.kind == effect::send_complete ||
                             e.kind == effect::send_abort;
        require(!message || (e.to & ~before.data.live) == 0, "a message to a lost agent");
    }
    const bool ends = in_transaction(p) && !in_transaction(step.after.phase);
    require(reports == (ends || (p == phase::down && input.kind == event::start &&
                                 !before.data.policy.crash_copy_allowed)
                            ? 1U
                            : 0U),
            "a transaction ends without a report, or reports before its end");
    require(a.running == in_transaction(step.after.phase), "a transaction without a state for it");
    require((step.after.data.answered & ~step.after.data.live) == 0, "a lost agent has answered");
    require(step.after.data.outlook >= before.data.outlook || !in_transaction(step.after.phase) ||
                p == phase::idle,
            "the fate becomes better");
    return wrong;
}

// ---- the space --------------------------------------------------------------------------------

std::vector<orchestrator_input> inputs_for(const orchestrator_state& s) {
    std::vector<orchestrator_input> inputs;
    const auto ready = due(s);
    for (std::size_t i = 0; i < value_count<event>; ++i) {
        const auto kind = static_cast<event>(i);
        switch (kind) {
        case event::up:
            inputs.push_back({.kind = kind, .agents = 3});
            break;
        case event::start:
            inputs.push_back({.kind = kind, .txn = {1}, .go_at_once = true});
            inputs.push_back({.kind = kind, .txn = {1}, .go_at_once = false});
            break;
        case event::any_error:
        case event::any_nak:
        case event::any_lost:
            for (agent_index agent = 0; agent < 2; ++agent) {
                // An agent that is gone cannot be heard or lost again.
                if (!in_transaction(s.phase) || (s.data.live >> agent & 1U) != 0) {
                    inputs.push_back({.kind = kind, .agent = agent});
                }
            }
            break;
        case event::ack_ok:
        case event::all_prepared:
        case event::all_frozen:
        case event::all_thawed:
        case event::all_done:
        case event::all_aborted:
            // Where the table has a row for it, the event is made by `due` alone.
            if (ready == kind || run(s, {.kind = kind}).row < 0) {
                inputs.push_back({.kind = kind});
            }
            break;
        default:
            inputs.push_back({.kind = kind});
        }
    }
    return inputs;
}

struct space {
    std::vector<node> nodes;
    std::vector<std::string> objections;
    std::vector<std::size_t> taken;
    std::size_t transitions = 0;
    std::size_t effects_max = 0;
};

space explore() {
    space s;
    s.taken.resize(orchestrator_cells().size());
    std::unordered_map<std::string, std::size_t> seen;
    const auto add = [&](const node& n) {
        if (seen.emplace(key_of(n), s.nodes.size()).second) {
            s.nodes.push_back(n);
        }
    };
    for (unsigned bits = 0; bits < 16; ++bits) {
        add({fresh_orchestrator({.explicit_prepare = (bits & 1U) != 0,
                                 .completion = (bits & 2U) != 0,
                                 .crash_copy_allowed = (bits & 4U) != 0,
                                 .keep_degraded = (bits & 8U) != 0,
                                 .abort_resends_max = 1}),
             {}});
    }
    for (std::size_t at = 0; at < s.nodes.size(); ++at) {
        const node from = s.nodes[at];
        for (agent_index agent = 0; agent < 2; ++agent) {
            for (const verdict outcome : {verdict::clean, verdict::early}) {
                if (outcome == verdict::clean || from.state.phase == phase::thaw) {
                    add({answered(from.state, agent, outcome), from.known});
                }
            }
        }
        for (const auto& input : inputs_for(from.state)) {
            account known = from.known;
            const auto step = run(from.state, input);
            ++s.transitions;
            s.effects_max = std::max(s.effects_max, step.effects.size());
            if (step.row >= 0) {
                ++s.taken.at(static_cast<std::size_t>(step.row));
            } else {
                for (std::size_t i = orchestrator_row_count(); i < s.taken.size(); ++i) {
                    const auto& cell = orchestrator_cells()[i];
                    s.taken[i] += cell.from == from.state.phase && cell.event == input.kind;
                }
            }
            for (const auto& sentence : follow(known, from.state, input, step)) {
                if (s.objections.size() < 10) {
                    s.objections.push_back(sentence + ": " + name_of(from.state.phase, input.kind) +
                                           " in " + describe(from.state));
                }
            }
            add({step.after, known});
        }
    }
    return s;
}

const space& the_space() {
    static const space s = explore();
    return s;
}

// ---- the words, given a meaning ---------------------------------------------------------------

struct seen_step {
    phase to{};
    bool refused = false;
    std::set<std::string> effects;
    fate outlook{};

    friend bool operator==(const seen_step&, const seen_step&) = default;
};

std::string shown(const seen_step& s) {
    std::string text = (s.refused ? "refused >" : ">") + std::string{state_names[number(s.to)]} +
                       " fate=" + std::string{to_string(s.outlook)} + " {";
    for (const auto& e : s.effects) {
        text += " " + e;
    }
    return text + " }";
}

seen_step observed(const orchestrator_step& step) {
    seen_step s;
    s.to = step.after.phase;
    s.refused = step.row < 0;
    s.outlook = step.after.data.outlook;
    for (const auto& e : step.effects) {
        if (e.kind != effect::arm && e.kind != effect::disarm) {
            s.effects.insert(std::string{to_string(e.kind)});
        }
    }
    return s;
}

seen_step expected(std::string_view words, const orchestrator_state& before,
                   const orchestrator_input& input) {
    seen_step s;
    s.to = before.phase;
    s.outlook = before.data.outlook;
    const auto& d = before.data;
    const auto says = [&](std::string_view part) { return words.find(part) != words.npos; };
    const auto worsen = [&](fate to) {
        if (s.outlook == fate::ok) {
            s.outlook = to;
        }
    };
    const auto forget = [&] { s.outlook = fate::ok; };
    const auto report = [&] {
        s.effects.insert("report");
        const bool lost_now = input.kind == event::any_lost;
        const bool good = s.outlook == fate::ok && d.cut == cut_progress::ok && d.unknown == 0 &&
                          d.spoiled == 0 && !lost_now;
        if (d.cut == cut_progress::ok && !good &&
            (s.outlook == fate::failed || !d.policy.keep_degraded)) {
            s.effects.insert("discard_copy");
        }
        forget();
    };
    // The cells with more than one reading.
    if (words == "-" || words == "reject" || words == "drop") {
        s.refused = true;
        return s;
    }
    if (words == "policy") {
        s.effects.insert(d.policy.crash_copy_allowed ? "cut_unassisted" : "report");
        return s;
    }
    if (words == "Prepare* >PREP") { // a dialect without prepare goes straight to FREEZE
        s.to = d.policy.explicit_prepare ? phase::prep : phase::freeze;
        s.effects.insert(d.policy.explicit_prepare ? "send_prepare" : "send_freeze");
        s.outlook = d.live == 0 ? fate::bad : fate::ok;
        return s;
    }
    if (words == ">READY / auto: Freeze* >FREEZE") {
        s.to = d.go_noted ? phase::freeze : phase::ready;
        if (d.go_noted) {
            s.effects.insert("send_freeze");
        }
        return s;
    }
    if (words == "judge >COMPL or IDLE") {
        s.to = d.policy.completion ? phase::complete : phase::idle;
        if (d.policy.completion) {
            s.effects.insert("send_complete");
        } else {
            report();
        }
        return s;
    }
    if (words == "resend n times, then close, report >DOWN") {
        if (d.resends < d.policy.abort_resends_max) {
            s.effects.insert("send_abort");
        } else {
            s.to = phase::down;
            s.effects.insert("close");
            report();
        }
        return s;
    }
    if (words == "note, wait for Aborted (Stuck: alarm)") {
        s.effects.insert("alarm");
        return s;
    }
    if (words == "discard copy") { // unless it is the copy of a cut that was in time
        if (d.cut != cut_progress::ok) {
            s.effects.insert("discard_copy");
        }
        return s;
    }
    if (words == "agent = aborted" || words == "count as aborted") {
        if (input.kind == event::any_lost) {
            worsen(fate::bad);
        }
        return s;
    }
    // The others are read word by word.
    if (says("fate=bad")) {
        worsen(fate::bad);
    }
    if (says("fate=fail")) {
        worsen(fate::failed);
    }
    for (const auto& [part, name] : {std::pair{"Hello", "send_hello"},
                                     {"Freeze*", "send_freeze"},
                                     {"Thaw*", "send_thaw"},
                                     {"Abort*", "send_abort"},
                                     {"cutabort", "abandon_cut"},
                                     {"warn", "warn"},
                                     {"log", "warn"},
                                     {"close", "close"}}) {
        if (says(part)) {
            s.effects.insert(name);
        }
    }
    if (words == "cut >CUT") {
        s.effects.insert("cut");
    }
    if (const auto arrow = words.find('>'); arrow != words.npos) {
        const auto* found =
            std::find(std::begin(state_names), std::end(state_names), words.substr(arrow + 1));
        BOOST_REQUIRE_MESSAGE(found != std::end(state_names), "no state in " << words);
        s.to = static_cast<phase>(found - std::begin(state_names));
    }
    if (s.to == phase::down && before.phase != phase::down) {
        s.effects.insert("close"); // the channels of the group go together
    }
    if (says("report")) {
        report();
    }
    return s;
}

// The words stand event by event, in the order of the enumerations; a test holds them to it.
const cell_words& entry_of(phase p, event e) {
    return orchestrator_words[number(e) * value_count<phase> + number(p)];
}

std::string_view words_of(phase p, event e) {
    return entry_of(p, e).words;
}

} // namespace

// SP 1.4
BOOST_AUTO_TEST_CASE(every_cell_of_the_orchestrator_is_a_row_a_choice_or_a_refusal) {
    struct counts {
        std::size_t open = 0;
        std::size_t guarded = 0;
        std::size_t refused = 0;
    };
    std::map<std::pair<phase, event>, counts> cells;
    for (const auto& cell : orchestrator_cells()) {
        auto& c = cells[{cell.from, cell.event}];
        c.refused += !cell.is_row;
        c.open += cell.is_row && cell.guard.empty();
        c.guarded += cell.is_row && !cell.guard.empty();
    }
    BOOST_TEST(cells.size() == 200U);
    for (const auto& [at, c] : cells) {
        BOOST_TEST(((c.open == 1 && c.guarded + c.refused == 0) ||
                    (c.guarded >= 2 && c.open + c.refused == 0) ||
                    (c.refused == 1 && c.open + c.guarded == 0)),
                   name_of(at.first, at.second));
    }
}

BOOST_AUTO_TEST_CASE(guards_of_the_orchestrator_exclude_each_other_and_cover_everything) {
    std::map<std::pair<phase, event>, std::vector<std::size_t>> choices;
    for (std::size_t i = 0; i < orchestrator_row_count(); ++i) {
        const auto& cell = orchestrator_cells()[i];
        if (!cell.guard.empty()) {
            choices[{cell.from, cell.event}].push_back(i);
        }
    }
    BOOST_TEST(choices.size() == 5U);
    for (unsigned bits = 0; bits < 32; ++bits) {
        for (unsigned resends = 0; resends < 256; ++resends) {
            for (const unsigned most : {0U, 1U, 2U, 255U}) {
                orchestrator_data d;
                d.policy = {(bits & 1U) != 0, (bits & 2U) != 0, (bits & 4U) != 0, (bits & 8U) != 0,
                            static_cast<std::uint8_t>(most)};
                d.go_noted = (bits & 16U) != 0;
                d.resends = static_cast<std::uint8_t>(resends);
                for (const auto& [cell, rows] : choices) {
                    const auto holding = std::count_if(rows.begin(), rows.end(), [&](auto row) {
                        return orchestrator_guard_holds(row, d);
                    });
                    if (holding != 1) {
                        BOOST_ERROR(holding << " guards hold in "
                                            << name_of(cell.first, cell.second));
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(
    every_row_of_the_orchestrator_names_a_clause_that_the_document_gives_its_cell) {
    const auto& cells = the_spec().cells("A.2");
    BOOST_TEST(cells.size() == 200U);
    for (const auto& cell : orchestrator_cells()) {
        const auto name = name_of(cell.from, cell.event);
        BOOST_TEST(the_spec().has(cell.governed_by), name << " " << spelled(cell.governed_by));
        const auto& allowed = cells.at({std::string{state_names[number(cell.from)]},
                                        std::string{event_names[number(cell.event)]}});
        BOOST_TEST(allowed.count(cell.governed_by) == 1U,
                   name << " names " << spelled(cell.governed_by)
                        << ", which Appendix A does not name for it");
    }
}

BOOST_AUTO_TEST_CASE(the_words_of_the_orchestrators_cells_stand_in_their_places) {
    BOOST_TEST_REQUIRE(std::size(orchestrator_words) == 200U);
    for (std::size_t p = 0; p < value_count<phase>; ++p) {
        for (std::size_t e = 0; e < value_count<event>; ++e) {
            const auto& entry = entry_of(static_cast<phase>(p), static_cast<event>(e));
            BOOST_TEST(entry.state == state_names[p]);
            BOOST_TEST(entry.event == event_names[e]);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_cell_of_the_orchestrator_does_what_the_abstract_protocol_says) {
    std::set<std::pair<phase, event>> compared;
    std::size_t comparisons = 0;
    std::size_t differences = 0;
    for (const auto& n : the_space().nodes) {
        for (const auto& input : inputs_for(n.state)) {
            // An IDLE without agents is a session that is lost (SP 12.31); see below.
            const auto words = words_of(n.state.phase, input.kind);
            const auto want = expected(words, n.state, input);
            const auto got = observed(run(n.state, input));
            ++comparisons;
            compared.insert({n.state.phase, input.kind});
            if (!(want == got) && ++differences <= 20) {
                BOOST_ERROR(name_of(n.state.phase, input.kind)
                            << " '" << words << "'\n  expected " << shown(want) << "\n  actual   "
                            << shown(got) << "\n  in       " << describe(n.state));
            }
        }
    }
    BOOST_TEST(differences == 0U);
    BOOST_TEST(compared.size() == 200U);
    BOOST_TEST_MESSAGE(comparisons << " comparisons with the words of " << compared.size()
                                   << " cells");
}

// SP 12.32, 12.34: see the sentences of the account.
BOOST_AUTO_TEST_CASE(no_outcome_is_false_in_any_reachable_state) {
    const auto& s = the_space();
    for (const auto& objection : s.objections) {
        BOOST_ERROR(objection);
    }
    BOOST_TEST_MESSAGE(s.nodes.size() << " states, " << s.transitions << " transitions, at most "
                                      << s.effects_max << " effects");
    BOOST_TEST(s.effects_max == 4U);
    // A change of this number is a change of the protocol: look at it, then write it down here.
    BOOST_TEST(s.nodes.size() == 43408U);
}

BOOST_AUTO_TEST_CASE(every_row_and_every_refusal_of_the_orchestrator_is_met) {
    const auto& s = the_space();
    for (std::size_t i = 0; i < s.taken.size(); ++i) {
        const auto& cell = orchestrator_cells()[i];
        BOOST_TEST(s.taken[i] > 0U, (cell.is_row ? "row " : "refusal ")
                                        << i << " is never met: " << name_of(cell.from, cell.event)
                                        << " " << cell.guard);
    }
    BOOST_TEST_MESSAGE(orchestrator_row_count()
                       << " rows and " << s.taken.size() - orchestrator_row_count()
                       << " refusals met");
}

// SP 12.30, 12.33
BOOST_AUTO_TEST_CASE(no_phase_waits_for_agents_that_are_gone) {
    std::size_t without_agents = 0;
    for (const auto& n : the_space().nodes) {
        if (n.state.data.live != 0) {
            continue;
        }
        ++without_agents;
        orchestrator_state s = n.state;
        for (int i = 0; i < 8 && due(s); ++i) {
            s = run(s, {.kind = *due(s)}).after;
        }
        // READY waits for the caller and CUT for the provider; all else has come to its end.
        const bool waits =
            s.phase == phase::down || s.phase == phase::ready || s.phase == phase::cut;
        BOOST_REQUIRE_MESSAGE(waits, describe(n.state) << " comes to rest in " << describe(s));
    }
    BOOST_TEST(without_agents > 10U);
}

// SP 12.31
BOOST_AUTO_TEST_CASE(a_group_that_has_lost_every_agent_is_down_and_not_a_success) {
    auto s = fresh_orchestrator({.abort_resends_max = 1});
    s = run(s, {.kind = event::up, .agents = 1}).after;
    s = run(s, {.kind = event::ack_ok}).after;
    s = run(s, {.kind = event::start, .txn = {1}}).after;
    s = run(s, {.kind = event::any_lost, .agent = 0}).after;
    BOOST_TEST((due(s) == event::all_aborted));
    s = run(s, {.kind = event::all_aborted}).after;
    BOOST_TEST((s.phase == phase::idle));
    BOOST_TEST((due(s) == event::any_lost));

    // A caller that starts all the same gets no success out of nobody.
    auto t = run(s, {.kind = event::start, .txn = {2}}).after;
    while (t.phase != phase::cut) {
        BOOST_TEST_REQUIRE(due(t).has_value());
        t = run(t, {.kind = *due(t)}).after;
    }
    t = run(t, {.kind = event::cut_ok}).after;
    t = run(t, {.kind = *due(t)}).after;
    const auto end = run(t, {.kind = *due(t)});
    const auto report = std::find_if(end.effects.begin(), end.effects.end(),
                                     [](const auto& e) { return e.kind == effect::report; });
    BOOST_TEST_REQUIRE((report != end.effects.end()));
    BOOST_TEST((report->reported == session_outcome::failed));

    s = run(s, {.kind = *due(s)}).after;
    BOOST_TEST((s.phase == phase::down));
}

BOOST_AUTO_TEST_CASE(states_of_the_orchestrator_survive_and_are_told_apart) {
    std::unordered_map<std::uint64_t, orchestrator_state> by_hash;
    for (const auto& n : the_space().nodes) {
        BOOST_REQUIRE(from_image<orchestrator_state>(to_image(n.state)) == n.state);
        BOOST_REQUIRE(from_description<orchestrator_state>(describe(n.state)) == n.state);
        const auto [at, fresh] = by_hash.emplace(hash_of(n.state), n.state);
        BOOST_REQUIRE((fresh || at->second == n.state));
        const auto inputs = inputs_for(n.state);
        const auto& input = inputs[by_hash.size() % inputs.size()];
        BOOST_REQUIRE(run(n.state, input) == run(n.state, input));
    }
    BOOST_TEST(by_hash.size() > 100U);
}
