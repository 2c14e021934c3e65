// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDER_HPP
#define SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDER_HPP

// Writes down what only who looks on can know: in which order things happened at the same instant,
// and what the guests' disks were like meanwhile.

#include "simulator/world/disk_format.hpp"
#include "simulator/world/spectator.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace snapproto::playground {

/// An event after which something new had been told or recorded, and how much there was then.
struct moment {
    world::ticks at = 0;
    std::size_t notes = 0;
    std::vector<std::size_t> at_hosts; ///< Records.
    std::vector<std::size_t> at_agents;
};

/// What a guest's disk and its users were like at an instant.
struct sight {
    world::ticks at = 0;
    std::size_t guest = 0;
    bool freezing = false;
    bool frozen = false;
    std::size_t blocked = 0;   ///< Writers that wait for the thaw.
    std::size_t under_way = 0; ///< Writes that the disk has not finished.
    std::uint64_t writes = 0;  ///< Those that it has.
    std::size_t executed = 0;  ///< Transactions.
    std::uint64_t acknowledged = 0;
    std::vector<std::uint32_t> dirty; ///< Blocks that the disk does not have as the cache has them.
};

/// Where a file of the guests is on their disks.
struct room {
    std::uint64_t first = 0;
    std::uint64_t blocks = 0;
};

class recorder final : public world::spectator {
  public:
    /// @param every how often disks are looked at besides, when nothing is told.
    /// @pre every > 0.
    explicit recorder(world::ticks every) : m_every(every) {}

    void look(const world::stage& what) override;

    [[nodiscard]] const std::vector<moment>& moments() const noexcept { return m_moments; }
    [[nodiscard]] const std::vector<sight>& sights() const noexcept { return m_sights; }
    /// Of the first guest, by file; the others' are the same.
    [[nodiscard]] const std::array<room, world::file_count>& rooms() const noexcept {
        return m_rooms;
    }

  private:
    bool note_moment(const world::stage& what);
    void note_rooms(const world::guest& from);

    world::ticks m_every;
    world::ticks m_next = 0;
    std::size_t m_seen = 0; // notes and records
    std::vector<moment> m_moments;
    std::vector<sight> m_sights;
    std::array<room, world::file_count> m_rooms{};
};

} // namespace snapproto::playground

#endif // SNAPPROTO_SIMULATOR_PLAYGROUND_RECORDER_HPP
