// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTIES_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTIES_HPP

// The properties that are checked on every state or step, and where the others are checked.
//
// They are judged by the ghosts, that is by what participants, provider and messages truly did, and
// never by what a machine believes.

#include <snapproto/core/clause.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace snapproto::explore {

/// Numbers 1 to 26 are those of SP chapter 18.
enum class property : std::uint16_t {
    none = 0,
    window = 1,
    no_false_success = 2,
    honest_label = 3,
    bounded_hold = 4,
    deadlines = 5,
    one_transaction = 6,
    rollback_before_answer = 7,
    exactness = 8,
    order = 9,
    idempotence = 11,
    stale_safety = 12,
    negotiated_only = 13,
    input_safety = 14,
    truthful_thawed = 15,
    exit_safety = 16,
    group_atomicity = 17,
    clone_safety = 18,
    one_answer = 19,
    cut_not_ready = 20,
    freeze_ends = 21,
    hold_ends = 22,
    returns = 23,
    one_outcome = 24,
    no_wedge = 25,
    states_hold = 30,   ///< What each state of an agent says about what is held (SP 1.7).
    never_crashes = 31, ///< No assertion of a machine fails, whatever happens (SP 1.4).
    // What clauses say of one step: agent_clauses.cpp, host_clauses.cpp.
    steps_begin,     ///< SP 4.1 to 5.4, 7.1, 7.2
    questions,       ///< SP 2.14 to 2.16
    repetition,      ///< SP 3.9 to 3.11
    nak_codes,       ///< SP 3.14
    way_back,        ///< SP 8.6
    first_reason,    ///< SP 7.13
    stuck_is_told,   ///< SP 7.10, 10.10
    warnings,        ///< SP 7.11, 12.15 to 12.19
    result_is_told,  ///< SP 9.8
    recovery,        ///< SP 9.5, 9.6
    versions,        ///< SP 2.5 to 2.9
    correlation,     ///< SP 3.1
    session_ends,    ///< SP 8.8
    limits,          ///< SP 15.3
    group_is_undone, ///< SP 12.12 to 12.16
    late_copy,       ///< SP 12.11
    orders,          ///< SP 12.1 to 12.9, 12.28
    true_outcome,    ///< SP 12.27, 12.29
    channels_close,  ///< SP 2.18
    participants,    ///< SP 14.1 to 14.11
    provider         ///< SP 13.1 to 13.9
};

/// Properties of a step by the machine's record before and after it, as opposed to those that are
/// judged by the ghosts.
[[nodiscard]] constexpr bool is_of_record(property number) noexcept {
    return number >= property::steps_begin;
}

/// The one to report of two that are broken at once: those that the ghosts judge come first.
[[nodiscard]] constexpr property graver(property one, property other) noexcept {
    const auto is_ghosts = [](property p) { return p != property::none && !is_of_record(p); };
    return is_ghosts(one) || (one != property::none && !is_ghosts(other)) ? one : other;
}

/// What is known of one property.
struct property_info {
    property number;
    clause governed_by;
    std::string_view title;
    /// How it is checked here; for those that cannot be, where it is checked instead.
    std::string_view how;
    bool checked_here;
};

/// All properties of SP chapter 18 and those of the model, in order.
[[nodiscard]] std::span<const property_info> properties();

/// @pre the number is that of a property.
[[nodiscard]] const property_info& info_of(property number);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTIES_HPP
