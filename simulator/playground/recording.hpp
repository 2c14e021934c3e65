// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDING_HPP
#define SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDING_HPP

// The playground's page in the browser is text in, text out: a scenario goes in, and all that there
// is to show of its run comes out. Both are JSON.

#include <string>
#include <string_view>

namespace snapproto::playground {

/// Plays a scenario and tells everything of it as one JSON object on one line. Times are whole
/// nanoseconds of virtual time.
///
/// - `name`, `title`, `teaches`, `seed`, `run`, `end`, `guests`, `group`, `faulty`
/// - `dialect`; whether it is a `windows` guest; whether its agent has `hooks` for applications
/// - `ways`: by dialect and guest, `why` the scenario cannot be played so, empty when it can;
///   `impossible`: the faults that cannot happen in the way it is played, each with its reason
/// - `faults`: what goes wrong, in words, what a swarm has planned included; `begun`: of each
///   whether it has begun in this run
/// - `steps`: what happened, in order: `at`, `who`, `what`, `text`; of a message `to` besides, and
///   `lost`; of a change of state (`what` is `state`) `state`, `event` and `clause`; and `moment`
///   with `occurrence`, for a fault that is to begin there
/// - `files`: where each file is on a guest's disk: `name`, `first`, `blocks`
/// - `sights`: what the disks were like: `at`, `guest`, `stage` (thawed, freezing, frozen),
///   `blocked`, `under_way`, `writes`, `executed`, `acknowledged`, and `dirty`, as "18-21,40"
/// - `transfers` of the first guest near its snapshots: [number, from, to, amount, when it was
///   acknowledged or null]
/// - `attempts`: what came of each snapshot, with the evidence
/// - `verdict`: `held`, `conversation`, `claims`, `contents`, `identity`, and what was `violated`;
///   `fine` is whether `snapsim run` ends with status 0
/// - `must_not_be`: what no circumstances excuse
/// - `surprises`: what came out otherwise than the scenario expects, in words
/// - `text`: the judgement as `snapsim run` prints it; `hash`: of the trace, as printed
///
/// @param name what to call it.
/// @param scenario the text of a scenario file.
/// Errors: settings::error: the text is no scenario.
[[nodiscard]] std::string record_run(std::string_view name, std::string_view scenario);

/// What can be chosen, as one JSON object on one line: `version`, the `options` of scenarios, the
/// `dialects`, the `faults`, the `moments` at which they begin, and the `faulty` endpoints.
[[nodiscard]] std::string catalogue();

} // namespace snapproto::playground

#endif // SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDING_HPP
