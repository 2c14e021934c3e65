// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_TABLE_HPP
#define SNAPPROTO_MACHINE_TABLE_HPP

// How the machines of this layer are written down: one transition table and one refusal table each,
// as type lists that Boost.MSM runs and that everything else (traces, docs, explorer) reads.
//
// A cell is a pair (state, event). Each cell is either one row without a guard, several rows whose
// guards exclude each other and cover everything, or one stated refusal; `table_is_total` proves
// the first half at compile time, tests/unit/machine/ the second by enumeration.
//
// Every machine is flat: no deferral, no regions, no completion events, no internal queue, no
// exceptions. Boost.MSM's backends differ in those, and a flat machine can be explored
// exhaustively.

#include <snapproto/core/assert.hpp>
#include <snapproto/core/clause.hpp>
#include <snapproto/core/config.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>
#include <boost/mp11/mpl.hpp>
#include <boost/msm/back/state_machine.hpp>
#include <boost/msm/front/functor_row.hpp>
#include <boost/msm/front/state_machine_def.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace snapproto::machine {

namespace mp11 = boost::mp11;

namespace detail {

/// Texts put together at compile time.
template <const std::string_view&... Parts>
struct joined {
    static constexpr std::size_t size = (std::size_t{0} + ... + Parts.size());
    static constexpr auto letters = [] {
        std::array<char, size + 1> text{};
        std::size_t at = 0;
        const auto append = [&](std::string_view part) {
            for (const char letter : part) {
                text[at++] = letter == '_' ? ' ' : letter; // words as people write them
            }
        };
        (append(Parts), ...);
        return text;
    }();
    static constexpr std::string_view text{letters.data(), size};
};

inline constexpr std::string_view comma = ", ";
inline constexpr std::string_view closing = ")";

/// The word of an enumerator, as a part of a name.
template <auto Value>
inline constexpr std::string_view word_of = to_string(Value);

} // namespace detail

/// Target of a row that leaves the state as it is: no exit, no entry.
struct same {};

/// No action. Legal only where a change of state is all that happens.
struct nothing {
    static constexpr std::string_view name = "";
    template <class Input, class Data, class Outbox>
    static constexpr void apply(const Input&, Data&, Outbox&) noexcept {}
};

/// No guard.
struct always {
    static constexpr std::string_view name = "";
};

/// The opposite of a guard.
template <class Guard>
struct unless {
    static constexpr std::string_view name = Guard::opposite;
    template <class Input, class Data>
    static constexpr bool holds(const Input& input, const Data& data) noexcept {
        return !Guard::holds(input, data);
    }
};

/// Several actions, in the order of their effects.
template <class First, class... Rest>
struct seq {
    static constexpr std::string_view name =
        detail::joined<First::name, detail::joined<detail::comma, Rest::name>::text...>::text;
    template <class Input, class Data, class Outbox>
    static constexpr void apply(const Input& input, Data& data, Outbox& out) noexcept {
        First::apply(input, data, out);
        (Rest::apply(input, data, out), ...);
    }
};

/// One row of a transition table: in `From`, on `Event`, when `Guard` holds, do `Action` and go
/// to `To`, as `Clause` demands.
template <class From, class Event, class To, class Action, class Guard, class Clause>
struct on {
    using from = From;
    using event = Event;
    using to = std::conditional_t<std::is_same_v<To, same>, From, To>;
    using action = Action;
    using guard = Guard;
    static constexpr clause governed_by = Clause::value;
    static constexpr bool is_internal = std::is_same_v<To, same>;
};

/// One cell of a refusal table: in `State`, `Event` changes nothing and is answered by `How`.
template <class State, class Event, class How, class Clause>
struct refuse {
    using from = State;
    using event = Event;
    using how = How;
    static constexpr clause governed_by = Clause::value;
};

namespace detail {

// What Boost.MSM calls for row number `I` of `Fsm::rows`. Boost.MSM sees numbers instead of the
// rows themselves because the length of the type names decides how long it compiles: with the
// rows spelled out it takes several times as long.
template <std::size_t I>
struct act {
    template <class Event, class Fsm, class Source, class Target>
    void operator()(const Event& event, Fsm& fsm, Source&, Target&) const noexcept {
        using row = mp11::mp_at_c<typename Fsm::rows, I>;
        fsm.taken_row = static_cast<std::uint16_t>(I);
        row::action::apply(event.input, fsm.data, *fsm.outbox);
    }
};

template <std::size_t I>
struct test {
    template <class Event, class Fsm, class Source, class Target>
    bool operator()(const Event& event, Fsm& fsm, Source&, Target&) const noexcept {
        using row = mp11::mp_at_c<typename Fsm::rows, I>;
        return row::guard::holds(event.input, std::as_const(fsm.data));
    }
};

template <class Front, std::size_t I, class Row = mp11::mp_at_c<typename Front::rows, I>>
using msm_row_base = boost::msm::front::Row<
    typename Row::from, typename Row::event,
    std::conditional_t<Row::is_internal, boost::msm::front::none, typename Row::to>, act<I>,
    std::conditional_t<std::is_same_v<typename Row::guard, always>, boost::msm::front::none,
                       test<I>>>;

template <class Rows, std::size_t I>
struct msm_row : msm_row_base<Rows, I> {};

template <class Rows, class Indices>
struct msm_table_of;

template <class Rows, std::size_t... I>
struct msm_table_of<Rows, std::index_sequence<I...>> {
    using type = mp11::mp_list<msm_row<Rows, I>...>;
};

} // namespace detail

/// The transition table that Boost.MSM runs, made from `Holder::rows`.
///
/// @tparam Holder a type with a short name that has the list of `on<>` rows as its member `rows`.
template <class Holder>
using msm_table = typename detail::msm_table_of<
    Holder, std::make_index_sequence<mp11::mp_size<typename Holder::rows>::value>>::type;

/// What Boost.MSM runs: a table, the first state, and the data and outbox that rows act on.
///
/// @tparam Derived the machine's own front end, empty, with a short name.
template <class Derived, class Table, class First, class Data, class Outbox>
struct flat_front_end : boost::msm::front::state_machine_def<Derived> {
    using no_exception_thrown = int;
    using no_message_queue = int;
    using initial_state = First;
    using transition_table = msm_table<Table>;
    using rows = typename Table::rows;

    // Refusals are looked up by the machine that wraps this, so "no transition" is not an error.
    template <class Fsm, class Event>
    void no_transition(const Event&, Fsm&, int) noexcept {}

    Data data{};
    Outbox* outbox = nullptr;
    std::uint16_t taken_row = 0;
};

/// One row as data, in the order of the table. `Phase` and `Event` are the machine's enumerations.
template <class Phase, class Event>
struct row_info {
    Phase from;
    Event event;
    Phase to;
    bool is_internal;
    std::string_view action;
    std::string_view guard;
    clause governed_by;
};

/// One refusal as data.
template <class Phase, class Event, class Refusal>
struct refusal_info {
    Phase from;
    Event event;
    Refusal how;
    clause governed_by;
};

namespace detail {

template <class Info, class Rows>
struct rows_as_data;

template <class Info, class... Rows>
struct rows_as_data<Info, mp11::mp_list<Rows...>> {
    static constexpr std::array<Info, sizeof...(Rows)> value{
        {{Rows::from::id, Rows::event::id, Rows::to::id, Rows::is_internal, Rows::action::name,
          Rows::guard::name, Rows::governed_by}...}};
};

template <class Info, class Refusals>
struct refusals_as_data;

template <class Info, class... Refusals>
struct refusals_as_data<Info, mp11::mp_list<Refusals...>> {
    static constexpr std::array<Info, sizeof...(Refusals)> value{
        {{Refusals::from::id, Refusals::event::id, Refusals::how::value,
          Refusals::governed_by}...}};
};

// The MSM state number of each phase: MSM counts states in the order of the table, so its numbers
// never leave the machine.
template <class Backend, class Phase, std::size_t Count, class... States>
constexpr std::array<int, Count> msm_ids(mp11::mp_list<States...>) noexcept {
    std::array<int, Count> ids{};
    ((ids[static_cast<std::size_t>(States::id)] =
          boost::msm::back::get_state_id<typename Backend::stt, States>::value),
     ...);
    return ids;
}

} // namespace detail

/// True when every (state, event) pair is either one unguarded row, two or more guarded rows, or
/// exactly one refusal.
template <class Rows, class Refusals>
[[nodiscard]] constexpr bool table_is_total(const Rows& rows, const Refusals& refusals,
                                            std::size_t states, std::size_t events) noexcept {
    for (std::size_t state = 0; state < states; ++state) {
        for (std::size_t event = 0; event < events; ++event) {
            int open = 0;
            int guarded = 0;
            int refused = 0;
            for (const auto& row : rows) {
                if (static_cast<std::size_t>(row.from) == state &&
                    static_cast<std::size_t>(row.event) == event) {
                    ++(row.guard.empty() ? open : guarded);
                }
            }
            for (const auto& refusal : refusals) {
                refused += static_cast<std::size_t>(refusal.from) == state &&
                           static_cast<std::size_t>(refusal.event) == event;
            }
            const bool one_row = open == 1 && guarded == 0 && refused == 0;
            const bool choice = open == 0 && guarded >= 2 && refused == 0;
            const bool refusal = open == 0 && guarded == 0 && refused == 1;
            if (!one_row && !choice && !refusal) {
                return false;
            }
        }
    }
    return true;
}

/// A bounded list of effects: what one event asks the outside to do, in order.
///
/// Bounds: `Capacity` effects; a row that needed more is a programmer error.
template <class Effect, std::size_t Capacity>
class effect_list {
  public:
    constexpr void push(const Effect& effect) noexcept {
        SNAPPROTO_ASSERT(m_size < Capacity);
        m_items[m_size++] = effect;
    }
    constexpr void clear() noexcept { m_size = 0; }

    [[nodiscard]] constexpr std::size_t size() const noexcept { return m_size; }
    [[nodiscard]] constexpr bool empty() const noexcept { return m_size == 0; }
    [[nodiscard]] constexpr const Effect* begin() const noexcept { return m_items.data(); }
    [[nodiscard]] constexpr const Effect* end() const noexcept { return m_items.data() + m_size; }
    [[nodiscard]] constexpr const Effect& operator[](std::size_t i) const noexcept {
        SNAPPROTO_ASSERT(i < m_size);
        return m_items[i];
    }

  private:
    std::array<Effect, Capacity> m_items{};
    std::size_t m_size = 0;
};

/// What a machine did with an event.
template <class Refusal>
struct step_result {
    /// Index of the row that was taken, or -1.
    std::int16_t row = -1;
    /// What was refused instead; meaningful when `row` is -1.
    Refusal refusal{};
    /// The clause of the row or of the refusal.
    clause governed_by{};

    /// True when a row was taken.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return row >= 0; }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_TABLE_HPP
