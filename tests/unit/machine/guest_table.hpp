// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MACHINE_GUEST_TABLE_HPP
#define SNAPPROTO_TESTS_UNIT_MACHINE_GUEST_TABLE_HPP

// What the machines between a dialect's wire and the agent have to keep, whatever they are about:
// those of Hyper-V's util driver and of VMware's guest.

#include <snapproto/core/clause.hpp>

#include <tests/support/spec_document.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::tests {

/// The effects of one event, in words; a refusal as "- word".
template <class Outbox, class Machine, class Event>
std::string done(Machine& machine, Event event) {
    Outbox out;
    const auto step = machine.process(event, out);
    std::string text = step ? "" : "- " + std::string{to_string(step.refusal)};
    for (const auto effect : out) {
        text += (text.empty() ? "" : ", ") + std::string{to_string(effect)};
    }
    return text;
}

/// Looks at every event in every state that can be reached from the first one.
/// @return how many states those are
template <class Outbox, class Event, class Machine, class Look>
std::size_t for_each_step_from(const Machine& first, Look&& look) {
    std::vector open{first.save()};
    auto seen = open;
    while (!open.empty()) {
        const auto before = open.back();
        open.pop_back();
        for (std::size_t i = 0; i < value_count<Event>; ++i) {
            Machine machine{before};
            Outbox out;
            const auto step = machine.process(static_cast<Event>(i), out);
            const auto next = machine.save();
            look(before, static_cast<Event>(i), step, out, next);
            if (std::find(seen.begin(), seen.end(), next) == seen.end()) {
                seen.push_back(next);
                open.push_back(next);
            }
        }
    }
    return seen.size();
}

/// Each cell of the table names a clause that the appendix of the specification gives it.
template <class Machine>
void check_cells(std::string_view appendix, const std::vector<std::string>& states,
                 const std::vector<std::string>& events) {
    const auto& cells = the_spec().cells(std::string{appendix});
    BOOST_TEST(cells.size() == states.size() * events.size());
    std::set<std::pair<std::string, std::string>> seen;
    const auto check = [&](auto from, auto event, clause named) {
        const std::pair at{states[static_cast<std::size_t>(from)],
                           events[static_cast<std::size_t>(event)]};
        BOOST_REQUIRE(cells.contains(at));
        BOOST_TEST(cells.at(at).contains(named),
                   at.first << " x " << at.second << " names " << spelled(named));
        BOOST_TEST(the_spec().has(named), spelled(named));
        seen.insert(at);
    };
    for (const auto& row : Machine::rows()) {
        check(row.from, row.event, row.governed_by);
    }
    for (const auto& cell : Machine::refusals()) {
        check(cell.from, cell.event, cell.governed_by);
    }
    BOOST_TEST(seen.size() == cells.size());
}

/// Every row is taken in some state that can be reached, and refusals change nothing.
/// @param for_each_step calls with before, event, step, outbox and after.
template <class Machine, class ForEachStep>
void check_rows(ForEachStep&& for_each_step) {
    std::set<int> rows;
    for_each_step(
        [&](const auto& before, auto, const auto& step, const auto& out, const auto& next) {
            if (step) {
                rows.insert(step.row);
            } else {
                BOOST_TEST((next == before));
                BOOST_TEST(out.empty());
            }
        });
    BOOST_TEST(rows.size() == Machine::rows().size());
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_MACHINE_GUEST_TABLE_HPP
