// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_APPLICATION_HPP
#define SNAPPROTO_SIMULATOR_WORLD_APPLICATION_HPP

// An application that an agent's hook can stop and start again.

#include "simulator/world/environment.hpp"

namespace snapproto::world {

/// Stops changing its files when asked, at a point at which they belong together.
class application {
  public:
    /// @param done    it has stopped, and what it wrote is on the disk.
    /// @param refused it goes on.
    virtual void quiesce(const event& done, const event& refused) = 0;
    /// @param not_held it went on already, without having been asked.
    virtual void resume(const event& done, const event& not_held) = 0;

  protected:
    ~application() = default;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_APPLICATION_HPP
