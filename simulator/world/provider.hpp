// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP
#define SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP

// What takes the copy of a disk: the snapshot point is the instant at which the cut ends.

#include "simulator/world/block_device.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"

#include <optional>

namespace snapproto::world {

/// A copy of a disk.
struct copy {
    ticks at = 0;
    image content;
};

class provider {
  public:
    provider(environment& world, const block_device& disk, const provider_options& options)
        : m_world(world), m_disk(disk), m_options(options) {}

    /// Begins a cut; `done` comes at its end, when `take` has it.
    void begin(const event& done) {
        m_world.tell("provider", "cut_begins", "the cut begins");
        m_world.after(static_cast<ticks>(m_options.cut_ms) * kernel::millisecond, done);
    }

    /// The copy; nothing when the cut failed.
    [[nodiscard]] std::optional<copy> take() {
        if (m_options.fails) {
            m_world.tell("provider", "cut_fails", "the cut fails");
            return std::nullopt;
        }
        m_world.tell("provider", "cut_ends", "the cut ends: this is the snapshot point");
        return copy{m_world.now(), m_disk.content()};
    }

  private:
    environment& m_world;
    const block_device& m_disk;
    provider_options m_options;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP
