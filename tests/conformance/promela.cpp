// SPDX-License-Identifier: BSL-1.0
// The Promela model: every word of the tables has a meaning, every row is there, and SPIN takes it.
// That it has the states of the explorer's model is what scripts/spin.sh is for.
#include "conformance/spec/promela/promela.hpp"

#include "conformance/spec/machines.hpp"
#include "tests/conformance/support.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {
namespace {

using test::says;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream in{text};
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

bool fails(const promela_options& options, std::string_view why) {
    try {
        (void)promela_model(options);
    } catch (const std::invalid_argument& wrong) {
        return says(wrong.what(), why);
    }
    return false;
}

boost::test_tools::assertion_result has_spin(boost::unit_test::test_unit_id) {
    boost::test_tools::assertion_result there{std::system("spin -V >/dev/null 2>&1") == 0};
    there.message() << "there is no spin";
    return there;
}

} // namespace

BOOST_AUTO_TEST_SUITE(promela)

BOOST_AUTO_TEST_CASE(every_word_of_every_table_has_a_definition_and_none_is_idle) {
    for (const machine_view* machine : abstract_machines()) {
        BOOST_TEST_CONTEXT(machine->name) {
            const promela_vocabulary words{machine->name};
            for (const machine_row& row : machine->rows) {
                BOOST_CHECK_NO_THROW((void)words.calls_of(row.action));
                BOOST_CHECK_NO_THROW((void)(row.guard.empty() ? "" : words.guard(row.guard)));
            }
            const auto unused = words.unused_by(*machine);
            BOOST_TEST(unused.empty(), "not in the table: " << (unused.empty() ? "" : unused[0]));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_word_without_a_definition_and_a_definition_without_a_word_are_found) {
    const promela_vocabulary words{"agent", "inline agent_warn() {\n#define agent_hurried (1)\n"};
    BOOST_CHECK_EXCEPTION((void)words.calls_of("warn, run away"), std::invalid_argument,
                          [](const auto& e) { return says(e.what(), "'run away'"); });
    BOOST_CHECK_THROW((void)words.guard("tired"), std::invalid_argument);
    machine_view idle = *find_machine("agent");
    idle.rows = {};
    BOOST_TEST(words.unused_by(idle) == (std::vector<std::string>{"agent_hurried", "agent_warn"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_longest_definition_counts_and_what_stands_in_brackets_is_an_argument) {
    const promela_vocabulary words{"agent",
                                   "inline agent_undo(why) {\ninline agent_begin_thaw() {\n"
                                   "inline agent_tell(result) {\ninline agent_close() {\n"
                                   "inline agent_tell_unknown_close() {\n"};
    const auto calls = [&](std::string_view action) { return words.calls_of(action); };
    using list = std::vector<std::string>;
    BOOST_TEST(calls("undo(lost), begin thaw") == (list{"agent_undo(LOST)", "agent_begin_thaw()"}),
               boost::test_tools::per_element());
    BOOST_TEST(calls("tell(unknown), close") == (list{"agent_tell_unknown_close()"}),
               boost::test_tools::per_element());
    BOOST_TEST(calls("tell(kept), close") == (list{"agent_tell(KEPT)", "agent_close()"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(every_row_is_a_branch) {
    const auto model = promela_model({});
    for (const machine_view* machine : abstract_machines()) {
        BOOST_TEST_CONTEXT(machine->name) {
            const auto begin = model.find("inline " + std::string{machine->name} + "_table(");
            BOOST_TEST_REQUIRE(begin != std::string::npos);
            const auto table = model.substr(begin, model.find("\n}\n", begin) - begin);
            std::size_t branches = 0;
            for (const auto& line : lines_of(table)) {
                branches += line.starts_with("        /* SP ") ? 1U : 0U;
            }
            BOOST_TEST(branches == machine->rows.size());
            for (const machine_row& row : machine->rows) {
                BOOST_TEST(says(table, row.action));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_configuration_is_at_the_top_and_nothing_else_differs) {
    const auto one = lines_of(promela_model({}));
    const auto other = lines_of(promela_model({.dialect = "qga",
                                               .agents = 3,
                                               .participants = 1,
                                               .sessions = 2,
                                               .fault_budget = 0,
                                               .faults = "all,-loss,-noise",
                                               .flaw = "no_hold_timer"}));
    BOOST_TEST_REQUIRE(one.size() == other.size());
    std::size_t last = 0;
    for (std::size_t i = 0; i < one.size(); ++i) {
        last = one[i] == other[i] ? last : i;
    }
    BOOST_TEST(last < 40U);
    const auto has = [&](const char* line) {
        return std::find(other.begin(), other.end(), line) != other.end();
    };
    BOOST_TEST(has("#define QGA 1"));
    BOOST_TEST(has("#define AGENTS 3"));
    BOOST_TEST(has("#define FAULT_loss 0"));
    BOOST_TEST(has("#define FAULT_veto 1"));
    BOOST_TEST(has("#define FLAW_NO_HOLD_TIMER 1"));
    BOOST_TEST((promela_model({}) == promela_model({})));
}

BOOST_AUTO_TEST_CASE(a_mutation_changes_its_row_and_no_other) {
    const auto lines = lines_of(promela_model({}));
    for (const char* how : {"deletion", "target=stuck"}) {
        const auto mutated =
            lines_of(promela_model({.mutation = std::string{"agent:thaw:hold_expired::"} + how}));
        BOOST_TEST_REQUIRE(mutated.size() == lines.size());
        std::vector<std::string> changed;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i] != mutated[i]) {
                changed.push_back(mutated[i]);
            }
        }
        BOOST_TEST_REQUIRE(changed.size() == 2U); // and the one that says so
        BOOST_TEST(changed[0] == "#define MUTATED 1");
        BOOST_TEST(
            says(changed[1], says(how, "stuck") ? "ROW(AGENT_STUCK, " : "ROW(AGENT_THAW, 0"));
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_is_refused_in_words) {
    BOOST_TEST(fails({.agents = 4}, "--agents is 1 to 3"));
    BOOST_TEST(fails({.participants = 0}, "--participants is 1 to 3"));
    BOOST_TEST(fails({.sessions = 4}, "--sessions is 1 to 3"));
    BOOST_TEST(fails({.fault_budget = 8}, "--fault-budget is 0 to 7"));
    BOOST_TEST(fails({.dialect = "hyperv"}, "there are: native qga"));
    BOOST_TEST(fails({.faults = "loss,nosie"}, "'nosie' is no fault"));
    BOOST_TEST(fails({.flaw = "x"}, "'x' is no flaw"));
    BOOST_TEST(fails({.mutation = "agent"}, "TABLE:STATE:EVENT:GUARD:KIND"));
    BOOST_TEST(fails({.mutation = "agnet:off:hello::deletion"}, "'agnet' is no table"));
    BOOST_TEST(fails({.mutation = "agent:off:helo::deletion"}, "'helo' is no state or event"));
    BOOST_TEST(fails({.mutation = "agent:off:thaw::deletion"}, "there is no row"));
    BOOST_TEST(fails({.mutation = "agent:off:stop::swap"}, "no kind of mutation"));
}

BOOST_AUTO_TEST_CASE(spin_takes_it, *boost::unit_test::precondition(has_spin)) {
    for (const char* dialect : {"native", "qga"}) {
        for (const std::size_t size : {1U, 3U}) {
            for (const bool liveness : {false, true}) {
                const test::scratch place;
                std::ofstream{place.file("model.pml")} << promela_model({.dialect = dialect,
                                                                         .agents = size,
                                                                         .participants = size,
                                                                         .sessions = size,
                                                                         .liveness = liveness});
                const auto command =
                    "cd " + place.path() + " && spin -a model.pml >log 2>&1 && test -s pan.c";
                BOOST_TEST(std::system(command.c_str()) == 0,
                           test::read_all(place.file("log")).substr(0, 2000));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace snapproto::conformance
