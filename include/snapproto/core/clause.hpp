// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_CLAUSE_HPP
#define SNAPPROTO_CORE_CLAUSE_HPP

// The name of one numbered requirement of docs/spec.md, as a value and as a type.
//
// Rows of the machines, monitors, checks and errors carry one. This header knows numbers only; the
// words and the level of a clause live in docs/spec.md and nowhere else.

#include <compare>
#include <cstdint>

namespace snapproto {

/// The id of one clause of docs/spec.md: `SP <chapter>.<number>`.
///
/// Chapters 1 to 19 are the abstract protocol; each dialect has ten chapters of its own
/// (20 to 29: QGA). Ids are stable: a clause that goes leaves a gap, it is never renumbered.
/// `{0, 0}` means "no clause".
struct clause {
    std::uint16_t chapter = 0;
    std::uint16_t number = 0;

    /// True when this names a clause.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return chapter != 0; }

    friend constexpr auto operator<=>(const clause&, const clause&) noexcept = default;
};

/// A clause as a type, for tables: `sec<4, 2>` is SP 4.2.
template <std::uint16_t Chapter, std::uint16_t Number>
struct sec {
    static constexpr clause value{Chapter, Number};
};

} // namespace snapproto

#endif // SNAPPROTO_CORE_CLAUSE_HPP
