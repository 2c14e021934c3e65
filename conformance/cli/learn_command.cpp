// SPDX-License-Identifier: BSL-1.0
// snapcheck learn: an agent's machine from its answers, beside the specification's.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/attachment.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/outcome.hpp"
#include "conformance/restore.hpp"
#include "conformance/suites/learner.hpp"
#include "conformance/suites/qga_specification.hpp"
#include "conformance/suites/qga_system.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace snapproto::conformance {
namespace {

namespace json = boost::json;
using suites::mealy_machine;

struct learned {
    mealy_machine specified;
    mealy_machine machine;
    suites::qga_choices choices;
    suites::comparison difference;
    std::size_t words = 0;
    std::size_t inputs = 0;
    double seconds = 0;
};

// The states of the learned machine are called what the specification calls those that they stand
// for, as long as each is called otherwise.
mealy_machine with_names(const mealy_machine& machine, const mealy_machine& specified) {
    const auto access = suites::access_words(machine);
    mealy_machine made{machine.inputs()};
    std::vector<std::string> taken;
    for (std::size_t i = 0; i < machine.states(); ++i) {
        auto name = specified.name(specified.reached(access[i].value_or(suites::word{})));
        const auto same = std::count(taken.begin(), taken.end(), name);
        taken.push_back(name);
        made.add_state(same == 0 ? name : fmt::format("{}, {}", name, same + 1));
    }
    for (std::size_t from = 0; from < machine.states(); ++from) {
        for (std::size_t on = 0; on < machine.inputs().size(); ++on) {
            made.set(from, on, machine.at(from, on));
        }
    }
    return made;
}

learned learn_from(target& agent, const learn_options& options, console& out) {
    const auto begun = std::chrono::steady_clock::now();
    const auto inputs = suites::alphabet_for(agent);
    suites::qga_system asked{
        agent, inputs, {.timeout_scale = options.agent.timeout_scale, .seed = options.agent.seed}};
    suites::remembering_system memory{asked, names_of(inputs)};
    const auto choices = choices_of(memory, inputs);
    auto specified = suites::qga_specification(inputs, choices);
    out.line(fmt::format("inputs: {}; reset by {}", fmt::join(specified.inputs(), ", "),
                         asked.how_reset()));
    auto machine = suites::learn(
        specified.inputs(), memory, {.extra = options.extra, .states_max = options.states_max},
        [&](const mealy_machine& hypothesis) {
            out.line(fmt::format("hypothesis: {} states, after {} sequences of {} inputs",
                                 hypothesis.states(), memory.words_asked(), memory.inputs_asked()));
        });
    machine = with_names(machine, specified);
    auto difference = suites::compare(specified, machine);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    return {std::move(specified), std::move(machine),    choices,     std::move(difference),
            memory.words_asked(), memory.inputs_asked(), took.count()};
}

std::string words_after(const mealy_machine& of, const suites::word& path) {
    return path.empty() ? "at first" : fmt::format("after '{}'", of.text(path));
}

void print(const learned& result, std::size_t extra, console& out) {
    const auto& inputs = result.machine.inputs();
    out.line(fmt::format(
        "\nlearned: {} states, {} inputs; {} sequences of {} inputs in {:.2f} s\nbelieved, "
        "because every agent of at most {} states that gave these answers is this one",
        result.machine.states(), inputs.size(), result.words, result.inputs, result.seconds,
        result.machine.states() + extra));
    out.line(fmt::format("choices: {}", describe(result.choices)));
    for (const auto& one : result.difference.changed) {
        out.line(fmt::format("changed: {}, {} gives '{}'; the specification's machine gives '{}'",
                             words_after(result.specified, one.after), inputs[one.on], one.actual,
                             one.expected));
    }
    for (const auto& one : result.difference.extra) {
        out.line(fmt::format("extra state: {}", words_after(result.specified, one)));
    }
    for (const auto& one : result.difference.missing) {
        out.line(fmt::format("missing state: {}", one));
    }
    out.line(result.difference.equal() ? "equal to the specification's machine"
                                       : "not equal to the specification's machine");
}

std::string to_json(const learned& result) {
    const auto& machine = result.machine;
    json::array steps;
    for (std::size_t from = 0; from < machine.states(); ++from) {
        for (std::size_t on = 0; on < machine.inputs().size(); ++on) {
            const auto& step = machine.at(from, on);
            steps.push_back(json::object{{"from", machine.name(from)},
                                         {"input", machine.inputs()[on]},
                                         {"output", step.output},
                                         {"to", machine.name(step.to)}});
        }
    }
    json::array changed;
    for (const auto& one : result.difference.changed) {
        changed.push_back(json::object{{"after", machine.text(one.after)},
                                       {"input", machine.inputs()[one.on]},
                                       {"expected", one.expected},
                                       {"actual", one.actual}});
    }
    json::array extra;
    for (const auto& one : result.difference.extra) {
        extra.emplace_back(machine.text(one));
    }
    json::array missing;
    for (const auto& one : result.difference.missing) {
        missing.emplace_back(one);
    }
    return json::serialize(json::object{{"states", machine.states()},
                                        {"sequences", result.words},
                                        {"inputs", result.inputs},
                                        {"seconds", result.seconds},
                                        {"steps", std::move(steps)},
                                        {"changed", std::move(changed)},
                                        {"extra", std::move(extra)},
                                        {"missing", std::move(missing)}}) +
           "\n";
}

void write(const std::string& file, const std::string& text) {
    if (file == "-") {
        fmt::print("{}", text);
    } else if (!file.empty()) {
        write_file(file, text);
    }
}

/// However learning ends, the agent is left thawed.
class thawed_at_the_end {
  public:
    thawed_at_the_end(target& agent, double timeout_scale)
        : m_agent(agent), m_timeout_scale(timeout_scale) {}
    ~thawed_at_the_end() { (void)restore(m_agent, m_timeout_scale, false); }
    thawed_at_the_end(const thawed_at_the_end&) = delete;
    thawed_at_the_end& operator=(const thawed_at_the_end&) = delete;

  private:
    target& m_agent;
    double m_timeout_scale;
};

} // namespace

int run_learn(const learn_options& options) {
    require_qga(options.agent.dialect, "snapcheck learn");
    for (const auto& [flag, file] :
         {std::pair{"--dot", &options.dot}, std::pair{"--mermaid", &options.mermaid},
          std::pair{"--json", &options.json}}) {
        if (!file->empty() && *file != "-") {
            require_directory_of(flag, *file);
        }
    }
    const agent_plan plan = make_plan(options.agent);
    const bool on_stdout = options.dot == "-" || options.mermaid == "-" || options.json == "-";
    console out(on_stdout ? stderr : stdout, false);
    const attachment attached{options.agent, plan};
    const thawed_at_the_end at_the_end{attached.agent(), options.agent.timeout_scale};
    try {
        const auto result = learn_from(attached.agent(), options, out);
        print(result, options.extra, out);
        write(options.dot, to_dot(result.machine, attached.agent().description()));
        write(options.mermaid, to_mermaid(result.machine));
        write(options.json, to_json(result));
        return result.difference.equal() ? exit_good : exit_failed;
    } catch (const suites::not_deterministic& why) {
        out.line(
            fmt::format("the agent cannot be learned: it is not deterministic: {}", why.what()));
    } catch (const check_failed& why) {
        out.line(fmt::format("the agent cannot be learned: {}: expected {}, actual {}",
                             why.found().requirement, why.found().expected, why.found().actual));
    }
    return exit_failed;
}

} // namespace snapproto::conformance
