// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_PLAYGROUND_WAYS_HPP
#define SNAPPROTO_SIMULATOR_PLAYGROUND_WAYS_HPP

// In which ways a situation can be played: each dialect, with a guest of Linux or of Windows. What
// makes no sense in one of them has its reason, in words.

#include "simulator/world/options.hpp"

#include <string>

namespace snapproto::playground {

/// By dialect, and by guest: `dialect`, `windows`, and `why` it cannot be played so, empty when it
/// can.
[[nodiscard]] std::string ways_json(const world::scenario& what);

/// The faults that cannot happen in the way that a scenario is played: `what` and `why`.
[[nodiscard]] std::string impossible_json(const world::scenario& what);

} // namespace snapproto::playground

#endif // SNAPPROTO_SIMULATOR_PLAYGROUND_WAYS_HPP
