// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/mutation.hpp"

#include "simulator/explore/effect_words.hpp"
#include "simulator/explore/machines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>

namespace snapproto::explore {
namespace {

using kind = row_mutation::kind;

constexpr auto mutation_names = std::to_array<std::string_view>(
    {"deletion", "target", "instead", "always", "action", "data_only", "no_data", "no_effects",
     "no_sends", "reversed", "drop", "twice", "fewer", "reply"});

// The rows of each table; they are asked for often.
const std::vector<row_text>& rows_in(table_kind table) {
    static const std::array<std::vector<row_text>, table_count> all{
        rows_of(table_kind::agent), rows_of(table_kind::orchestrator),
        rows_of(table_kind::participant), rows_of(table_kind::provider)};
    return all[static_cast<std::size_t>(table)];
}

// The number of a word in a list.
template <class Names>
std::size_t number_of(std::string_view word, const Names& names, std::string_view what) {
    const auto at = std::find(names.begin(), names.end(), word);
    if (at == names.end()) {
        throw std::invalid_argument(
            fmt::format("'{}' is no {}; there are: {}", word, what, fmt::join(names, ", ")));
    }
    return static_cast<std::size_t>(at - names.begin());
}

// Text up to a character, and what is left after it.
std::string_view cut_off(std::string_view& text, char by) {
    const auto at = std::min(text.find(by), text.size());
    const auto head = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return head;
}

// ---- phases -----------------------------------------------------------------------------------

std::vector<std::string_view> phases_of(table_kind table) {
    const auto all = [](auto first) {
        std::vector<std::string_view> made;
        for (std::size_t i = 0; i < value_count<decltype(first)>; ++i) {
            made.push_back(to_string(static_cast<decltype(first)>(i)));
        }
        return made;
    };
    switch (table) {
    case table_kind::agent:
        return all(agent_phase{});
    case table_kind::orchestrator:
        return all(orchestrator_phase{});
    case table_kind::participant:
        return all(participant_phase{});
    case table_kind::provider:
        return all(provider_phase{});
    }
    return {};
}

// ---- rows by what they say --------------------------------------------------------------------

std::vector<std::size_t> rows_of_cell(table_kind table, std::size_t row) {
    const auto& rows = rows_in(table);
    std::vector<std::size_t> made;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].from == rows[row].from && rows[i].event == rows[row].event) {
            made.push_back(i);
        }
    }
    return made;
}

std::uint16_t row_with_guard(table_kind table, std::size_t row, std::string_view guard) {
    for (const auto other : rows_of_cell(table, row)) {
        if (rows_in(table)[other].guard == guard) {
            return static_cast<std::uint16_t>(other);
        }
    }
    throw std::invalid_argument(fmt::format("no row of the cell has the guard '{}'", guard));
}

std::uint16_t row_with_action(table_kind table, std::string_view action) {
    const auto& rows = rows_in(table);
    const auto at = std::find_if(rows.begin(), rows.end(),
                                 [&](const row_text& one) { return one.action == action; });
    if (at == rows.end()) {
        throw std::invalid_argument(fmt::format("no row of the table does '{}'", action));
    }
    return static_cast<std::uint16_t>(at - rows.begin());
}

effect_word effect_named(table_kind table, std::string_view name) {
    const auto word = effect_from(table, name);
    if (!word) {
        throw std::invalid_argument(fmt::format("'{}' is no effect", name));
    }
    return *word;
}

// ---- all mutations of a row -------------------------------------------------------------------

// Gathers the mutations of one row.
class row_mutations {
  public:
    row_mutations(table_kind table, std::size_t row, std::vector<row_mutation>& to)
        : m_table(table), m_row(row), m_scope(scope_of(table, row)), m_to(to) {}

    void gather() {
        targets();
        add(kind::deletion);
        guards();
        actions();
        replies();
    }

  private:
    void add(kind what, std::size_t to = 0, effect_word with = 0) {
        m_to.push_back({m_table, static_cast<std::int16_t>(m_row), what,
                        static_cast<std::uint16_t>(to), with});
    }
    [[nodiscard]] const row_text& row() const { return rows_in(m_table)[m_row]; }
    [[nodiscard]] bool has_messages() const { return !m_scope.messages.empty(); }
    [[nodiscard]] bool is_sent(effect_word effect) const {
        return std::any_of(m_scope.messages.begin(), m_scope.messages.end(),
                           [&](effect_word one) { return (one & 255U) == effect; });
    }

    void targets() {
        const auto phases = phases_of(m_table);
        for (std::size_t phase = 0; phase < phases.size(); ++phase) {
            if (phases[phase] != row().to) {
                add(kind::target, phase);
            }
        }
    }

    void guards() {
        const auto cell = rows_of_cell(m_table, m_row);
        for (const auto other : cell) {
            if (other != m_row) {
                add(kind::instead, other);
            }
        }
        if (cell.size() > 2) { // of two rows, it is the other's `instead`
            add(kind::always);
        }
    }

    void actions() {
        const auto& rows = rows_in(m_table);
        std::vector<std::string_view> seen{row().action};
        for (const auto& other : rows) {
            if (other.event == row().event &&
                std::find(seen.begin(), seen.end(), other.action) == seen.end()) {
                seen.push_back(other.action);
                add(kind::action, row_with_action(m_table, other.action));
            }
        }
        const bool acts = m_scope.changes_data || !m_scope.effects.empty();
        if (acts && !row().is_internal) { // of an internal row it is the deletion
            add(kind::data_only);
        }
        if (m_scope.changes_data && !m_scope.effects.empty()) {
            add(kind::no_data);
            add(kind::no_effects);
        }
        if (m_scope.messages.size() > 1 && has_other_effects()) {
            add(kind::no_sends);
        }
        if (m_scope.effects_max > 1) {
            add(kind::reversed);
        }
        drops(false);
    }

    [[nodiscard]] bool has_other_effects() const {
        return std::any_of(m_scope.effects.begin(), m_scope.effects.end(),
                           [&](effect_word one) { return !is_sent(one); });
    }

    // An only effect is lost with all of them.
    void drops(bool sent) {
        if (m_scope.effects.size() < 2 && !(sent && !m_scope.changes_data && row().is_internal)) {
            return;
        }
        for (const auto effect : m_scope.effects) {
            if (is_sent(effect) == sent) {
                add(kind::drop, effect);
            }
        }
    }

    void replies() {
        if (!has_messages()) {
            return;
        }
        drops(true);
        for (const auto effect : m_scope.effects) {
            if (is_sent(effect)) {
                add(kind::twice, effect);
                if (m_table == table_kind::orchestrator && !is_report(effect)) {
                    add(kind::fewer, effect);
                }
                replacements(effect);
            }
        }
    }

    [[nodiscard]] static bool is_report(effect_word effect) {
        return kind_of<machine::orchestrator_effect_kind>(effect) ==
               machine::orchestrator_effect_kind::report;
    }

    // The same kind with another argument than it can have here, and each other kind once.
    void replacements(effect_word effect) {
        std::vector<effect_word> kinds;
        for (const auto message : all_messages(m_table)) {
            const auto plain = static_cast<effect_word>(message & 255U);
            if (plain == effect) {
                const bool differs =
                    std::any_of(m_scope.messages.begin(), m_scope.messages.end(),
                                [&](auto one) { return (one & 255U) == effect && one != message; });
                if (differs) {
                    add(kind::reply, effect, message);
                }
            } else if (m_table == table_kind::agent || is_report(plain) == is_report(effect)) {
                if (std::find(kinds.begin(), kinds.end(), plain) == kinds.end()) {
                    kinds.push_back(plain);
                    add(kind::reply, effect, message);
                }
            }
        }
    }

    table_kind m_table;
    std::size_t m_row;
    row_scope m_scope;
    std::vector<row_mutation>& m_to;
};

} // namespace

mutation_group group_of(const row_mutation& mutation) {
    switch (mutation.what) {
    case kind::deletion:
        return mutation_group::deletion;
    case kind::target:
        return mutation_group::target;
    case kind::instead:
    case kind::always:
        return mutation_group::guard;
    case kind::twice:
    case kind::fewer:
    case kind::reply:
        return mutation_group::reply;
    case kind::drop: {
        const bool sent = (mutation.table == table_kind::agent &&
                           is_message(kind_of<machine::agent_effect_kind>(mutation.to))) ||
                          (mutation.table == table_kind::orchestrator &&
                           is_message(kind_of<machine::orchestrator_effect_kind>(mutation.to)));
        return sent ? mutation_group::reply : mutation_group::action;
    }
    default:
        return mutation_group::action;
    }
}

std::string to_text(const row_mutation& mutation) {
    const auto& rows = rows_in(mutation.table);
    const auto& row = rows.at(static_cast<std::size_t>(mutation.row));
    const auto table = mutation.table;
    auto text =
        fmt::format("{}:{}:{}:{}:{}", table_names[static_cast<std::size_t>(table)], row.from,
                    row.event, row.guard, mutation_names[static_cast<std::size_t>(mutation.what)]);
    switch (mutation.what) {
    case kind::target:
        return text + fmt::format("={}", phases_of(table).at(mutation.to));
    case kind::instead:
        return text + "=" + rows.at(mutation.to).guard;
    case kind::action:
        return text + "=" + rows.at(mutation.to).action;
    case kind::drop:
    case kind::twice:
    case kind::fewer:
        return text + "=" + effect_name(table, mutation.to);
    case kind::reply:
        return text + "=" + effect_name(table, mutation.to) + ">" +
               effect_name(table, mutation.with);
    default:
        return text;
    }
}

row_mutation mutation_from(std::string_view text) {
    if (std::count(text.begin(), text.end(), ':') != 4) {
        throw std::invalid_argument(
            "a mutation is TABLE:STATE:EVENT:GUARD:KIND, GUARD may be empty");
    }
    row_mutation made;
    made.table = static_cast<table_kind>(number_of(cut_off(text, ':'), table_names, "table"));
    const std::string from{cut_off(text, ':')};
    const std::string event{cut_off(text, ':')};
    const std::string guard{cut_off(text, ':')};
    made.row = find_row(made.table, from, event, guard);
    if (made.row < 0) {
        throw std::invalid_argument(fmt::format("there is no row {}:{}:{}:{}",
                                                table_names[static_cast<std::size_t>(made.table)],
                                                from, event, guard));
    }
    const auto row = static_cast<std::size_t>(made.row);
    made.what =
        static_cast<kind>(number_of(cut_off(text, '='), mutation_names, "kind of mutation"));
    switch (made.what) {
    case kind::target:
        made.to = static_cast<std::uint16_t>(number_of(text, phases_of(made.table), "state"));
        break;
    case kind::instead:
        made.to = row_with_guard(made.table, row, text);
        break;
    case kind::action:
        made.to = row_with_action(made.table, text);
        break;
    case kind::drop:
    case kind::twice:
    case kind::fewer:
        made.to = effect_named(made.table, text);
        break;
    case kind::reply:
        made.to = effect_named(made.table, cut_off(text, '>'));
        made.with = effect_named(made.table, text);
        break;
    default:
        break;
    }
    return made;
}

std::vector<row_mutation> all_mutations(table_kind table) {
    std::vector<row_mutation> made;
    for (std::size_t row = 0; row < rows_in(table).size(); ++row) {
        row_mutations{table, row, made}.gather();
    }
    return made;
}

std::vector<std::size_t> rows_concerned(const row_mutation& mutation) {
    const auto row = static_cast<std::size_t>(mutation.row);
    if (mutation.what != kind::always) {
        return {row};
    }
    auto cell = rows_of_cell(mutation.table, row);
    std::erase(cell, row);
    return cell;
}

} // namespace snapproto::explore
