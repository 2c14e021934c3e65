// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_STORAGE_ARRAY_HPP
#define SNAPPROTO_SIMULATOR_FLEET_STORAGE_ARRAY_HPP

// What the machines share: an array that makes a few cuts at a time, and that writes what freezes
// flush one after the other.

#include "simulator/fleet/options.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace snapproto::fleet {

/// A cut that somebody asked for.
struct cut_ticket {
    std::uint32_t session = 0;
    std::uint32_t life = 0; ///< Of the session: it may have ended meanwhile.
    ticks asked = 0;
};

/// A storage array.
class storage_array {
  public:
    explicit storage_array(const array_options& options) : m_options(options) {}

    void ask(const cut_ticket& which) {
        m_queue.push_back(which);
        m_longest_queue = std::max<std::uint64_t>(m_longest_queue, m_queue.size());
    }

    /// The next cut, if a slot is free.
    [[nodiscard]] std::optional<cut_ticket> next() {
        if (m_queue.empty() || m_busy == m_options.slots) {
            return std::nullopt;
        }
        const cut_ticket first = m_queue.front();
        m_queue.pop_front();
        return first;
    }

    /// What `next` gave is being cut.
    void begin(ticks waited) {
        ++m_busy;
        m_longest_wait = std::max(m_longest_wait, waited);
    }
    void end() { --m_busy; }

    /// When so much is written that a freeze flushes now.
    [[nodiscard]] ticks written(std::uint64_t megabytes, ticks now) {
        if (m_options.write_mb_per_s == 0) {
            return now;
        }
        const auto span = static_cast<ticks>(megabytes) * kernel::second /
                          static_cast<ticks>(m_options.write_mb_per_s);
        m_written = std::max(m_written, now) + span;
        return m_written;
    }

    [[nodiscard]] std::uint64_t longest_queue() const noexcept { return m_longest_queue; }
    [[nodiscard]] ticks longest_wait() const noexcept { return m_longest_wait; }

  private:
    array_options m_options;
    std::deque<cut_ticket> m_queue;
    std::uint64_t m_busy = 0;
    std::uint64_t m_longest_queue = 0;
    ticks m_longest_wait = 0;
    ticks m_written = 0; ///< When all that was flushed is on the disk.
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_STORAGE_ARRAY_HPP
