// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/mealy.hpp"

#include "conformance/sort_stably.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace snapproto::conformance::suites {
namespace {

// Breadth-first through pairs of states, one of each machine, for the first input that they answer
// differently.
std::optional<word> difference_from(const mealy_machine& a, state_index from_a,
                                    const mealy_machine& b, state_index from_b) {
    struct place {
        state_index a;
        state_index b;
        word path;
    };
    std::set<std::pair<state_index, state_index>> seen{{from_a, from_b}};
    std::deque<place> next{{from_a, from_b, {}}};
    while (!next.empty()) {
        const place now = std::move(next.front());
        next.pop_front();
        for (input_index on = 0; on < a.inputs().size(); ++on) {
            const auto& in_a = a.at(now.a, on);
            const auto& in_b = b.at(now.b, on);
            word path = now.path;
            path.push_back(on);
            if (in_a.output != in_b.output) {
                return path;
            }
            if (seen.emplace(in_a.to, in_b.to).second) {
                next.push_back({in_a.to, in_b.to, std::move(path)});
            }
        }
    }
    return std::nullopt;
}

// The arrows of a picture: from, to and output, and the inputs that share them.
using arrows =
    std::map<std::pair<state_index, state_index>, std::map<std::string, std::vector<std::string>>>;

arrows arrows_of(const mealy_machine& of) {
    arrows made;
    for (state_index from = 0; from < of.states(); ++from) {
        for (input_index on = 0; on < of.inputs().size(); ++on) {
            const auto& step = of.at(from, on);
            made[{from, step.to}][step.output].push_back(of.inputs()[on]);
        }
    }
    return made;
}

} // namespace

state_index mealy_machine::reached(const word& inputs, state_index from) const {
    for (const auto on : inputs) {
        from = at(from, on).to;
    }
    return from;
}

answers mealy_machine::run(const word& inputs, state_index from) const {
    answers made;
    made.reserve(inputs.size());
    for (const auto on : inputs) {
        const step& taken = at(from, on);
        made.push_back(taken.output);
        from = taken.to;
    }
    return made;
}

std::string mealy_machine::text(const word& inputs) const {
    std::string made;
    for (const auto on : inputs) {
        made += made.empty() ? "" : " ";
        made += m_inputs.at(on);
    }
    return made;
}

std::vector<std::optional<word>> access_words(const mealy_machine& of) {
    std::vector<std::optional<word>> words(of.states());
    if (words.empty()) {
        return words;
    }
    words[0] = word{};
    std::deque<state_index> next{0};
    while (!next.empty()) {
        const auto from = next.front();
        next.pop_front();
        for (input_index on = 0; on < of.inputs().size(); ++on) {
            auto& known = words[of.at(from, on).to];
            if (!known) {
                known = words[from];
                known->push_back(on);
                next.push_back(of.at(from, on).to);
            }
        }
    }
    return words;
}

std::optional<word> separating_word(const mealy_machine& of, state_index a, state_index b) {
    return difference_from(of, a, of, b);
}

std::optional<word> difference(const mealy_machine& a, const mealy_machine& b) {
    return difference_from(a, 0, b, 0);
}

mealy_machine minimal(const mealy_machine& of) {
    // Classes by outputs first, then by the classes that the steps lead to, until nothing changes.
    const auto access = access_words(of);
    std::vector<state_index> reachable;
    for (state_index i = 0; i < of.states(); ++i) {
        if (access[i]) {
            reachable.push_back(i);
        }
    }
    std::vector<std::size_t> part(of.states(), 0);
    for (std::size_t before = 0;;) {
        std::map<std::vector<std::string>, std::size_t> signatures;
        std::vector<std::size_t> finer(of.states(), 0);
        for (const auto state : reachable) {
            std::vector<std::string> signature{std::to_string(part[state])};
            for (input_index on = 0; on < of.inputs().size(); ++on) {
                const auto& step = of.at(state, on);
                signature.push_back(fmt::format("{} {}", part[step.to], step.output));
            }
            finer[state] =
                signatures.emplace(std::move(signature), signatures.size()).first->second;
        }
        part = std::move(finer);
        if (signatures.size() == before) {
            break;
        }
        before = signatures.size();
    }
    // In the order in which they are reached.
    sort_stably(reachable, [&](state_index a, state_index b) {
        return access[a]->size() < access[b]->size();
    });
    mealy_machine made{of.inputs()};
    std::map<std::size_t, state_index> states;
    std::vector<state_index> stands_for;
    for (const auto state : reachable) {
        if (states.emplace(part[state], made.states()).second) {
            made.add_state(of.name(state));
            stands_for.push_back(state);
        }
    }
    for (state_index from = 0; from < made.states(); ++from) {
        for (input_index on = 0; on < of.inputs().size(); ++on) {
            const auto& step = of.at(stands_for[from], on);
            made.set(from, on, {states.at(part[step.to]), step.output});
        }
    }
    return made;
}

std::string to_dot(const mealy_machine& of, std::string_view title) {
    std::string text = fmt::format("digraph \"{}\" {{\n    rankdir=LR;\n    node [shape=box, "
                                   "style=rounded];\n    start [shape=point];\n    start -> s0;\n",
                                   title);
    for (state_index i = 0; i < of.states(); ++i) {
        text += fmt::format("    s{} [label=\"{}\"];\n", i, of.name(i));
    }
    for (const auto& [ends, by_output] : arrows_of(of)) {
        std::vector<std::string> lines;
        for (const auto& [output, inputs] : by_output) {
            lines.push_back(fmt::format("{} / {}", fmt::join(inputs, ", "), output));
        }
        text += fmt::format("    s{} -> s{} [label=\"{}\"];\n", ends.first, ends.second,
                            fmt::join(lines, "\\n"));
    }
    return text + "}\n";
}

std::string to_mermaid(const mealy_machine& of) {
    std::string text = "stateDiagram-v2\n    [*] --> s0\n";
    for (state_index i = 0; i < of.states(); ++i) {
        text += fmt::format("    s{}: {}\n", i, of.name(i));
    }
    for (const auto& [ends, by_output] : arrows_of(of)) {
        for (const auto& [output, inputs] : by_output) {
            text += fmt::format("    s{} --> s{}: {} / {}\n", ends.first, ends.second,
                                fmt::join(inputs, ", "), output);
        }
    }
    return text;
}

} // namespace snapproto::conformance::suites
