// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_ROW_CHANGE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_ROW_CHANGE_HPP

// What a mutation does to one step of a machine. Boost.MSM has run the row as it stands; the
// change is made to what came of it, or another row's action is run on what was before.

#include "simulator/explore/effect_words.hpp"
#include "simulator/explore/mutation.hpp"

#include <snapproto/machine/table.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <type_traits>

namespace snapproto::explore::detail {

/// Actions and guards of a list of rows, to be called by number.
template <class Input, class Data, class Outbox, class Rows>
struct row_functions;

template <class Input, class Data, class Outbox, class... Rows>
struct row_functions<Input, Data, Outbox, boost::mp11::mp_list<Rows...>> {
    using act = void (*)(const Input&, Data&, Outbox&);
    using test = bool (*)(const Input&, const Data&);

    template <class Row>
    static void do_action(const Input& input, Data& data, Outbox& out) {
        Row::action::apply(input, data, out);
    }
    template <class Row>
    static bool do_guard(const Input& input, const Data& data) {
        if constexpr (std::is_same_v<typename Row::guard, machine::always>) {
            return true;
        } else {
            return Row::guard::holds(input, data);
        }
    }
    static constexpr std::array<act, sizeof...(Rows)> actions{&do_action<Rows>...};
    static constexpr std::array<test, sizeof...(Rows)> guards{&do_guard<Rows>...};
};

/// All that belongs to one table.
template <class Spec>
using functions_of = row_functions<typename Spec::input, typename Spec::data, typename Spec::outbox,
                                   typename Spec::transition_table>;

/// Whether a mutation changes the step that took a row.
template <class Rows>
[[nodiscard]] bool concerns(const row_mutation& how, table_kind table, std::int16_t taken,
                            const Rows& rows) {
    if (how.table != table || taken < 0) {
        return false;
    }
    if (how.what != row_mutation::kind::always) {
        return taken == how.row;
    }
    const auto& mine = rows[static_cast<std::size_t>(how.row)];
    const auto& it = rows[static_cast<std::size_t>(taken)];
    return it.from == mine.from && it.event == mine.event;
}

/// One effect fewer, more or other.
template <class Effect, class Outbox>
void change_effect(const row_mutation& how, Effect effect, Outbox& out) {
    using kind = row_mutation::kind;
    if constexpr (requires { effect.kind; }) {
        const bool message = is_message(effect.kind);
        const bool named = word_of(effect) == how.to;
        if ((how.what == kind::drop && named) || (how.what == kind::no_sends && message)) {
            return;
        }
        if (how.what == kind::reply && named) {
            become(effect, how.with);
        }
        if constexpr (requires { effect.to; }) {
            if (how.what == kind::fewer && named) {
                effect.to &= effect.to - 1;
            }
        }
        out.push(effect);
        if (how.what == kind::twice && named) {
            out.push(effect);
        }
    } else if constexpr (std::is_enum_v<Effect>) {
        if (how.what != kind::drop || static_cast<effect_word>(effect) != how.to) {
            out.push(effect);
        }
    }
}

/// Makes the change: `after` and `made` are what the row did to `before`.
template <class Spec, class Machine, class State>
void change_step(const row_mutation& how, const State& before, const typename Spec::input& input,
                 State& after, typename Spec::outbox& made) {
    using kind = row_mutation::kind;
    using functions = functions_of<Spec>;
    const auto take = [&](std::size_t row) {
        after = before;
        made.clear();
        functions::actions[row](input, after.data, made);
        after.phase = Machine::rows()[row].to;
    };
    switch (how.what) {
    case kind::deletion:
        after = before;
        made.clear();
        return;
    case kind::target:
        after.phase = static_cast<decltype(after.phase)>(how.to);
        return;
    case kind::instead:
        take(how.to);
        return;
    case kind::always:
        take(static_cast<std::size_t>(how.row));
        return;
    case kind::action: {
        const auto leads_to = after.phase;
        take(how.to);
        after.phase = leads_to;
        return;
    }
    case kind::data_only:
        after.data = before.data;
        made.clear();
        return;
    case kind::no_data:
        after.data = before.data;
        return;
    case kind::no_effects:
        made.clear();
        return;
    default:
        break;
    }
    const auto were = made;
    made.clear();
    if (how.what == kind::reversed) {
        for (std::size_t i = were.size(); i-- != 0;) {
            made.push(were[i]);
        }
        return;
    }
    for (const auto& effect : were) {
        change_effect(how, effect, made);
    }
}

} // namespace snapproto::explore::detail

#endif // SNAPPROTO_SIMULATOR_EXPLORE_ROW_CHANGE_HPP
