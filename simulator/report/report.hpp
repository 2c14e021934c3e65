// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_REPORT_REPORT_HPP
#define SNAPPROTO_SIMULATOR_REPORT_REPORT_HPP

// A run, told: for people, and for the programs that show traces.

#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"

#include <string>

namespace snapproto::report {

/// Whether a line of the story repeats without meaning for a snapshot: a checkpoint far from any.
[[nodiscard]] bool is_aside(const world::history& run, const world::note& one);

/// What happened, a line for each thing.
/// @param all also what repeats without meaning for the snapshot, such as checkpoints far from it.
[[nodiscard]] std::string timeline(const world::history& run, bool all);

/// What to think of it, with evidence.
[[nodiscard]] std::string verdict_text(const world::history& run, const judge::verdict& made);

/// The records of both ends as JSON Lines, in the order of time.
[[nodiscard]] std::string jsonl(const world::history& run);

/// The conversation as a sequence diagram.
[[nodiscard]] std::string mermaid(const world::history& run);

/// Everything as a trace that ui.perfetto.dev opens: one track for each actor.
[[nodiscard]] std::string perfetto(const world::history& run);

/// What was sent over the channel, as a capture that Wireshark opens: pcapng, link type USER0, one
/// packet for what was sent at once, to the guest as outbound, with times in nanoseconds.
[[nodiscard]] std::string pcapng(const world::history& run);

} // namespace snapproto::report

#endif // SNAPPROTO_SIMULATOR_REPORT_REPORT_HPP
