// SPDX-License-Identifier: BSL-1.0
#include <snapproto/machine/participant.hpp>
#include <snapproto/machine/provider.hpp>

#include <tests/support/spec_document.hpp>
#include <tests/support/vocabulary.hpp>

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;

namespace {

// Every cell once, every clause in the document.
template <class Machine>
void check_table(std::size_t cells_expected) {
    std::map<std::pair<int, int>, int> cells;
    for (const auto& row : Machine::rows()) {
        ++cells[{static_cast<int>(row.from), static_cast<int>(row.event)}];
        BOOST_TEST(row.guard.empty());
        BOOST_TEST(tests::the_spec().has(row.governed_by), tests::spelled(row.governed_by));
    }
    for (const auto& cell : Machine::refusals()) {
        ++cells[{static_cast<int>(cell.from), static_cast<int>(cell.event)}];
        BOOST_TEST(tests::the_spec().has(cell.governed_by), tests::spelled(cell.governed_by));
    }
    BOOST_TEST(cells.size() == cells_expected);
    for (const auto& [at, count] : cells) {
        BOOST_TEST(count == 1, "state " << at.first << ", event " << at.second);
    }
}

// The clause that a cell names is among those that Appendix A gives it.
template <class Machine, class Names>
void check_clauses(const std::string& section, const Names& states, const Names& events) {
    const auto& cells = tests::the_spec().cells(section);
    const auto check = [&](auto from, auto event, clause named) {
        const std::string name = events[static_cast<std::size_t>(event)];
        if (name.empty()) {
            return; // the appendix has no line for it
        }
        const auto& allowed = cells.at({states[static_cast<std::size_t>(from)], name});
        BOOST_TEST(allowed.count(named) == 1U, states[static_cast<std::size_t>(from)]
                                                   << " x " << name << " names "
                                                   << tests::spelled(named));
    };
    for (const auto& row : Machine::rows()) {
        check(row.from, row.event, row.governed_by);
    }
    for (const auto& cell : Machine::refusals()) {
        check(cell.from, cell.event, cell.governed_by);
    }
}

using names = std::vector<std::string>;

participant_machine participant_after(std::initializer_list<participant_event> events) {
    participant_machine machine;
    for (const auto event : events) {
        machine.process(event);
    }
    return machine;
}

} // namespace

BOOST_AUTO_TEST_CASE(the_small_tables_are_total_and_name_clauses) {
    check_table<participant_machine>(8 * 9);
    check_table<provider_machine>(6 * 8);
    check_clauses<participant_machine>(
        "A.4",
        names{"IDLE", "PREPARED", "HELD", "RELEASED", "FINISHED", "VETOED", "EARLY", "BROKEN"},
        names{"Prepare", "Veto", "Hold", "Early", "Release ok", "Not held", "Release failed",
              "Finish", ""});
    check_clauses<provider_machine>(
        "A.3", names{"IDLE", "PREPARED", "CUTTING", "CUT", "READY", "DISCARDED"},
        names{"Precommit", "Cut", "CutDone", "CutFailed", "CutLimit", "CopyReady", "Discard", ""});
    tests::check_vocabulary(participant_event::reset);
    tests::check_vocabulary(participant_refusal::illegal);
    tests::check_vocabulary(provider_event::reset);
    tests::check_vocabulary(provider_effect::throw_away);
    tests::check_vocabulary(provider_refusal::reject);
}

// SP 8.9
BOOST_AUTO_TEST_CASE(a_participant_is_held_once_and_released_once) {
    using e = participant_event;
    auto p = participant_after({e::prepared, e::held});
    BOOST_TEST((p.phase() == participant_phase::held));
    BOOST_TEST(p.holds());
    BOOST_TEST(!p.process(e::held));
    BOOST_TEST(bool(p.process(e::released)));
    BOOST_TEST((p.phase() == participant_phase::released));
    BOOST_TEST(!p.holds());
    BOOST_TEST(!p.process(e::released));
    BOOST_TEST(bool(p.process(e::finished)));
    BOOST_TEST(bool(p.process(e::reset)));
    BOOST_TEST((p.phase() == participant_phase::idle));
}

// SP 14.4, 14.6, 14.8, 14.10, 14.12
BOOST_AUTO_TEST_CASE(whatever_a_release_finds_no_second_one_is_due) {
    using e = participant_event;
    for (const auto& before : {std::vector{e::prepared, e::held},
                               {e::prepared, e::held, e::let_go},
                               {e::prepared, e::held, e::release_failed},
                               {e::prepared, e::held, e::let_go, e::release_failed},
                               {e::prepared, e::vetoed}}) {
        for (const auto found : {e::released, e::not_held}) {
            participant_machine p;
            for (const auto event : before) {
                BOOST_TEST(bool(p.process(event)));
            }
            BOOST_TEST(bool(p.process(found)));
            BOOST_TEST((p.phase() == participant_phase::released));
            BOOST_TEST((p.process(e::released).governed_by == clause{14, 12}));
            BOOST_TEST((p.process(e::not_held).governed_by == clause{14, 12}));
            BOOST_TEST(bool(p.process(e::finished)));
        }
    }
    BOOST_TEST(
        (participant_after({e::prepared, e::held, e::let_go}).phase() == participant_phase::early));
}

BOOST_AUTO_TEST_CASE(a_release_that_fails_leaves_on_the_record_what_was_thought_to_have_let_go) {
    using e = participant_event;
    auto p = participant_after({e::prepared, e::held, e::let_go});
    BOOST_TEST(!p.holds());
    BOOST_TEST(bool(p.process(e::release_failed)));
    BOOST_TEST((p.phase() == participant_phase::broken));
    BOOST_TEST(p.holds());
}

BOOST_AUTO_TEST_CASE(a_broken_participant_stays_on_the_record_until_it_is_released) {
    using e = participant_event;
    auto p = participant_after({e::prepared, e::held, e::release_failed});
    BOOST_TEST((p.phase() == participant_phase::broken));
    BOOST_TEST(p.holds());
    BOOST_TEST(bool(p.process(e::release_failed)));
    BOOST_TEST(p.holds());
    BOOST_TEST(!p.process(e::reset));
    participant_machine application{p}; // its release is not tried again: SP 7.11, 14.9
    BOOST_TEST(bool(application.process(e::finished)));
    BOOST_TEST(bool(p.process(e::released)));
    BOOST_TEST((p.phase() == participant_phase::released));
}

BOOST_AUTO_TEST_CASE(every_state_of_a_participant_is_reached_and_refusals_change_nothing) {
    std::set<participant_phase> seen{participant_phase::idle};
    std::vector<participant_state> open{participant_machine{}.save()};
    std::set<int> rows;
    while (!open.empty()) {
        const auto before = open.back();
        open.pop_back();
        for (std::size_t i = 0; i < value_count<participant_event>; ++i) {
            participant_machine p{before};
            const auto step = p.process(static_cast<participant_event>(i));
            if (step) {
                rows.insert(step.row);
            } else {
                BOOST_TEST((p.save() == before));
            }
            const auto holds =
                p.phase() == participant_phase::held || p.phase() == participant_phase::broken;
            BOOST_TEST(p.holds() == holds);
            if (seen.insert(p.phase()).second) {
                open.push_back(p.save());
            }
        }
    }
    BOOST_TEST(seen.size() == value_count<participant_phase>);
    BOOST_TEST(rows.size() == participant_machine::rows().size());
}

BOOST_AUTO_TEST_CASE(every_state_of_a_provider_is_reached_and_refusals_change_nothing) {
    std::set<provider_phase> seen{provider_phase::idle};
    std::vector<provider_state> open{provider_machine{}.save()};
    std::set<int> rows;
    while (!open.empty()) {
        const auto before = open.back();
        open.pop_back();
        for (std::size_t i = 0; i < value_count<provider_event>; ++i) {
            provider_machine p{before};
            provider_outbox out;
            const auto step = p.process(static_cast<provider_event>(i), out);
            if (step) {
                rows.insert(step.row);
            } else {
                BOOST_TEST((p.save() == before));
                BOOST_TEST(out.empty());
            }
            if (seen.insert(p.phase()).second) {
                open.push_back(p.save());
            }
        }
    }
    BOOST_TEST(seen.size() == value_count<provider_phase>);
    BOOST_TEST(rows.size() == provider_machine::rows().size());
}

BOOST_AUTO_TEST_CASE(a_cut_is_reported_once_and_what_comes_after_the_discard_is_thrown_away) {
    using e = provider_event;
    using f = provider_effect;
    const auto asked = [](provider_machine& p, e event) {
        provider_outbox out;
        p.process(event, out);
        return std::vector<f>{out.begin(), out.end()};
    };
    provider_machine p;
    BOOST_TEST(asked(p, e::precommit).empty());
    BOOST_TEST((asked(p, e::cut) == std::vector{f::begin_cut}));
    BOOST_TEST((asked(p, e::discard) == std::vector{f::throw_away}));
    BOOST_TEST((p.phase() == provider_phase::discarded));
    BOOST_TEST((asked(p, e::cut_done) == std::vector{f::throw_away}));
    BOOST_TEST((asked(p, e::copy_ready) == std::vector{f::throw_away}));
    BOOST_TEST(asked(p, e::discard).empty());

    provider_machine q;
    asked(q, e::precommit);
    asked(q, e::cut);
    BOOST_TEST((asked(q, e::cut_done) == std::vector{f::report_cut}));
    BOOST_TEST(asked(q, e::cut_done).empty());
    BOOST_TEST((asked(q, e::copy_ready) == std::vector{f::report_ready}));

    provider_machine r;
    asked(r, e::precommit);
    asked(r, e::cut);
    BOOST_TEST((asked(r, e::cut_failed) == std::vector{f::report_failed, f::throw_away}));
}

BOOST_AUTO_TEST_CASE(the_small_machines_are_values) {
    auto p = participant_after({participant_event::prepared, participant_event::held});
    participant_machine copy{p};
    BOOST_TEST((copy == p));
    p.process(participant_event::let_go);
    BOOST_TEST(!(copy == p));
    copy = p;
    BOOST_TEST((copy == p));
}
