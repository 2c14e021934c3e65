// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP
#define SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP

// What takes the copies of disks. The snapshot point is the instant at which a cut ends; the copies
// are there a while later, and may not be after all (SP 13.6).

#include "simulator/world/block_device.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"

#include <map>
#include <optional>
#include <vector>

namespace snapproto::world {

/// A copy of a disk.
struct copy {
    ticks at = 0;
    image content;
};

/// Cuts all of its disks at one instant, and keeps the copies by the number of the cut.
class provider final : public actor {
  public:
    provider(environment& world, std::vector<const block_device*> disks,
             const provider_options& options);

    /// Begins a cut.
    /// @param number what the host calls it; not used before.
    /// @param done   comes when it has ended; `succeeded` says how.
    /// @param ready  comes when the copies are there after all, or have turned out not to be.
    void begin(std::uint64_t number, const event& done, const event& ready);
    /// Whether there are copies of it, as far as is known.
    [[nodiscard]] bool succeeded(std::uint64_t number) const;
    /// Whether it is known by now.
    [[nodiscard]] bool is_ready(std::uint64_t number) const;
    /// Whether there is a cut of that number, however it ended.
    [[nodiscard]] bool has(std::uint64_t number) const { return m_cuts.contains(number); }
    /// @pre succeeded(number).
    [[nodiscard]] copy content(std::uint64_t number, std::size_t disk) const;
    /// Who is told of each cut that has ended well, too.
    void tell_of_cuts(const event& whom) noexcept { m_told = whom; }
    /// Gives its copies up.
    void discard(std::uint64_t number);

    // ---- what can be wrong with it ----

    /// Cuts take that much longer.
    void slow_down(ticks by) noexcept { m_slow = by; }
    void fail(bool on) noexcept { m_fails = on; }
    /// Says that a cut has ended that much before it has: the snapshot point comes late.
    void cut_late(ticks by) noexcept { m_late = by; }
    /// Copies whose cut has succeeded turn out not to be there.
    void lose_copies(bool on) noexcept { m_loses = on; }

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { cut_ends, point_comes, copying_ends };
    struct cut {
        event done;
        event ready;
        bool is_ready = false;
        ticks at = 0;
        std::vector<image> content; ///< Empty: there is none.
    };

    void take(cut& what) const;
    void end_cut(cut& what, std::uint64_t number);
    void end_copying(cut& what);

    environment& m_world;
    std::vector<const block_device*> m_disks;
    provider_options m_options;
    actor_id m_self;
    std::map<std::uint64_t, cut> m_cuts;
    event m_told;
    ticks m_slow = 0;
    ticks m_late = 0;
    bool m_fails = false;
    bool m_loses = false;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_PROVIDER_HPP
