// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/promela/tables.hpp"

#include "conformance/spec/promela/promela.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <vector>

namespace snapproto::conformance {
namespace {

std::string upper(std::string_view word) {
    std::string made{word};
    std::transform(made.begin(), made.end(), made.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return made;
}

std::string state_name(const machine_view& machine, std::size_t state) {
    return fmt::format("{}_{}", upper(machine.name), upper(machine.states[state].name));
}
std::string event_name(const machine_view& machine, std::size_t event) {
    return fmt::format("{}_ON_{}", upper(machine.name), upper(machine.events[event].name));
}
std::string answer_name(const machine_view& machine, std::size_t how) {
    return fmt::format("{}_{}", upper(machine.name), upper(machine.answers[how].name));
}
std::string clause_text(snapproto::clause number) {
    return fmt::format("SP {}.{}", number.chapter, number.number);
}

/// How a machine is written down: where its state is, where its event.
struct dress {
    std::string_view state;
    std::string_view event;
    std::string_view parameters;
    bool by_number; ///< Rows name their calls by number: there are more of them than SPIN bears.
};

dress dress_of(const machine_view& machine) {
    return machine.name == "agent"          ? dress{"A.phase", "ev", "", true}
           : machine.name == "orchestrator" ? dress{"h.phase", "hev", "", true}
           : machine.name == "participant"  ? dress{"A.p[k].phase", "event", "k, event", false}
                                            : dress{"h.provider", "event", "event", false};
}

/// Which transactions a request names, in the words of `machine_precedence`.
std::string named(std::string_view condition) {
    std::string made;
    while (!condition.empty()) {
        const auto end = condition.find(" or ");
        std::string word{condition.substr(0, end)};
        std::replace(word.begin(), word.end(), ' ', '_');
        made += fmt::format("{}names_{}", made.empty() ? "" : " || ", word);
        condition = end == std::string_view::npos ? std::string_view{} : condition.substr(end + 4);
    }
    return made;
}

class table_writer {
  public:
    table_writer(const machine_view& machine, const std::optional<promela_mutation>& mutation)
        : m_machine(machine), m_dress(dress_of(machine)), m_words(machine.name) {
        if (mutation && mutation->machine == &machine) {
            m_mutation = mutation;
        }
        for (const machine_row& row : machine.rows) {
            for (const auto& call : m_words.calls_of(row.action)) {
                if (std::find(m_calls.begin(), m_calls.end(), call) == m_calls.end()) {
                    m_calls.push_back(call);
                }
            }
        }
    }

    std::string write() {
        line(0, "inline {}_table({}) {{", m_machine.name, m_dress.parameters);
        line(1, "refused = NOTHING;");
        if (m_dress.by_number) {
            line(1, "ROW({}, 0, 0, 0, 0);", m_dress.state);
        }
        precedences();
        line(1, "if");
        if (!m_machine.before.empty()) {
            line(1, ":: refused != NOTHING");
        }
        for (std::size_t state = 0; state < m_machine.states.size(); ++state) {
            cells(state);
        }
        line(1, "fi{}", m_dress.by_number ? ";" : "");
        if (m_dress.by_number) {
            actions();
            line(1, "{} = target", m_dress.state);
        }
        line(0, "}}");
        return std::move(m_text);
    }

  private:
    template <class... Args>
    void line(std::size_t depth, fmt::format_string<Args...> text, Args&&... args) {
        m_text +=
            std::string(depth * 4, ' ') + fmt::format(text, std::forward<Args>(args)...) + '\n';
    }

    void precedences() {
        if (m_machine.before.empty()) {
            return;
        }
        // States that are alike share a branch: one for each would be more than SPIN takes.
        std::vector<bool> written(m_machine.before.size());
        line(1, "if");
        for (std::size_t i = 0; i < m_machine.before.size(); ++i) {
            const machine_precedence& one = m_machine.before[i];
            std::string states;
            for (std::size_t j = i; j < m_machine.before.size() && !written[i]; ++j) {
                const machine_precedence& other = m_machine.before[j];
                if (other.event == one.event && other.condition == one.condition &&
                    other.how == one.how) {
                    states += fmt::format("{}{} == {}", states.empty() ? "" : " ||\n        ",
                                          m_dress.state, state_name(m_machine, other.from));
                    written[j] = j != i;
                }
            }
            if (written[i]) {
                continue;
            }
            line(1, ":: {} == {} && ({}) &&", m_dress.event, event_name(m_machine, one.event),
                 named(one.condition));
            line(1, "   ({}) ->", states);
            line(2, "refused = {} /* {} */", answer_name(m_machine, one.how),
                 clause_text(one.governed_by));
        }
        line(1, ":: else");
        line(1, "fi;");
    }

    void cells(std::size_t state) {
        line(1, ":: {}{} == {} ->", m_machine.before.empty() ? "" : "refused == NOTHING && ",
             m_dress.state, state_name(m_machine, state));
        line(2, "if");
        for (std::size_t i = 0; i < m_machine.rows.size(); ++i) {
            if (m_machine.rows[i].from == state) {
                row(i);
            }
        }
        for (std::size_t how = 0; how < m_machine.answers.size(); ++how) {
            refusals(state, how);
        }
        line(2, "fi");
    }

    // The cells of a state that are refused alike: a branch for each would be too many for SPIN.
    void refusals(std::size_t state, std::size_t how) {
        std::string events;
        for (const machine_refusal& cell : m_machine.refusals) {
            if (cell.from == state && cell.how == how) {
                events += fmt::format("{}{} == {}", events.empty() ? "" : " ||\n           ",
                                      m_dress.event, event_name(m_machine, cell.event));
            }
        }
        if (!events.empty()) {
            line(2, ":: {} ->", events);
            line(3, "refused = {}", answer_name(m_machine, how));
        }
    }

    void row(std::size_t index) {
        const machine_row& one = m_machine.rows[index];
        const bool mutated = m_mutation && m_mutation->row == index;
        const auto to = mutated ? m_mutation->to : one.to;
        const auto calls = mutated && !m_mutation->acts ? std::vector<std::string>{}
                                                        : m_words.calls_of(one.action);
        line(2, "/* {}{}{} */", clause_text(one.governed_by), one.action.empty() ? "" : ": ",
             one.action);
        line(2, ":: {} == {}{} ->", m_dress.event, event_name(m_machine, one.event),
             one.guard.empty() ? "" : " && " + m_words.guard(one.guard));
        line(3, "{}", does(calls, state_name(m_machine, to)));
    }

    [[nodiscard]] std::string does(std::vector<std::string> calls, const std::string& to) const {
        if (!m_dress.by_number) {
            calls.push_back(fmt::format("{} = {}", m_dress.state, to));
            return fmt::format("{}", fmt::join(calls, "; "));
        }
        if (calls.size() > calls_max || m_calls.size() > call_number_max) {
            throw std::invalid_argument("ROW of the Promela model is too narrow for this table");
        }
        std::array<std::ptrdiff_t, calls_max> numbers{};
        for (std::size_t i = 0; i < calls.size(); ++i) {
            numbers.at(i) =
                std::find(m_calls.begin(), m_calls.end(), calls[i]) - m_calls.begin() + 1;
        }
        return fmt::format("ROW({}, {})", to, fmt::join(numbers, ", "));
    }

    void actions() {
        line(1, "target = TARGET_OF_ROW;");
        line(1, "FIRST_OF_ROW;");
        line(1, "do");
        line(1, ":: act == 0 -> break");
        for (std::size_t i = 0; i < m_calls.size(); ++i) {
            line(1, ":: FIRST_CALL == {} -> NEXT_CALL; {}", i + 1, m_calls[i]);
        }
        line(1, "od;");
    }

    // What ROW (state.pml) has room for.
    static constexpr std::size_t calls_max = 4;
    static constexpr std::size_t call_number_max = 63;

    const machine_view& m_machine;
    dress m_dress;
    promela_vocabulary m_words;
    std::vector<std::string> m_calls; ///< All that the rows need.
    std::optional<promela_mutation> m_mutation;
    std::string m_text;
};

std::size_t index_in(std::span<const machine_word> words, std::string_view name) {
    const auto at = std::find_if(words.begin(), words.end(),
                                 [&](const machine_word& one) { return one.name == name; });
    if (at == words.end()) {
        throw std::invalid_argument(fmt::format("'{}' is no state or event", name));
    }
    return static_cast<std::size_t>(at - words.begin());
}

} // namespace

promela_mutation promela_mutation_from(std::string_view text) {
    std::vector<std::string_view> parts;
    for (std::string_view rest = text;;) {
        const auto at = rest.find(':');
        parts.push_back(rest.substr(0, at));
        if (at == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(at + 1);
    }
    if (parts.size() != 5) {
        throw std::invalid_argument(
            "a mutation is TABLE:STATE:EVENT:GUARD:KIND, GUARD may be empty");
    }
    promela_mutation made;
    const auto modelled = abstract_machines();
    const auto found = std::find_if(modelled.begin(), modelled.end(),
                                    [&](const auto* one) { return one->name == parts[0]; });
    made.machine = found == modelled.end() ? nullptr : *found;
    if (made.machine == nullptr) {
        throw std::invalid_argument(fmt::format("'{}' is no table", parts[0]));
    }
    const auto from = index_in(made.machine->states, parts[1]);
    const auto event = index_in(made.machine->events, parts[2]);
    const auto rows = made.machine->rows;
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const machine_row& row) {
        return row.from == from && row.event == event &&
               (parts[3].empty() || row.guard == parts[3]);
    });
    if (at == rows.end()) {
        throw std::invalid_argument(fmt::format("there is no row '{}'", text));
    }
    made.row = static_cast<std::size_t>(at - rows.begin());
    if (parts[4] == "deletion") {
        made.to = from;
        made.acts = false;
    } else if (parts[4].starts_with("target=")) {
        made.to = index_in(made.machine->states, parts[4].substr(parts[4].find('=') + 1));
    } else {
        throw std::invalid_argument(fmt::format(
            "'{}' is no kind of mutation; there are: deletion, target=STATE", parts[4]));
    }
    return made;
}

std::string promela_words() {
    std::string text;
    for (const machine_view* machine : abstract_machines()) {
        text += fmt::format("/* The {}: states, events, ways to refuse. */\n", machine->name);
        for (std::size_t i = 0; i < machine->states.size(); ++i) {
            text += fmt::format("#define {} {}\n", state_name(*machine, i), i);
        }
        for (std::size_t i = 0; i < machine->events.size(); ++i) {
            text += fmt::format("#define {} {}\n", event_name(*machine, i), i);
        }
        for (std::size_t i = 0; i < machine->answers.size(); ++i) {
            text += fmt::format("#define {} {}\n", answer_name(*machine, i), i);
        }
        text += '\n';
    }
    return text;
}

std::string promela_tables(const std::optional<promela_mutation>& mutation) {
    std::string text = "/* ---- the tables "
                       "-----------------------------------------------------------------------"
                       "--------\n * Generated: a branch for each row and each refusal.\n */\n";
    for (const machine_view* machine : abstract_machines()) {
        text += '\n' + table_writer{*machine, mutation}.write();
    }
    return text;
}

} // namespace snapproto::conformance
