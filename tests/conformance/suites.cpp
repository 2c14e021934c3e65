// SPDX-License-Identifier: BSL-1.0
// The generated suites: complete ones find every difference up to their bound, learning finds the
// machine, and both agree about the embedded agents.
#include "conformance/builtin/builtin.hpp"
#include "conformance/suites/complete.hpp"
#include "conformance/suites/generated.hpp"
#include "conformance/suites/learner.hpp"
#include "conformance/suites/qga_specification.hpp"
#include "conformance/suites/qga_system.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace snapproto::conformance;
using namespace snapproto::conformance::suites;

const std::vector<std::string> some_inputs{"a", "b", "c"};

mealy_machine random_machine(std::size_t states) {
    mealy_machine made{some_inputs};
    for (std::size_t i = 0; i < states; ++i) {
        made.add_state(std::to_string(i));
    }
    for (std::size_t from = 0; from < states; ++from) {
        for (std::size_t on = 0; on < some_inputs.size(); ++on) {
            const auto to = *rc::gen::inRange<std::size_t>(0, states);
            made.set(from, on, {to, *rc::gen::element<std::string>("x", "y")});
        }
    }
    return made;
}

/// A machine as what is tested.
class simulated final : public system_under_test {
  public:
    explicit simulated(const mealy_machine& of) : m_of(of) {}
    answers ask(const word& inputs) override { return m_of.run(inputs); }

  private:
    const mealy_machine& m_of;
};

bool tells_apart(const std::vector<word>& suite, const mealy_machine& a, const mealy_machine& b) {
    return std::any_of(suite.begin(), suite.end(),
                       [&](const word& one) { return a.run(one) != b.run(one); });
}

std::vector<qga_input> everything() {
    std::vector<qga_input> all;
    for (const auto& one : qga_inputs()) {
        all.push_back(one.which);
    }
    return all;
}

/// Each single fault of a machine: another output, or another state to go to.
std::vector<mealy_machine> single_faults(const mealy_machine& of) {
    std::set<std::string> outputs;
    for (std::size_t from = 0; from < of.states(); ++from) {
        for (std::size_t on = 0; on < of.inputs().size(); ++on) {
            outputs.insert(of.at(from, on).output);
        }
    }
    std::vector<mealy_machine> made;
    for (std::size_t from = 0; from < of.states(); ++from) {
        for (std::size_t on = 0; on < of.inputs().size(); ++on) {
            const auto right = of.at(from, on);
            const auto add = [&](mealy_machine::step wrong) {
                if (!(wrong == right)) {
                    made.push_back(of);
                    made.back().set(from, on, std::move(wrong));
                }
            };
            for (const auto& output : outputs) {
                add({right.to, output});
            }
            for (std::size_t to = 0; to < of.states(); ++to) {
                add({to, right.output});
            }
        }
    }
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(generated_suites)

RC_BOOST_PROP(a_minimal_machine_answers_as_before, ()) {
    const auto machine = random_machine(*rc::gen::inRange<std::size_t>(1, 8));
    const auto small = minimal(machine);
    RC_ASSERT(!difference(machine, small));
    RC_ASSERT(small.states() <= machine.states());
    for (std::size_t a = 0; a < small.states(); ++a) {
        for (std::size_t b = 0; b < a; ++b) {
            RC_ASSERT(separating_word(small, a, b).has_value());
        }
    }
}

RC_BOOST_PROP(a_difference_is_one, ()) {
    const auto a = random_machine(*rc::gen::inRange<std::size_t>(1, 6));
    const auto b = random_machine(*rc::gen::inRange<std::size_t>(1, 6));
    if (const auto found = difference(a, b)) {
        RC_ASSERT(a.run(*found) != b.run(*found));
        auto shorter = *found;
        shorter.pop_back();
        RC_ASSERT(a.run(shorter) == b.run(shorter));
    }
}

RC_BOOST_PROP(a_complete_suite_finds_every_difference_up_to_its_bound, ()) {
    const auto spec = minimal(random_machine(*rc::gen::inRange<std::size_t>(1, 5)));
    const auto extra = *rc::gen::inRange<std::size_t>(0, 3);
    const auto suite = complete_suite(spec, extra);
    for (int i = 0; i < 20; ++i) {
        const auto other =
            random_machine(*rc::gen::inRange<std::size_t>(1, spec.states() + extra + 1));
        RC_ASSERT(tells_apart(suite, spec, other) == difference(spec, other).has_value());
    }
}

// Random machines differ early; what is hard to find differs in one place behind a long way.
RC_BOOST_PROP(a_complete_suite_finds_a_fault_behind_additional_states, ()) {
    const auto spec = minimal(random_machine(*rc::gen::inRange<std::size_t>(2, 5)));
    const auto extra = *rc::gen::inRange<std::size_t>(1, 3);
    // The same machine once more, entered by one step of the first, with one fault in it.
    auto other = spec;
    std::size_t copies = 0;
    while (copies < extra) {
        const auto original = *rc::gen::inRange<std::size_t>(0, spec.states());
        const auto copy = other.add_state("copy");
        for (std::size_t on = 0; on < some_inputs.size(); ++on) {
            other.set(copy, on, spec.at(original, on));
        }
        for (std::size_t from = 0; from < other.states(); ++from) {
            for (std::size_t on = 0; on < some_inputs.size(); ++on) {
                if (other.at(from, on).to == original && *rc::gen::arbitrary<bool>()) {
                    other.set(from, on, {copy, other.at(from, on).output});
                }
            }
        }
        ++copies;
    }
    const auto wrong = spec.states() + *rc::gen::inRange<std::size_t>(0, extra);
    const auto on = *rc::gen::inRange<std::size_t>(0, some_inputs.size());
    other.set(wrong, on, {other.at(wrong, on).to, "z"});
    RC_ASSERT(tells_apart(complete_suite(spec, extra), spec, other) ==
              difference(spec, other).has_value());
}

RC_BOOST_PROP(no_word_of_a_suite_begins_another, ()) {
    const auto spec = minimal(random_machine(*rc::gen::inRange<std::size_t>(1, 5)));
    const auto suite = complete_suite(spec, 1);
    for (std::size_t i = 0; i < suite.size(); ++i) {
        if (i != 0) { // RapidCheck's macros evaluate both sides of a disjunction
            RC_ASSERT(suite[i - 1].size() <= suite[i].size());
        }
        for (std::size_t j = 0; j < suite.size(); ++j) {
            RC_ASSERT(i == j ||
                      !std::equal(suite[i].begin(), suite[i].end(), suite[j].begin(),
                                  suite[j].begin() + static_cast<std::ptrdiff_t>(std::min(
                                                         suite[i].size(), suite[j].size()))));
        }
    }
}

RC_BOOST_PROP(what_is_learned_is_the_machine_or_has_more_states_than_was_believed, ()) {
    const auto machine = minimal(random_machine(*rc::gen::inRange<std::size_t>(1, 8)));
    const auto extra = *rc::gen::inRange<std::size_t>(0, 2);
    simulated asked{machine};
    remembering_system memory{asked, some_inputs};
    const auto learned = learn(some_inputs, memory, {.extra = extra, .states_max = 20});
    if (machine.states() <= learned.states() + extra) {
        RC_ASSERT(!difference(machine, learned));
        RC_ASSERT(learned.states() == machine.states());
        RC_ASSERT(compare(machine, learned).equal());
    }
}

BOOST_AUTO_TEST_CASE(a_machine_of_too_many_states_is_given_up) {
    mealy_machine counter{{"tick"}};
    for (std::size_t i = 0; i < 9; ++i) {
        counter.add_state("");
        counter.set(i, 0, {i == 8 ? 8 : i + 1, i % 4 == 3 ? "tock" : "tick"});
    }
    simulated asked{counter};
    BOOST_CHECK_EXCEPTION(
        static_cast<void>(learn(counter.inputs(), asked, {.extra = 3, .states_max = 3})),
        std::runtime_error, [](const std::runtime_error& why) {
            return std::string{why.what()}.starts_with("more than 3 states");
        });
}

BOOST_AUTO_TEST_CASE(contradictory_answers_are_noticed) {
    class moody final : public system_under_test {
      public:
        answers ask(const word& inputs) override {
            answers made(inputs.size(), "calm");
            if (++m_times == 3) {
                made.front() = "angry";
            }
            return made;
        }

      private:
        int m_times = 0;
    } system;
    remembering_system memory{system, some_inputs};
    BOOST_TEST(memory.ask({0}).front() == "calm");
    BOOST_TEST(memory.ask({0}).front() == "calm"); // remembered, not asked
    BOOST_TEST(memory.words_asked() == 1U);
    BOOST_TEST(memory.ask({0, 1}).back() == "calm");
    BOOST_CHECK_EXCEPTION(
        static_cast<void>(memory.ask({0, 2})), not_deterministic, [](const not_deterministic& why) {
            return std::string{why.what()} == "'a' was answered 'calm' before and 'angry' now";
        });
}

BOOST_AUTO_TEST_CASE(the_comparison_names_what_is_changed_extra_and_missing) {
    const auto spec = qga_specification(everything());
    BOOST_TEST_REQUIRE(spec.states() == 3U);
    BOOST_TEST(compare(spec, spec).equal());
    // An agent that says frozen once it has been told to thaw in vain: a state more.
    auto other = spec;
    const auto thaw = static_cast<input_index>(qga_input::thaw);
    const auto status = static_cast<input_index>(qga_input::status);
    const auto extra = other.add_state("sulking");
    for (std::size_t on = 0; on < spec.inputs().size(); ++on) {
        other.set(extra, on, spec.at(0, on));
    }
    other.set(0, thaw, {extra, spec.at(0, thaw).output});
    other.set(extra, status, {extra, "frozen"});
    const auto found = compare(spec, other);
    BOOST_TEST_REQUIRE(found.changed.size() == 1U);
    BOOST_TEST(spec.text(found.changed[0].after) == "thaw");
    BOOST_TEST(found.changed[0].on == status);
    BOOST_TEST(found.changed[0].expected == "thawed");
    BOOST_TEST(found.changed[0].actual == "frozen");
    BOOST_TEST_REQUIRE(found.extra.size() == 1U);
    BOOST_TEST(spec.text(found.extra[0]) == "thaw");
    BOOST_TEST(found.missing.empty());
    // One that cannot freeze two: a state less.
    auto less = spec;
    const auto both = static_cast<input_index>(qga_input::freeze_both);
    less.set(0, both, {0, "error"});
    const auto missing = compare(spec, minimal(less)).missing;
    BOOST_TEST_REQUIRE(missing.size() == 1U);
    BOOST_TEST(missing[0] == "frozen, 2 held");
}

// SP 24.1, 24.3, 24.5, 24.10, 25.1, 25.3 to 25.5, 26.4, 26.6, 28.2: what the table comes to behind
// the adapter of QGA, by the clauses and not by the table.
BOOST_AUTO_TEST_CASE(the_machine_behind_qga_is_what_the_clauses_say) {
    const auto spec = qga_specification(everything());
    const auto run = [&](std::initializer_list<qga_input> inputs) {
        word made;
        for (const auto one : inputs) {
            made.push_back(static_cast<input_index>(one));
        }
        return spec.run(made);
    };
    using enum qga_input;
    BOOST_TEST(run({freeze, status, thaw, status, thaw}) ==
                   (answers{"returns 1", "frozen", "returns 1", "thawed", "returns 0"}),
               boost::test_tools::per_element());
    BOOST_TEST(run({freeze_both, freeze, thaw_args, thaw}) ==
                   (answers{"returns 2", "error", "error", "returns 2"}),
               boost::test_tools::per_element());
    BOOST_TEST(run({freeze_none, status, freeze_unknown, status}) ==
                   (answers{"returns 0", "thawed", "error", "thawed"}),
               boost::test_tools::per_element());
    BOOST_TEST(run({freeze_hook_fails, status, freeze, thaw_hook_fails, status, thaw}) ==
                   (answers{"error", "thawed", "returns 1", "error", "thawed", "returns 0"}),
               boost::test_tools::per_element());
    BOOST_TEST(run({freeze, limit, status, thaw, freeze, restart, reconnect, thaw}) ==
                   (answers{"returns 1", "done", "thawed", "returns 0", "returns 1", "in step",
                            "in step", "returns 1"}),
               boost::test_tools::per_element());
    const auto again = qga_specification(everything(), {.repeats_count = true});
    BOOST_TEST(again.run({0, 0, 1, 4})[2] == "returns 1");
}

BOOST_AUTO_TEST_CASE(every_single_fault_of_the_machine_behind_qga_is_found) {
    const auto spec = qga_specification(everything());
    const auto suite = complete_suite(spec, 0);
    std::size_t different = 0;
    std::size_t found = 0;
    for (const auto& wrong : single_faults(spec)) {
        different += difference(spec, wrong) ? 1U : 0U;
        found += tells_apart(suite, spec, wrong) ? 1U : 0U;
    }
    BOOST_TEST_MESSAGE(found << " of " << different << " single faults found by " << suite.size()
                             << " sequences of " << total_length(suite) << " inputs");
    BOOST_TEST(different > 300U);
    BOOST_TEST(found == different);
}

BOOST_AUTO_TEST_CASE(the_reference_is_equivalent_to_the_specification) {
    const auto agent = make_builtin("reference", 1);
    const auto run = run_complete(*agent, 1, {});
    BOOST_TEST_REQUIRE(run.cases.size() == 1U);
    BOOST_TEST((run.cases[0].verdict == status::pass), run.cases[0].found.actual);
    BOOST_TEST(run.cases[0].id == "complete/1");
}

BOOST_AUTO_TEST_CASE(the_reference_is_learned) {
    const auto agent = make_builtin("reference", 1);
    const auto inputs = alphabet_for(*agent);
    BOOST_TEST(inputs.size() == qga_inputs().size());
    qga_system asked{*agent, inputs, {}};
    remembering_system memory{asked, names_of(inputs)};
    const auto spec = qga_specification(inputs, choices_of(memory, inputs));
    const auto learned = learn(spec.inputs(), memory, {.extra = 0, .states_max = 10});
    BOOST_TEST(compare(spec, learned).equal());
}

BOOST_AUTO_TEST_CASE(a_faulty_agent_is_found_and_its_sequence_is_short) {
    const auto agent = make_builtin("thaw-counts-nothing", 1);
    const auto run = run_complete(*agent, 0, {});
    const auto& only = run.cases.at(0);
    BOOST_TEST((only.verdict == status::fail));
    BOOST_TEST(only.replay == "snapcheck agent --builtin thaw-counts-nothing --sequence "
                              "'freeze thaw'");
    BOOST_TEST(only.found.expected == "returns 1");
    BOOST_TEST(only.found.actual == "returns 0");
    const auto again = run_sequence(*agent, word_from("freeze thaw", *agent), {});
    BOOST_TEST((again.cases.at(0).verdict == status::fail));
    BOOST_TEST(again.cases.at(0).found.actual == "returns 0");
}

BOOST_AUTO_TEST_CASE(random_sessions_pass_the_reference_and_find_a_fault_that_they_shrink) {
    const auto reference = make_builtin("reference", 1);
    std::size_t played = 0;
    const auto run =
        run_sessions(*reference, 20, {}, [&](std::size_t done, std::size_t) { played = done; });
    BOOST_TEST((run.cases.at(0).verdict == status::pass), run.cases.at(0).found.actual);
    BOOST_TEST(played == 20U);
    const auto faulty = make_builtin("freezes-only-once", 1);
    const auto found = run_sessions(*faulty, 50, {});
    BOOST_TEST((found.cases.at(0).verdict == status::fail));
    const auto& replay = found.cases.at(0).replay;
    const auto words = replay.substr(replay.find('\'') + 1);
    BOOST_TEST(std::count(words.begin(), words.end(), ' ') == 2, replay); // three inputs
}

// Not "the implementation could not be reached": it was, and an input has killed it.
BOOST_AUTO_TEST_CASE(an_agent_that_dies_of_an_input_fails) {
    const auto agent = make_builtin("dies-of-a-disconnect", 1);
    const auto only = run_complete(*agent, 0, {}).cases.at(0);
    BOOST_TEST((only.verdict == status::fail));
    BOOST_TEST(only.found.actual == "gone");
    BOOST_TEST(only.replay.ends_with("--sequence 'freeze reconnect'"), only.replay);
}

BOOST_AUTO_TEST_CASE(a_sequence_is_made_of_known_inputs) {
    const auto agent = make_builtin("reference", 1);
    BOOST_CHECK_EXCEPTION(static_cast<void>(word_from("freeze thwa", *agent)),
                          std::invalid_argument, [](const std::invalid_argument& why) {
                              return std::string{why.what()} ==
                                     "'thwa' is no input of this agent; did you mean thaw?";
                          });
    BOOST_CHECK_THROW(static_cast<void>(word_from("  ", *agent)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
