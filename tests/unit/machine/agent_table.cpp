// SPDX-License-Identifier: BSL-1.0
//
// The agent's table seen from the outside: total, its guards a partition, its clauses those of the
// document, and every cell what the abstract protocol says, in every state that can be reached.
//
// Where the machine differs from the words of the abstract table on purpose:
//   (a) A participant that lets go in QUIESCE undoes the transaction as early (SP 5.10) instead of
//       being ignored: with several applications one may let go while others are still asked. In
//       RESUME it makes a clean verdict early (SP 6.7), for it may have let go in the window.
//   (b) When the limit of RESUME passes, nobody knows whether the one that was not heard of had
//       been held: a clean verdict becomes expired (SP 7.11), where the words know a warning only.
//   (c) A Thaw before FROZEN is answered by Thawed(aborted) alone, an Abort by Aborted alone.
//   (d) A Hello that waits cancels the answers owed to the former session (SP 2.6), and a clean
//       transaction whose session was opened anew ends in IDLE with HelloAck, not in AWAIT.
//   (e) A Hello without a common version gets a HelloAck that selects none and ends the session
//       (SP 2.5), where the words name HelloAck only.

#include <tests/support/spec_document.hpp>
#include <tests/unit/machine/agent_space.hpp>
#include <tests/unit/machine/words.hpp>

#include <snapproto/machine/describe.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>

using namespace snapproto;
using namespace snapproto::machine;
using namespace snapproto::tests;

namespace {

using event = agent_event;
using effect = agent_effect_kind;
using phase = agent_phase;

constexpr std::string_view state_names[] = {"OFF",     "IDLE",   "PREP",   "READY",
                                            "QUIESCE", "FREEZE", "FROZEN", "THAW",
                                            "RESUME",  "AWAIT",  "STUCK"};
constexpr std::string_view event_names[] = {"Hello", "Query",    "Ping",   "Prepare", "Freeze",
                                            "Thaw",  "Complete", "Abort",  "Recover", "BadMsg",
                                            "Lost",  "Done",     "Fail",   "Early",   "Tphase",
                                            "Thold", "Tseq",     "Tretry", "Stop",    "GenChange"};
static_assert(std::size(state_names) == value_count<phase>);
static_assert(std::size(event_names) == value_count<event>);

template <class Enum>
std::size_t number(Enum value) {
    return static_cast<std::size_t>(value);
}

std::string name_of(const agent_cell& cell) {
    return std::string{state_names[number(cell.from)]} + " x " +
           std::string{event_names[number(cell.event)]};
}

// ---- the words, given a meaning ---------------------------------------------------------------

phase state_named(std::string_view name) {
    const auto* found = std::find(std::begin(state_names), std::end(state_names), name);
    BOOST_REQUIRE_MESSAGE(found != std::end(state_names), "no state " << name);
    return static_cast<phase>(found - std::begin(state_names));
}

verdict verdict_named(std::string_view word) {
    return word == "abort"  ? verdict::aborted
           : word == "stop" ? verdict::stopped
           : word == "ok"   ? verdict::clean
                            : from_string<verdict>(word).value();
}

// What can be seen of a step: the state after it, the answers in their order, what participants
// are told, and what happens beside the conversation.
struct seen {
    phase to{};
    std::vector<std::string> answers;
    std::set<std::string> others;
    std::optional<verdict> why;
    std::optional<afterwards> then;

    friend bool operator==(const seen&, const seen&) = default;
};

std::string answer_of(const agent_effect& e) {
    std::string word{to_string(e.kind).substr(5)};
    if (e.kind == effect::send_thawed || e.kind == effect::send_error) {
        word += "(" + std::string{to_string(e.outcome)} + ")";
    } else if (e.kind == effect::send_nak) {
        word += "(" + std::string{to_string(e.code)} + ")";
    } else if (e.kind == effect::send_hello_ack && !e.agreed) {
        word += "(none)";
    }
    return word;
}

bool is_answer(const agent_effect& e) {
    return to_string(e.kind).starts_with("send_");
}

seen observed(const agent_step& step) {
    seen s;
    s.to = step.after.phase;
    s.why = step.after.data.why;
    s.then = step.after.data.then;
    for (const auto& e : step.effects) {
        if (is_answer(e)) {
            s.answers.push_back(answer_of(e));
        } else if (e.kind == effect::tell_result) {
            s.others.insert("tell(" + std::string{to_string(e.result)} + ")");
        } else if (e.kind == effect::arm) {
            s.others.insert("arm(" + std::string{to_string(e.timer)} + ")");
        } else if (e.kind != effect::disarm) {
            s.others.insert(std::string{to_string(e.kind)});
        }
    }
    return s;
}

// Reads one cell in one state and says what must be seen.
class reader {
  public:
    reader(const agent_state& before, const agent_input& input) : m_before{before}, m_input{input} {
        m_expected.to = before.phase;
        m_expected.why = before.data.why;
        m_expected.then = before.data.then;
    }

    seen read(std::string_view words) {
        words = choose(words);
        m_words = words;
        while (!words.empty()) {
            const auto end = std::min(words.find(' '), words.size());
            one(words.substr(0, end), words);
        }
        return m_expected;
    }

  private:
    const agent_data& data() const { return m_before.data; }
    bool hello_waits() const { return data().waiting != pending_hello::none; }

    // The conditions of the cells that have two readings.
    std::string_view choose(std::string_view words) const {
        const bool first = m_input.kind == event::complete
                               ? data().last_txn && m_input.txn == data().last_txn
                           : m_input.kind == event::freeze ? data().implicit
                           : m_before.phase == phase::prep ? !data().implicit
                                                           : data().recovering;
        if (words == "Progress/nak BadState" || words == "Completed=/nak BadState") {
            const auto slash = words.find('/');
            return first ? words.substr(0, slash) : words.substr(slash + 1);
        }
        if (const auto slash = words.find(" / "); slash != words.npos) {
            return first ? words.substr(0, slash) : words.substr(slash + 3);
        }
        if (words == ">PREP auto" && !has(data().granted, capability::implicit_prepare)) {
            return "nak BadState";
        }
        return words;
    }

    void say(std::string word) { m_expected.answers.push_back(std::move(word)); }
    void other(std::string word) { m_expected.others.insert(std::move(word)); }

    void spoil(verdict why) {
        if (data().why == verdict::clean) {
            m_expected.why = why;
        }
    }

    void go(phase to) {
        m_expected.to = to;
        if (to == phase::off && m_before.phase != phase::off) {
            other("close_channel");
        }
        static const std::map<phase, const char*> steps{{phase::prep, "begin_prepare"},
                                                        {phase::quiesce, "begin_quiesce"},
                                                        {phase::freeze, "begin_freeze"},
                                                        {phase::thaw, "begin_thaw"},
                                                        {phase::resume, "begin_resume"}};
        if (const auto step = steps.find(to); step != steps.end()) {
            other(step->second);
            other("arm(phase)");
        }
        if (to == phase::ready || to == phase::await) {
            other("arm(sequence)");
        }
        if (to == phase::stuck) {
            other("arm(retry)");
            other("cancel_step");
        }
    }

    void undo(std::string_view why) {
        if (why == "same") {
            go(phase::thaw);
            return;
        }
        if (why == "ok") { // the Thaw that ends a good hold
            go(phase::thaw);
            return;
        }
        spoil(verdict_named(why));
        other("cancel_step");
        go(m_before.phase == phase::freeze || m_before.phase == phase::frozen ? phase::thaw
                                                                              : phase::resume);
        if (why == "lost" || why == "clone") {
            m_expected.then = afterwards::off;
        }
        if (why == "clone") {
            other("reseed");
        }
        if (why == "stop") {
            m_expected.then = afterwards::exit;
        }
    }

    void finish() {
        const verdict why = m_expected.why.value(); // with what this very event adds to it
        const bool clean = why == verdict::clean;
        m_expected.why = verdict::clean; // the transaction is forgotten, or was clean
        if (data().then != afterwards::idle) {
            other("tell(" + std::string{clean ? "unknown" : "discarded"} + ")");
            m_expected.to = phase::off;
            m_expected.then = afterwards::idle;
            if (data().then == afterwards::exit) {
                other("close_channel");
                other("exit_process");
            } else if (data().waiting == pending_hello::refused) { // (d)
                say("hello_ack(none)");
            } else {
                other("close_channel");
            }
            return;
        }
        const bool awaits = clean && has(data().granted, capability::completion) && !hello_waits();
        if (awaits) {
            say("thawed(clean)");
            go(phase::await);
            return;
        }
        m_expected.to = phase::idle;
        other("tell(" + std::string{clean ? "unknown" : "discarded"} + ")");
        if (hello_waits()) { // (c)
            say("hello_ack");
            return;
        }
        const std::string thawed = "thawed(" + std::string{to_string(why)} + ")";
        if (data().owes_aborted && data().aborted_first) {
            say("aborted");
        }
        if (data().owes_thawed) {
            say(thawed);
        }
        if (data().owes_aborted && !data().aborted_first) {
            say("aborted");
        }
        if (!data().owes_aborted && !data().owes_thawed) {
            say("error(" + std::string{to_string(why)} + ")");
        }
    }

    void error_word() {
        if (m_before.phase == phase::await) {
            if (m_input.kind == event::sequence_expired) {
                say("error(expired)");
            } else {
                other("cancel_step");
                say(m_input.kind == event::failed ? "error(veto)" : "error(expired)");
            }
            return;
        }
        // On the way to STUCK: at once, unless an answer is owed or nobody is left to hear it.
        spoil(verdict::stuck);
        if (!data().owes_thawed && !data().owes_aborted && data().then == afterwards::idle &&
            !hello_waits()) {
            say("error(stuck)");
        }
    }

    void nak(std::string_view code) {
        static const std::map<std::string_view, const char*> codes{
            {"NoSession", "no_session"}, {"Busy", "busy"},   {"BadState", "bad_state"},
            {"Malformed", "malformed"},  {"Stuck", "stuck"},
        };
        say("nak(" + std::string{codes.at(code)} + ")");
    }

    void hello_ack() {
        if (m_input.version_agreed) {
            say("hello_ack");
        } else { // (d)
            say("hello_ack(none)");
            m_expected.to = phase::off;
        }
    }

    void thawed_again() {
        const bool known = data().last_txn && m_input.txn == data().last_txn;
        say("thawed(" + std::string{to_string(known ? data().last_verdict : verdict::none)} + ")");
    }

    void recover() {
        if (data().recovering) {
            say("progress");
        } else {
            other("begin_recover");
            other("arm(phase)");
        }
    }

    void exit() {
        other("close_channel");
        other("exit_process");
        m_expected.to = phase::off;
    }

    void tell(std::string_view result) {
        if (data().recovering) {
            other("cancel_step");
        }
        other(result == "?"      ? "tell(unknown)"
              : result == "fail" ? "tell(discarded)"
                                 : "tell(" + std::string{to_string(m_input.result)} + ")");
    }

    // Reads the first word of `rest`, and those that belong to it.
    void one(std::string_view word, std::string_view& rest) {
        rest.remove_prefix(std::min(word.size() + 1, rest.size()));
        const auto next = [&] {
            const auto taken = rest.substr(0, rest.find(' '));
            rest.remove_prefix(std::min(taken.size() + 1, rest.size()));
            return taken;
        };
        const auto inside = [&] {
            const auto open = word.find('(');
            return word.substr(open + 1, word.size() - open - 2);
        };
        static const std::map<std::string_view, const char*> plain{
            {"Status", "status"},       {"Pong", "pong"},
            {"Progress", "progress"},   {"Prepared=", "prepared"},
            {"Prepared", "prepared"},   {"Frozen=", "frozen"},
            {"Frozen", "frozen"},       {"Completed=", "completed"},
            {"Completed", "completed"}, {"Aborted=", "aborted"},
            {"Aborted", "aborted"},     {"Recovered", "recovered"}};
        if (const auto answer = plain.find(word); answer != plain.end()) {
            say(answer->second);
        } else if (word == "HelloAck") {
            hello_ack();
        } else if (word == "Thawed=") {
            thawed_again();
        } else if (word == "nak") {
            nak(next());
        } else if (word == "Error") {
            error_word();
        } else if (word.starts_with('>')) {
            if (m_expected.to != phase::off) { // a refused Hello stays in OFF
                go(state_named(word.substr(1)));
            } else if (m_input.kind != event::hello || m_input.version_agreed) {
                m_expected.to = state_named(word.substr(1));
            }
        } else if (word.starts_with("undo(")) {
            undo(inside());
        } else if (word.starts_with("taint(")) {
            spoil(verdict_named(inside()));
            if (inside() == "clone") {
                other("reseed");
            }
        } else if (word == "then") {
            const auto where = next();
            if (where == "EXIT") {
                m_expected.then = afterwards::exit;
            } else if (data().then != afterwards::exit) {
                m_expected.then = afterwards::off;
            }
            if (m_input.kind == event::generation_changed) {
                other("reseed");
            }
        } else if (word == "d") { // then IDLE, or OFF when no version is common
            if (data().then != afterwards::exit) {
                m_expected.then = m_input.version_agreed ? afterwards::idle : afterwards::off;
            }
        } else if (word.starts_with("tell(")) {
            tell(inside());
            m_expected.why = verdict::clean;
        } else if (word == "finish") {
            finish();
        } else if (word == "warn") {
            other("warn");
            if (m_input.kind == event::phase_expired) {
                other("cancel_step");
            }
        } else if (word == "recover") {
            recover();
        } else if (word == "reseed") {
            other("reseed");
        } else if (word == "exit") {
            exit();
        } else if (word == "t") {
            other("arm(sequence)");
        } else if (word == "c" || word == "auto" || word == "drop" || word == "-") {
            // nothing to be seen at once
        } else {
            BOOST_FAIL("the cell has a word without a meaning: " << word);
        }
    }

    const agent_state& m_before;
    const agent_input& m_input;
    seen m_expected;
    std::string_view m_words;
};

// The words stand event by event, in the order of the enumerations; a test holds them to it.
const cell_words& entry_of(phase p, event e) {
    return agent_words[number(e) * value_count<phase> + number(p)];
}

std::string_view words_of(phase p, event e) {
    if (p == phase::quiesce && e == event::early) {
        return "undo(early)"; // (a)
    }
    if (p == phase::resume && e == event::early) {
        return "taint(early)"; // (a)
    }
    if (p == phase::resume && e == event::phase_expired) {
        return "taint(expired) warn finish"; // (b)
    }
    return entry_of(p, e).words;
}

std::string shown(const seen& s) {
    std::string text = ">" + std::string{state_names[number(s.to)]} + " [";
    for (const auto& a : s.answers) {
        text += " " + a;
    }
    text += " ] {";
    for (const auto& o : s.others) {
        text += " " + o;
    }
    return text + " } why=" + std::string{to_string(s.why.value())} +
           " then=" + std::string{to_string(s.then.value())};
}

} // namespace

// SP 1.4
BOOST_AUTO_TEST_CASE(every_state_and_event_is_a_row_a_choice_or_a_refusal) {
    std::size_t rows_of[value_count<phase>][value_count<event>] = {};
    std::size_t open_rows_of[value_count<phase>][value_count<event>] = {};
    std::size_t refusals_of[value_count<phase>][value_count<event>] = {};
    for (const auto& cell : agent_cells()) {
        auto& count = cell.is_row ? rows_of : refusals_of;
        ++count[number(cell.from)][number(cell.event)];
        open_rows_of[number(cell.from)][number(cell.event)] += cell.is_row && cell.guard.empty();
    }
    for (std::size_t p = 0; p < value_count<phase>; ++p) {
        for (std::size_t e = 0; e < value_count<event>; ++e) {
            const bool one_row = rows_of[p][e] == 1 && open_rows_of[p][e] == 1;
            const bool choice = rows_of[p][e] >= 2 && open_rows_of[p][e] == 0;
            const bool refusal = rows_of[p][e] == 0 && refusals_of[p][e] == 1;
            BOOST_TEST((one_row || choice || refusal), state_names[p] << " x " << event_names[e]);
            BOOST_TEST((refusals_of[p][e] == 0 || rows_of[p][e] == 0));
        }
    }
    BOOST_TEST(agent_cells().size() > 220U);
}

BOOST_AUTO_TEST_CASE(guards_of_a_cell_exclude_each_other_and_cover_everything) {
    std::map<std::pair<phase, event>, std::vector<std::size_t>> choices;
    for (std::size_t i = 0; i < agent_row_count(); ++i) {
        const auto& cell = agent_cells()[i];
        if (!cell.guard.empty()) {
            choices[{cell.from, cell.event}].push_back(i);
        }
    }
    BOOST_TEST(choices.size() >= 10U);
    std::size_t tried = 0;
    constexpr capability grants[] = {capability::none, capability::implicit_prepare,
                                     capability::completion,
                                     capability::implicit_prepare | capability::completion};
    // Bits: implicit, recovering, owes_thawed, owes_aborted, aborted_first, version_agreed.
    for (unsigned bits = 0; bits < 64; ++bits) {
        for (std::size_t why = 0; why < value_count<verdict>; ++why) {
            for (std::size_t then = 0; then < value_count<afterwards>; ++then) {
                for (std::size_t waiting = 0; waiting < value_count<pending_hello>; ++waiting) {
                    for (const auto granted : grants) {
                        for (std::uint64_t relation = 0; relation < 4; ++relation) {
                            agent_data d;
                            d.granted = granted;
                            d.why = static_cast<verdict>(why);
                            d.then = static_cast<afterwards>(then);
                            d.waiting = static_cast<pending_hello>(waiting);
                            d.implicit = bits & 1U;
                            d.recovering = bits & 2U;
                            d.owes_thawed = bits & 4U;
                            d.owes_aborted = bits & 8U;
                            d.aborted_first = bits & 16U;
                            d.txn = {5};
                            d.last_txn = {relation == 0 ? 0U : 6U};
                            agent_input input;
                            input.version_agreed = bits & 32U;
                            input.txn = {relation == 3 ? 7U : relation == 2 ? 6U : 0U};
                            for (const auto& [cell, rows] : choices) {
                                input.kind = cell.second;
                                std::size_t holding = 0;
                                for (const auto row : rows) {
                                    holding += agent_guard_holds(row, input, d);
                                }
                                ++tried;
                                if (holding != 1) {
                                    BOOST_ERROR(holding << " guards hold in "
                                                        << state_names[number(cell.first)] << " x "
                                                        << event_names[number(cell.second)]
                                                        << " with "
                                                        << describe(agent_state{cell.first, d}));
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    BOOST_TEST(tried == choices.size() * 64 * 10 * 3 * 3 * 4 * 4);
    BOOST_TEST_MESSAGE(choices.size() << " cells with guards, " << tried << " combinations");
}

BOOST_AUTO_TEST_CASE(every_row_and_refusal_names_a_clause_that_the_document_gives_its_cell) {
    const auto& cells = the_spec().cells("A.1");
    BOOST_TEST(cells.size() == 220U);
    for (const auto& cell : agent_cells()) {
        BOOST_TEST(the_spec().has(cell.governed_by), name_of(cell)
                                                         << " names " << spelled(cell.governed_by));
        const auto& allowed = cells.at({std::string{state_names[number(cell.from)]},
                                        std::string{event_names[number(cell.event)]}});
        BOOST_TEST(allowed.count(cell.governed_by) == 1U,
                   name_of(cell) << " names " << spelled(cell.governed_by)
                                 << ", which Appendix A does not name for it");
    }
}

BOOST_AUTO_TEST_CASE(the_words_of_the_agents_cells_stand_in_their_places) {
    BOOST_TEST_REQUIRE(std::size(agent_words) == 220U);
    for (std::size_t p = 0; p < value_count<phase>; ++p) {
        for (std::size_t e = 0; e < value_count<event>; ++e) {
            const auto& entry = entry_of(static_cast<phase>(p), static_cast<event>(e));
            BOOST_TEST(entry.state == state_names[p]);
            BOOST_TEST(entry.event == event_names[e]);
        }
    }
}

// SP 3.9, 3.10, 3.14, 7.13, 8.6: the words of the cells say so.
BOOST_AUTO_TEST_CASE(every_cell_does_what_the_abstract_protocol_says_in_every_reachable_state) {
    std::set<std::pair<phase, event>> compared;
    std::size_t comparisons = 0;
    std::size_t differences = 0;
    for (const auto& node : the_agent_space().nodes) {
        for (const auto& input : inputs_for(node.state)) {
            if (refused_by_transaction(node.state, input)) {
                continue;
            }
            ++comparisons;
            compared.insert({node.state.phase, input.kind});
            const auto words = words_of(node.state.phase, input.kind);
            const seen expected = reader{node.state, input}.read(words);
            const seen actual = observed(run(node.state, input));
            if (!(expected == actual) && ++differences <= 20) {
                BOOST_ERROR(state_names[number(node.state.phase)]
                            << " x " << event_names[number(input.kind)] << " '" << words
                            << "'\n  expected " << shown(expected) << "\n  actual   "
                            << shown(actual) << "\n  in       " << describe(node.state));
            }
        }
    }
    BOOST_TEST(differences == 0U);
    BOOST_TEST(compared.size() == 220U);
    BOOST_TEST_MESSAGE(comparisons << " comparisons with the words of " << compared.size()
                                   << " cells");
}

BOOST_AUTO_TEST_CASE(a_request_of_another_transaction_is_refused_before_its_cell_is_looked_up) {
    std::map<std::string, std::size_t> refusals;
    for (const auto& node : the_agent_space().nodes) {
        const auto& d = node.state.data;
        const bool off = node.state.phase == phase::off;
        const bool idle = node.state.phase == phase::idle;
        for (const auto& input : inputs_for(node.state)) {
            const bool starts = input.kind == event::prepare || input.kind == event::freeze;
            const bool ends = input.kind == event::thaw || input.kind == event::abort;
            const bool after = input.kind == event::complete || input.kind == event::recover;
            std::string code;
            if (!off && starts && !input.txn) {
                code = "malformed"; // SP 3.18
            } else if (!off && starts && idle && d.last_txn && input.txn == d.last_txn) {
                code = "stale"; // SP 3.7
            } else if (!off && starts && !idle && input.txn != d.txn) {
                code = "busy"; // SP 3.4
            } else if (!off && (ends || after) && !idle && input.txn != d.txn &&
                       !(input.kind == event::abort && !input.txn)) {
                code = "unknown_txn"; // SP 3.5, 3.6
            } else if (idle && ends && (!input.txn || input.txn != d.last_txn) &&
                       !(input.kind == event::abort && !input.txn)) {
                code = "unknown_txn"; // SP 3.5
            }
            BOOST_REQUIRE(refused_by_transaction(node.state, input) == !code.empty());
            if (!code.empty()) {
                const auto step = run(node.state, input);
                ++refusals[code];
                BOOST_REQUIRE(step.row < 0);
                BOOST_REQUIRE(step.after == node.state);
                BOOST_REQUIRE(step.effects.size() == 1U);
                BOOST_REQUIRE(answer_of(step.effects[0]) == "nak(" + code + ")");
                BOOST_REQUIRE(step.effects[0].txn == input.txn);
                BOOST_REQUIRE(the_spec().has(step.governed_by));
                BOOST_REQUIRE(step.governed_by.chapter == 3);
            }
        }
    }
    BOOST_TEST(refusals["stale"] > 0U);
    BOOST_TEST(refusals["busy"] > 0U);
    BOOST_TEST(refusals["malformed"] > 0U);
    BOOST_TEST(refusals["unknown_txn"] > 0U);
}
