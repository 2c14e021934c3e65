// SPDX-License-Identifier: BSL-1.0
// The specification in its forms: what is generated is what the tables say, and docs/ is current.
#include "conformance/spec/views/views.hpp"

#include "tests/conformance/support.hpp"
#include "tests/support/spec_document.hpp"
#include "tests/support/tree.hpp"

#include <boost/json/parse.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace snapproto::conformance {
namespace {

using test::says;
using tests::spelled;
using tests::the_spec;

std::string read_document(const std::string& path) {
    return test::read_all(tests::source_path("docs/" + path));
}

// The first line in which two texts differ, for a message that helps.
std::string first_difference(const std::string& a, const std::string& b) {
    const auto at = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    const auto line = std::count(a.begin(), at.first, '\n') + 1;
    return "line " + std::to_string(line);
}

void check_document(const std::string& path, const std::string& generated) {
    const std::string committed = read_document(path);
    BOOST_TEST((committed == generated), "docs/" << path << " is out of date ("
                                                 << first_difference(committed, generated)
                                                 << "); run scripts/generate_docs.sh");
}

} // namespace

BOOST_AUTO_TEST_SUITE(views_of_the_specification)

BOOST_AUTO_TEST_CASE(there_are_nine_machines_and_every_cell_is_a_choice_or_a_refusal) {
    const std::map<std::string_view, std::size_t> cells{
        {"agent", 220},        {"orchestrator", 200},  {"participant", 72},
        {"provider", 48},      {"vss_writer", 77},     {"vss_coordinator", 224},
        {"vss_provider", 176}, {"vss_requester", 108}, {"fsrvp_server", 104}};
    BOOST_TEST(machines().size() == cells.size());
    for (const machine_view* machine : machines()) {
        BOOST_TEST_CONTEXT(machine->name) {
            BOOST_REQUIRE(cells.contains(machine->name));
            BOOST_CHECK(find_machine(machine->name) == machine);
            std::set<std::pair<std::size_t, std::size_t>> seen;
            for (const machine_row& row : machine->rows) {
                BOOST_TEST(row.from < machine->states.size());
                BOOST_TEST(row.to < machine->states.size());
                BOOST_TEST(row.event < machine->events.size());
                BOOST_TEST((!row.is_internal || row.from == row.to));
                seen.emplace(row.from, row.event);
            }
            for (const machine_refusal& cell : machine->refusals) {
                BOOST_TEST(cell.how < machine->answers.size());
                BOOST_TEST(seen.emplace(cell.from, cell.event).second, "a row and a refusal");
            }
            BOOST_TEST(seen.size() == cells.at(machine->name));
        }
    }
    BOOST_CHECK(find_machine("agents") == nullptr);
}

BOOST_AUTO_TEST_CASE(words_are_for_people) {
    for (const machine_view* machine : machines()) {
        for (const machine_row& row : machine->rows) {
            for (const std::string_view word : {row.guard, row.action}) {
                BOOST_TEST(word.find_first_of("_<>:;|\"\\") == word.npos, word);
                BOOST_TEST((word.empty() || (word.front() != ' ' && word.back() != ' ')), word);
            }
        }
        for (const auto words : {machine->states, machine->events, machine->answers}) {
            std::set<std::string_view> titles;
            for (const machine_word& one : words) {
                BOOST_TEST(!one.meaning.empty(), one.name);
                BOOST_TEST(titles.insert(one.title).second, one.title);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(states_and_events_have_the_words_of_the_appendix) {
    // But for Reset of participant and provider, which has no line there.
    for (const machine_view* each : machines()) {
        const machine_view& machine = *each;
        std::set<std::string> states;
        std::set<std::string> events;
        for (const auto& [cell, clauses] : the_spec().cells(std::string{machine.appendix})) {
            states.insert(cell.first);
            events.insert(cell.second);
        }
        BOOST_TEST(states.size() == machine.states.size());
        for (const machine_word& one : machine.states) {
            BOOST_TEST(states.contains(std::string{one.title}), one.title);
        }
        for (const machine_word& one : machine.events) {
            BOOST_TEST((events.contains(std::string{one.title}) || one.title == "Reset"),
                       one.title);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_refused_before_the_cell_is_as_the_document_says) {
    const machine_view& agent = *find_machine("agent");
    std::map<std::string, std::set<std::string>> found;
    for (const machine_precedence& one : agent.before) {
        found[std::string{agent.events[one.event].title} + " in " +
              (agent.states[one.from].title == "IDLE" ? "IDLE" : "a transaction")]
            .insert(one.condition + ": " + std::string{agent.answers[one.how].title} + ", " +
                    spelled(one.governed_by));
        BOOST_TEST(agent.states[one.from].title != "OFF");
    }
    const std::string any = "none or the last one or another: ";
    const std::string none = "none: Nak(Malformed), SP 3.18";
    const std::string busy = "the last one or another: Nak(Busy), SP 3.4";
    const std::map<std::string, std::set<std::string>> expected{
        {"Prepare in IDLE", {none, "the last one: Nak(Stale), SP 3.7"}},
        {"Freeze in IDLE", {none, "the last one: Nak(Stale), SP 3.7"}},
        {"Thaw in IDLE", {"none or another: Nak(UnknownTxn), SP 3.5"}},
        {"Abort in IDLE", {"another: Nak(UnknownTxn), SP 3.5"}}, // SP 3.6: 0 is always known
        {"Prepare in a transaction", {none, busy}},
        {"Freeze in a transaction", {none, busy}},
        {"Thaw in a transaction", {any + "Nak(UnknownTxn), SP 3.5"}},
        {"Complete in a transaction", {any + "Nak(UnknownTxn), SP 3.5"}},
        {"Recover in a transaction", {any + "Nak(UnknownTxn), SP 3.5"}},
        {"Abort in a transaction", {"the last one or another: Nak(UnknownTxn), SP 3.5"}},
    };
    BOOST_CHECK(found == expected);
}

BOOST_AUTO_TEST_CASE(a_diagram_has_every_change_of_state_once) {
    for (const machine_view* machine : machines()) {
        const diagram drawn = diagram_of(*machine);
        std::set<std::pair<std::size_t, std::size_t>> ends;
        std::size_t events = 0;
        for (const diagram_edge& edge : drawn.edges) {
            BOOST_TEST(ends.emplace(edge.from, edge.to).second, "two edges between two states");
            for (const auto& label : edge.labels) {
                events += label.events.size();
            }
        }
        const auto changes = std::count_if(machine->rows.begin(), machine->rows.end(),
                                           [](const auto& row) { return !row.is_internal; });
        BOOST_TEST(events == static_cast<std::size_t>(changes));
        for (const std::string& text : {mermaid(*machine), dot(*machine), plantuml(*machine)}) {
            for (const machine_word& state : machine->states) {
                BOOST_TEST(says(text, state.title), machine->name << ": " << state.title);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(diagrams_in_their_languages) {
    const machine_view& provider = *find_machine("provider");
    BOOST_TEST(says(mermaid(provider), "stateDiagram-v2\n"));
    BOOST_TEST(says(mermaid(provider), "    [*] --> IDLE\n"));
    BOOST_TEST(
        says(mermaid(provider), "    CUTTING --> DISCARDED: CutFailed, CutLimit, Discard\n"));
    BOOST_TEST(says(mermaid(*find_machine("agent")),
                    "    IDLE: stays on Hello, Query, Ping, Freeze,\n"
                    "    IDLE: Thaw, Complete, Abort\n"));
    BOOST_TEST(says(dot(provider), "    start -> IDLE\n"));
    BOOST_TEST(
        says(dot(provider), "    CUTTING -> CUT [label=<&nbsp;CutDone<br align=\"left\"/>>]\n"));
    BOOST_TEST(says(plantuml(provider), "CUTTING --> CUT : CutDone\n"));
    BOOST_TEST(says(mermaid(*find_machine("agent")),
                    "    RESUME --> OFF: Done, Fail, Tphase [session ends]<br/>"
                    "Done, Fail, Tphase [agent ends]\n"));
}

BOOST_AUTO_TEST_CASE(anchors_are_those_of_the_rendered_document) {
    const clause_info* one = find_clause({2, 18});
    BOOST_REQUIRE(one != nullptr);
    const std::string anchor = anchor_of({.number = {4, 2},
                                          .strength = level::must,
                                          .title = "The agent's 2 words, and Nak(Busy)",
                                          .text = ""});
    BOOST_TEST(anchor == "sp-42-must-the-agents-2-words-and-nakbusy");
    clause_links links("../spec.md");
    BOOST_TEST(links({2, 18}) == "[SP 2.18]");
    BOOST_TEST(links({99, 1}) == "SP 99.1"); // no such clause, so no link
    BOOST_TEST(links.definitions() == "[SP 2.18]: ../spec.md#" + anchor_of(*one) + "\n");
    // Two headings with one anchor would make one of them unreachable.
    std::set<std::string> anchors;
    for (const clause_info& each : clauses_of_spec()) {
        BOOST_TEST(anchors.insert(anchor_of(each)).second, each.id());
    }
}

BOOST_AUTO_TEST_CASE(json_has_every_cell_and_clause) {
    for (const machine_view* machine : machines()) {
        const auto object = machine_json(*machine);
        std::size_t rows = 0;
        for (const auto& cell : object.at("cells").as_array()) {
            const auto* alternatives = cell.as_object().if_contains("rows");
            BOOST_TEST((alternatives != nullptr) == !cell.as_object().contains("refusal"));
            rows += alternatives != nullptr ? alternatives->as_array().size() : 0;
        }
        BOOST_TEST(rows == machine->rows.size());
        BOOST_TEST(object.at("cells").as_array().size() ==
                   machine->states.size() * machine->events.size());
        BOOST_CHECK(boost::json::parse(pretty(object)) == boost::json::value(object));
    }
    BOOST_TEST(clauses_json(clauses_of_spec()).size() == clauses_of_spec().size());
}

BOOST_AUTO_TEST_CASE(the_generated_pages_are_up_to_date) {
    for (const machine_view* machine : machines()) {
        check_document("machines/" + std::string{machine->name} + ".md", machine_page(*machine));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
