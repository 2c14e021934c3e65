// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/learner.hpp"

#include "conformance/suites/complete.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <stdexcept>

namespace snapproto::conformance::suites {
namespace {

word joined(const word& first, const word& then) {
    word made = first;
    made.insert(made.end(), then.begin(), then.end());
    return made;
}

word with(word first, input_index then) {
    first.push_back(then);
    return first;
}

/// The observation table: a row for each known state, a column for each suffix that tells states
/// apart.
class observation_table {
  public:
    using row = std::vector<answers>;

    observation_table(const std::vector<std::string>& inputs, system_under_test& from,
                      std::size_t states_max)
        : m_inputs(inputs), m_from(from), m_states_max(states_max), m_access{word{}} {
        for (input_index on = 0; on < inputs.size(); ++on) {
            m_suffixes.push_back({on});
        }
    }

    void add(word suffix) { m_suffixes.push_back(std::move(suffix)); }

    [[nodiscard]] const word& access(state_index state) const { return m_access[state]; }

    /// Asks what is missing, and finds states until every step leads to a known one.
    [[nodiscard]] mealy_machine hypothesis() {
        std::map<row, state_index> known;
        for (state_index i = 0; i < m_access.size(); ++i) {
            known.emplace(row_of(m_access[i]), i);
        }
        mealy_machine made{m_inputs};
        for (state_index i = 0; i < m_access.size(); ++i) {
            made.add_state(fmt::format("state {}", i));
        }
        // States are added at the end while the loop runs.
        for (state_index from = 0; from < m_access.size(); ++from) {
            for (input_index on = 0; on < m_inputs.size(); ++on) {
                const word there = with(m_access[from], on);
                const auto [at, fresh] = known.emplace(row_of(there), m_access.size());
                if (fresh) {
                    if (m_access.size() == m_states_max) {
                        throw std::runtime_error(
                            fmt::format("more than {} states: the implementation remembers too "
                                        "much to be learned",
                                        m_states_max));
                    }
                    m_access.push_back(there);
                    made.add_state(fmt::format("state {}", at->second));
                }
                made.set(from, on, {at->second, m_from.ask(there).back()});
            }
        }
        return made;
    }

  private:
    // What is answered to each suffix after these inputs.
    row row_of(const word& after) {
        row made;
        for (const auto& suffix : m_suffixes) {
            const auto all = m_from.ask(joined(after, suffix));
            made.emplace_back(all.end() - static_cast<std::ptrdiff_t>(suffix.size()), all.end());
        }
        return made;
    }

    std::vector<std::string> m_inputs;
    system_under_test& m_from;
    std::size_t m_states_max;
    std::vector<word> m_access;
    std::vector<word> m_suffixes;
};

/// The shortest beginning of the word whose last answer is not the hypothesis's; absent if all are.
std::optional<word> failing_part(const mealy_machine& hypothesis, system_under_test& from,
                                 const word& inputs) {
    const auto actual = from.ask(inputs);
    const auto expected = hypothesis.run(inputs);
    const auto at = std::mismatch(actual.begin(), actual.end(), expected.begin()).first;
    if (at == actual.end()) {
        return std::nullopt;
    }
    return word(inputs.begin(), inputs.begin() + (at - actual.begin()) + 1);
}

/// What of a counterexample tells apart two states that the hypothesis takes for one.
word distinguishing_suffix(const mealy_machine& hypothesis, const observation_table& table,
                           system_under_test& from, const word& counterexample) {
    const auto rest = [&](std::size_t begin) {
        return word(counterexample.begin() + static_cast<std::ptrdiff_t>(begin),
                    counterexample.end());
    };
    const std::string expected = hypothesis.run(counterexample).back();
    // Whether the hypothesis is right once it has done the first `done` inputs for the system.
    const auto is_right = [&](std::size_t done) {
        const word beginning(counterexample.begin(),
                             counterexample.begin() + static_cast<std::ptrdiff_t>(done));
        const auto& access = table.access(hypothesis.reached(beginning));
        return from.ask(joined(access, rest(done))).back() == expected;
    };
    std::size_t wrong = 0;
    std::size_t right = counterexample.size() - 1; // one step was asked when the table was filled
    while (right - wrong > 1) {
        const std::size_t middle = wrong + (right - wrong) / 2;
        (is_right(middle) ? right : wrong) = middle;
    }
    return rest(right);
}

std::optional<word> counterexample(const mealy_machine& hypothesis, system_under_test& from,
                                   std::size_t extra) {
    for (const auto& one : complete_suite(hypothesis, extra)) {
        if (auto found = failing_part(hypothesis, from, one)) {
            return found;
        }
    }
    return std::nullopt;
}

} // namespace

mealy_machine learn(const std::vector<std::string>& inputs, system_under_test& from,
                    const learning_options& how,
                    const std::function<void(const mealy_machine& hypothesis)>& progress) {
    observation_table table{inputs, from, how.states_max};
    for (;;) {
        auto hypothesis = table.hypothesis();
        if (progress) {
            progress(hypothesis);
        }
        const auto wrong = counterexample(hypothesis, from, how.extra);
        if (!wrong) {
            return hypothesis;
        }
        table.add(distinguishing_suffix(hypothesis, table, from, *wrong));
    }
}

comparison compare(const mealy_machine& specified, const mealy_machine& learned) {
    struct place {
        state_index specified;
        state_index learned;
        word path;
        bool behind;
    };
    comparison made;
    std::set<std::pair<state_index, state_index>> seen;
    std::map<state_index, state_index> stands_for; // which learned one came first
    std::set<state_index> visited;
    std::deque<place> next{{0, 0, {}, false}};
    std::deque<place> behind; // where only a difference leads: afterwards
    while (!next.empty() || !behind.empty()) {
        auto& from = next.empty() ? behind : next;
        const place now = std::move(from.front());
        from.pop_front();
        if (!seen.emplace(now.specified, now.learned).second) {
            continue;
        }
        const bool first_seen = visited.insert(now.learned).second;
        const bool first_stand_in = stands_for.emplace(now.specified, now.learned).second;
        if (first_seen && !first_stand_in) {
            made.extra.push_back(now.path);
        }
        for (input_index on = 0; on < specified.inputs().size(); ++on) {
            const auto& expected = specified.at(now.specified, on);
            const auto& actual = learned.at(now.learned, on);
            const bool differs = expected.output != actual.output;
            if (differs) {
                made.changed.push_back({now.path, on, expected.output, actual.output, now.behind});
            }
            const bool then_behind = now.behind || differs;
            (then_behind ? behind : next)
                .push_back({expected.to, actual.to, with(now.path, on), then_behind});
        }
    }
    std::set<state_index> stand_ins;
    for (state_index i = 0; i < specified.states(); ++i) {
        const auto at = stands_for.find(i);
        if (at == stands_for.end() || !stand_ins.insert(at->second).second) {
            made.missing.push_back(specified.name(i));
        }
    }
    return made;
}

} // namespace snapproto::conformance::suites
