// SPDX-License-Identifier: BSL-1.0
// snapcheck learn: an agent's machine from its answers, beside the specification's.
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/attachment.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/console.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/outcome.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/learner.hpp"

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
    suites::specification specified;
    mealy_machine machine;
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
        made.add_state(same == 0 ? name : fmt::format("{} ({})", name, same + 1));
    }
    for (std::size_t from = 0; from < machine.states(); ++from) {
        for (std::size_t on = 0; on < machine.inputs().size(); ++on) {
            made.set(from, on, machine.at(from, on));
        }
    }
    return made;
}

learned learn_from(suites::attached_system& agent, const learn_options& options, console& out) {
    const auto begun = std::chrono::steady_clock::now();
    const auto inputs = agent.input_names();
    suites::remembering_system memory{agent, inputs};
    auto specified = agent.specify(memory);
    out.line(fmt::format("inputs: {}; reset by {}", fmt::join(inputs, ", "), agent.how_reset()));
    auto machine = suites::learn(
        inputs, memory, {.extra = options.extra, .states_max = options.states_max},
        [&](const mealy_machine& hypothesis) {
            out.line(fmt::format("hypothesis: {} states, after {} sequences of {} inputs",
                                 hypothesis.states(), memory.words_asked(), memory.inputs_asked()));
        });
    machine = with_names(machine, specified.machine);
    auto difference = suites::compare(specified.machine, machine);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    return {std::move(specified), std::move(machine),    std::move(difference),
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
    out.line(fmt::format("choices: {}", result.specified.choices));
    std::size_t behind = 0;
    for (const auto& one : result.difference.changed) {
        if (one.behind) {
            ++behind;
            continue;
        }
        out.line(fmt::format("changed: {}, {} gives '{}'; the specification's machine gives '{}'",
                             words_after(result.specified.machine, one.after), inputs[one.on],
                             one.actual, one.expected));
    }
    if (behind != 0) {
        out.line(
            fmt::format("changed: {} more, where one of these leads (--json has all)", behind));
    }
    for (const auto& one : result.difference.extra) {
        out.line(fmt::format("extra state: {}", words_after(result.specified.machine, one)));
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
                                       {"actual", one.actual},
                                       {"behind", one.behind}});
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
    explicit thawed_at_the_end(suites::attached_system& agent) : m_agent(agent) {}
    ~thawed_at_the_end() { (void)m_agent.leave(); }
    thawed_at_the_end(const thawed_at_the_end&) = delete;
    thawed_at_the_end& operator=(const thawed_at_the_end&) = delete;

  private:
    suites::attached_system& m_agent;
};

} // namespace

int run_learn(const learn_options& options) {
    require_inputs(options.agent.dialect, "snapcheck learn");
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
    const auto agent =
        suites::make_system(attached.agent(), {.timeout_scale = options.agent.timeout_scale,
                                               .seed = options.agent.seed});
    const thawed_at_the_end at_the_end{*agent};
    try {
        const auto result = learn_from(*agent, options, out);
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
