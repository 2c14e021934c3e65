// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_BENCH_STATECHART_AGENT_HPP
#define SNAPPROTO_BENCH_STATECHART_AGENT_HPP

// The agent's table on Boost.Statechart: eleven states, each with a reaction to each of the twenty
// events, calling the guards and actions of the table.

#include <snapproto/machine/agent.hpp>

#include <boost/mpl/list.hpp>
#include <boost/statechart/custom_reaction.hpp>
#include <boost/statechart/event.hpp>
#include <boost/statechart/simple_state.hpp>
#include <boost/statechart/state_machine.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace snapproto::bench {

namespace sc_agent {

namespace sc = boost::statechart;
namespace mp11 = boost::mp11;
using machine::agent_event;
using machine::agent_machine;

/// What a reaction needs: the input and the outbox of the caller.
template <agent_event Kind>
struct event : sc::event<event<Kind>> {
    event(const machine::agent_input& i, machine::agent_outbox& o) : input{i}, out{o} {}
    const machine::agent_input& input;
    machine::agent_outbox& out;
};

template <agent_phase Phase>
struct state;

/// The machine: its data, and what became of the last event.
struct chart : sc::state_machine<chart, state<agent_phase::off>> {
    agent_phase phase = agent_phase::off;
    machine::agent_data data;
    agent_machine::result step;
};

/// The rows of one cell: the first, and how many; they stand together in the table.
struct span_of_rows {
    std::size_t first = 0;
    std::size_t count = 0;
};

constexpr span_of_rows rows_of(agent_phase phase, agent_event kind) {
    span_of_rows span;
    for (std::size_t i = 0; i < agent_machine::rows().size(); ++i) {
        const auto& row = agent_machine::rows()[i];
        if (row.from == phase && row.event == kind) {
            span.first = span.count == 0 ? i : span.first;
            ++span.count;
        }
    }
    return span;
}

constexpr agent_machine::refusal_row refusal_of(agent_phase phase, agent_event kind) {
    for (const auto& cell : agent_machine::refusals()) {
        if (cell.from == phase && cell.event == kind) {
            return cell;
        }
    }
    return {};
}

template <std::size_t... I>
auto reactions_to(std::index_sequence<I...>)
    -> boost::mpl::list<sc::custom_reaction<event<static_cast<agent_event>(I)>>...>;

template <agent_phase Phase>
struct state : sc::simple_state<state<Phase>, chart> {
    using reactions = decltype(reactions_to(std::make_index_sequence<value_count<agent_event>>{}));

    state() = default;

    template <agent_event Kind>
    sc::result react(const event<Kind>& e) {
        constexpr span_of_rows span = rows_of(Phase, Kind);
        if constexpr (span.count == 0) {
            constexpr auto cell = refusal_of(Phase, Kind);
            this->outermost_context().step = {-1, cell.how, cell.governed_by};
            return this->discard_event();
        } else {
            return take<span.first, span.first + span.count>(e);
        }
    }

  private:
    template <std::size_t I, std::size_t End, agent_event Kind>
    sc::result take(const event<Kind>& e) {
        using row = mp11::mp_at_c<machine::agent::transition_table, I>;
        chart& c = this->outermost_context();
        if constexpr (I + 1 < End) {
            if (!row::guard::holds(e.input, c.data)) {
                return take<I + 1, End>(e);
            }
        }
        row::action::apply(e.input, c.data, e.out);
        c.step = {static_cast<std::int16_t>(I), {}, row::governed_by};
        if constexpr (row::is_internal) {
            return this->discard_event();
        } else {
            c.phase = row::to::id;
            return this->template transit<state<row::to::id>>();
        }
    }
};

} // namespace sc_agent

/// An agent that does what `machine::agent_machine` does.
class statechart_agent {
  public:
    using result = machine::agent_machine::result;

    statechart_agent() { m_chart.initiate(); }

    [[nodiscard]] agent_phase phase() const noexcept { return m_chart.phase; }
    [[nodiscard]] const machine::agent_data& data() const noexcept { return m_chart.data; }

    result process(const machine::agent_input& i, machine::agent_outbox& o) {
        auto& step = m_chart.step;
        if (const auto refused = machine::refuse_by_transaction(phase(), data(), i)) {
            step = {-1, refused->first, refused->second};
        } else {
            fire(i, o, std::make_index_sequence<value_count<machine::agent_event>>{});
        }
        if (!step && step.refusal != machine::agent_refusal::ignore &&
            step.refusal != machine::agent_refusal::drop) {
            o.push({.kind = machine::agent_effect_kind::send_nak,
                    .txn = i.txn,
                    .session = data().session,
                    .code = machine::code_of(step.refusal)});
        }
        return step;
    }

  private:
    template <std::size_t I>
    static void fire_one(sc_agent::chart& c, const machine::agent_input& i,
                         machine::agent_outbox& o) {
        c.process_event(sc_agent::event<static_cast<machine::agent_event>(I)>{i, o});
    }

    template <std::size_t... I>
    void fire(const machine::agent_input& i, machine::agent_outbox& o, std::index_sequence<I...>) {
        using handler =
            void (*)(sc_agent::chart&, const machine::agent_input&, machine::agent_outbox&);
        static constexpr handler handlers[] = {&fire_one<I>...};
        handlers[static_cast<std::size_t>(i.kind)](m_chart, i, o);
    }

    sc_agent::chart m_chart;
};

} // namespace snapproto::bench

#endif // SNAPPROTO_BENCH_STATECHART_AGENT_HPP
