// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_REPORT_FROZEN_HPP
#define SNAPPROTO_SIMULATOR_REPORT_FROZEN_HPP

// How long a guest stays frozen, by dialect: one scenario played in all of them, side by side.

#include "simulator/world/history.hpp"
#include "simulator/world/options.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::report {

/// A scenario in one dialect, under one set of circumstances.
struct frozen_row {
    std::string dialect;
    std::optional<std::uint64_t> hold_limit_ms; ///< Of the agent; nothing: it has none.
    bool channel_ends = false; ///< With the host; otherwise nobody tells the guest.

    std::optional<world::ticks> frozen; ///< The longest that it was; nothing: it never was.
    bool still = false;                 ///< It is at the end of the run.
    std::string ended_by;               ///< Who, and why.
    std::string told;                   ///< What came of the last snapshot, for its caller.
    world::ticks longest_wait = 0;      ///< Of a client.
};

/// Plays a scenario in one dialect after the other: with the agent's hold limit as the scenario has
/// it and, where a dialect's real agents have none, without any; and, where the host dies in it,
/// also with a channel that ends with the host.
[[nodiscard]] std::vector<frozen_row> frozen_in_all_dialects(const world::scenario& base);

/// The longest freeze of the first guest of a run, and who ended it. Only the members that tell of
/// the run are filled.
[[nodiscard]] frozen_row longest_freeze(const world::history& run);

/// The rows as a table of Markdown.
[[nodiscard]] std::string frozen_table(std::span<const frozen_row> rows);

/// A page with the table in the place of what stands between its marks.
/// Errors: throws std::invalid_argument when it has none.
[[nodiscard]] std::string with_frozen_table(std::string_view page,
                                            std::span<const frozen_row> rows);

} // namespace snapproto::report

#endif // SNAPPROTO_SIMULATOR_REPORT_FROZEN_HPP
