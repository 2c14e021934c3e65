// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_CLOCK_HPP
#define SNAPPROTO_SIMULATOR_WORLD_CLOCK_HPP

// A clock that may run slow, or not at all.

#include "simulator/kernel/ticks.hpp"

#include <cstdint>

namespace snapproto::world {

using kernel::ticks;

/// A clock that never goes back. It begins with the world and agrees with it until told otherwise.
class steady_clock {
  public:
    /// Millionths of the world's pace.
    static constexpr std::uint64_t usual_rate = 1'000'000;

    /// What it says at a moment of the world.
    /// @pre `world` is not before the last change of the rate.
    [[nodiscard]] ticks at(ticks world) const noexcept {
        return m_local + scaled(world - m_world, m_rate, usual_rate);
    }

    /// When it will say `local` and has not said it before, if it runs on like this.
    /// @pre it runs.
    [[nodiscard]] ticks when(ticks local) const noexcept {
        const ticks early = m_world + scaled(local - m_local, usual_rate, m_rate);
        return at(early) < local ? early + 1 : early;
    }

    void set_rate(ticks world, std::uint64_t millionths) noexcept {
        m_local = at(world);
        m_world = world;
        m_rate = millionths;
    }
    [[nodiscard]] std::uint64_t rate() const noexcept { return m_rate; }

  private:
    /// `span * times / parts`, without leaving the range of the type on the way.
    [[nodiscard]] static ticks scaled(ticks span, std::uint64_t times,
                                      std::uint64_t parts) noexcept {
        const auto by = static_cast<ticks>(parts);
        return span / by * static_cast<ticks>(times) + span % by * static_cast<ticks>(times) / by;
    }

    ticks m_world = 0;
    ticks m_local = 0;
    std::uint64_t m_rate = usual_rate;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_CLOCK_HPP
