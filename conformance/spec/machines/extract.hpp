// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_MACHINES_EXTRACT_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_MACHINES_EXTRACT_HPP

// From a machine's type lists to plain data, at compile time. Needs the tables only: the machines
// that run them, which take long to compile, are never instantiated here.

#include "conformance/spec/machines.hpp"
#include "snapproto/machine/table.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>

namespace snapproto::conformance::machine_views {

namespace mp11 = snapproto::machine::mp11;

/// What the specification calls a value of an enumeration, and what it means.
struct described {
    std::string_view title;
    std::string_view meaning;
};

/// The values of `Enum` with their words.
/// @pre the descriptions are in the order of the values; one too few or too many does not compile.
template <class Enum, std::size_t Count>
constexpr std::array<machine_word, Count> words_of(const described (&descriptions)[Count]) {
    static_assert(Count == value_count<Enum>, "every value has a description");
    std::array<machine_word, Count> words{};
    for (std::size_t i = 0; i < Count; ++i) {
        words[i] = {to_string(static_cast<Enum>(i)), descriptions[i].title,
                    descriptions[i].meaning};
    }
    return words;
}

template <class Value>
constexpr std::size_t index_of(Value value) {
    return static_cast<std::size_t>(value);
}

template <class... Rows>
constexpr auto rows_of(mp11::mp_list<Rows...>) {
    return std::array<machine_row, sizeof...(Rows)>{
        {{index_of(Rows::from::id), index_of(Rows::event::id), index_of(Rows::to::id),
          Rows::is_internal, Rows::guard::name, Rows::action::name, Rows::governed_by}...}};
}

template <class... Cells>
constexpr auto refusals_of(mp11::mp_list<Cells...>) {
    return std::array<machine_refusal, sizeof...(Cells)>{
        {{index_of(Cells::from::id), index_of(Cells::event::id), index_of(Cells::how::value),
          Cells::governed_by}...}};
}

template <class Row>
using action_of = typename Row::action;
template <class Row>
using guard_of = typename Row::guard;

template <class... Parts>
constexpr bool names_differ(mp11::mp_list<Parts...>) {
    const std::array<std::string_view, sizeof...(Parts)> names{Parts::name...};
    for (std::size_t i = 0; i < names.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (names[i] == names[j]) {
                return false;
            }
        }
    }
    return true;
}

/// True when different actions have different names, and different guards too: what is made from
/// the names may take equal names for equal things.
template <class Table>
inline constexpr bool names_are_unique =
    names_differ(mp11::mp_unique<mp11::mp_transform<action_of, Table>>{}) &&
    names_differ(mp11::mp_unique<mp11::mp_transform<guard_of, Table>>{});

} // namespace snapproto::conformance::machine_views

#endif // SNAPPROTO_CONFORMANCE_SPEC_MACHINES_EXTRACT_HPP
