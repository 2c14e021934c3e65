// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_HISTOGRAM_HPP
#define SNAPPROTO_SIMULATOR_FLEET_HISTOGRAM_HPP

// Millions of times in a few kilobytes: each is counted in a bucket no wider than a sixty-fourth of
// it. Adding and merging give the same in any order.

#include "simulator/kernel/ticks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace snapproto::fleet {

/// Counts spans of time, in microseconds.
class histogram {
  public:
    /// @pre span >= 0.
    void add(kernel::ticks span) noexcept {
        ++m_buckets[bucket_of(static_cast<std::uint64_t>(span / kernel::microsecond))];
        ++m_count;
        m_longest = std::max(m_longest, span);
    }

    void add(const histogram& other) noexcept {
        for (std::size_t i = 0; i < m_buckets.size(); ++i) {
            m_buckets[i] += other.m_buckets[i];
        }
        m_count += other.m_count;
        m_longest = std::max(m_longest, other.m_longest);
    }

    [[nodiscard]] std::uint64_t count() const noexcept { return m_count; }
    [[nodiscard]] kernel::ticks longest() const noexcept { return m_longest; }

    /// What so many thousandths of the spans do not exceed, rounded up by less than 2 %; 0 when
    /// there are none.
    [[nodiscard]] kernel::ticks per_mille(std::uint64_t thousandths) const noexcept {
        const std::uint64_t rank = (m_count * thousandths + 999) / 1000;
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < m_buckets.size(); ++i) {
            seen += m_buckets[i];
            if (seen >= rank && seen != 0) {
                // Unsigned: the last bucket ends behind the end of time.
                return static_cast<kernel::ticks>(
                    std::min(static_cast<std::uint64_t>(m_longest),
                             greatest_of(i) * std::uint64_t{kernel::microsecond}));
            }
        }
        return 0;
    }

  private:
    static constexpr unsigned fine_bits = 6; // 64 buckets for each power of two
    static constexpr std::uint64_t fine = std::uint64_t{1} << fine_bits;
    static constexpr unsigned value_bits = 54; // of 2^63 nanoseconds in microseconds

    /// Values below 128 have a bucket each.
    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t value) noexcept {
        const auto width = static_cast<unsigned>(std::bit_width(value | fine));
        const unsigned shift = width - fine_bits - 1;
        return static_cast<std::size_t>(shift * fine + (value >> shift));
    }
    [[nodiscard]] static constexpr std::uint64_t greatest_of(std::size_t bucket) noexcept {
        const auto shift = bucket < 2 * fine ? 0U : static_cast<unsigned>(bucket / fine) - 1;
        return ((bucket - shift * fine + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (value_bits - fine_bits + 1) * fine> m_buckets{};
    std::uint64_t m_count = 0;
    kernel::ticks m_longest = 0;
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_HISTOGRAM_HPP
