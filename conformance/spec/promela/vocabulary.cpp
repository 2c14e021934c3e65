// SPDX-License-Identifier: BSL-1.0
// From the names of guards and actions to their definitions in Promela.
#include "conformance/spec/machines.hpp"
#include "conformance/spec/promela/promela.hpp"
#include "conformance/spec/promela/promela_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view by) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto at = text.find(by);
        parts.push_back(text.substr(0, at));
        if (at == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(at + by.size());
    }
}

/// "report thawed(clean)" as a name: report_thawed_clean.
std::string as_name(std::string_view words) {
    std::string made;
    for (const char c : words) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
            made += c;
        } else if (!made.empty() && made.back() != '_') {
            made += '_';
        }
    }
    while (made.ends_with('_')) {
        made.pop_back();
    }
    return made;
}

std::string as_constant(std::string_view words) {
    std::string made = as_name(words);
    std::transform(made.begin(), made.end(), made.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return made;
}

} // namespace

promela_vocabulary::promela_vocabulary(std::string_view machine)
    : promela_vocabulary(machine, machine == "agent" ? promela_text::agent_words()
                                                     : promela_text::orchestrator_words()) {}

promela_vocabulary::promela_vocabulary(std::string_view machine, std::string_view text)
    : m_machine(machine) {
    for (const std::string_view line : split(text, "\n")) {
        for (const std::string_view head : {"inline ", "#define "}) {
            if (!line.starts_with(head)) {
                continue;
            }
            const auto rest = line.substr(head.size());
            const auto name = rest.substr(0, rest.find_first_of(" ("));
            if (name.starts_with(m_machine + "_")) {
                const bool takes_one =
                    head == "inline " && !rest.substr(name.size()).starts_with("()");
                m_words.emplace(name, takes_one);
            }
        }
    }
}

std::vector<std::string> promela_vocabulary::calls_of(std::string_view action) const {
    std::vector<std::string> calls;
    if (action.empty()) {
        return calls;
    }
    const auto parts = split(action, ", ");
    for (std::size_t from = 0; from < parts.size();) {
        std::size_t taken = 0;
        for (std::size_t many = parts.size() - from; many > 0 && taken == 0; --many) {
            const auto begin = static_cast<std::size_t>(parts[from].data() - action.data());
            const auto& last = parts[from + many - 1];
            const auto end = static_cast<std::size_t>(last.data() - action.data()) + last.size();
            const auto name = m_machine + "_" + as_name(action.substr(begin, end - begin));
            if (const auto word = m_words.find(name); word != m_words.end() && !word->second) {
                calls.push_back(name + "()");
                taken = many;
            }
        }
        const std::string_view part = parts[from];
        if (const auto open = part.find('('); taken == 0 && open != std::string_view::npos) {
            const auto name = m_machine + "_" + as_name(part.substr(0, open));
            if (const auto word = m_words.find(name); word != m_words.end() && word->second) {
                calls.push_back(fmt::format("{}({})", name, as_constant(part.substr(open))));
                taken = 1;
            }
        }
        if (taken == 0) {
            throw std::invalid_argument(
                fmt::format("the Promela model does not say what '{}' means ({}'s action '{}')",
                            part, m_machine, action));
        }
        from += taken;
    }
    return calls;
}

std::string promela_vocabulary::guard(std::string_view name) const {
    auto made = m_machine + "_" + as_name(name);
    if (m_words.find(made) == m_words.end()) {
        throw std::invalid_argument(fmt::format(
            "the Promela model does not say what '{}' means ({}'s guard)", name, m_machine));
    }
    return made;
}

std::vector<std::string> promela_vocabulary::unused_by(const machine_view& machine) const {
    std::set<std::string, std::less<>> used;
    for (const machine_row& row : machine.rows) {
        if (!row.guard.empty()) {
            used.insert(guard(row.guard));
        }
        if (!row.action.empty()) {
            for (const auto& call : calls_of(row.action)) {
                used.insert(call.substr(0, call.find('(')));
            }
        }
    }
    std::vector<std::string> unused;
    for (const auto& [name, takes_one] : m_words) {
        if (used.find(name) == used.end()) {
            unused.push_back(name);
        }
    }
    return unused;
}

} // namespace snapproto::conformance
