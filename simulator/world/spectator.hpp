// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_SPECTATOR_HPP
#define SNAPPROTO_SIMULATOR_WORLD_SPECTATOR_HPP

// Somebody who looks at a world while it is played. What is left of a run tells what happened; only
// who looks on can tell what the disks were like meanwhile.

#include "simulator/world/environment.hpp"

#include <span>

namespace snapproto::world {

class guest;
class host;

/// All that there is to see.
struct stage {
    const environment& world;
    std::span<const guest* const> guests;
    std::span<const host* const> hosts; ///< One for all guests, or one for each.
};

/// Looks after each event. Who looks changes nothing, so the run is the same as without.
class spectator {
  public:
    virtual void look(const stage& what) = 0;

  protected:
    ~spectator() = default;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_SPECTATOR_HPP
