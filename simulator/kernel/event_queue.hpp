// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_EVENT_QUEUE_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_EVENT_QUEUE_HPP

// Pending events in the order of their instants; those of one instant in the order in which they
// were added.
//
// A 4-ary heap of 16-byte keys; the four children of a key are one cache line. A key names the slot
// of its event. The slot of an event that may be cancelled knows the place of its key, so that it
// leaves at once and nothing of it stays behind. Keeping track of places costs a third of the speed
// with 100,000 events, so there are events without a handle too, which do not pay for it.
//
// With many events pending neither keys nor slots are in a near cache. What the next step will look
// at is known one step ahead, and fetched meanwhile: with 100,000 events that is a third to a half.
//
// The place that an event leaves on top is kept open until it is known what comes next: most often
// its handler adds an event, which takes that place and saves half of the work.

#include "simulator/kernel/ticks.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <type_traits>
#include <vector>

namespace snapproto::kernel {

/// One event that was added to a queue. Never names another one, however long it is kept.
struct event_handle {
    std::uint32_t slot = ~std::uint32_t{0};
    std::uint32_t generation = 0;

    friend constexpr bool operator==(const event_handle&, const event_handle&) noexcept = default;
};

/// Pending events.
///
/// Bounds: `pending_max` events at a time; memory is allocated when there are more of them than
/// ever before, and not otherwise.
template <class Event>
class event_queue {
    static_assert(std::is_trivially_copyable_v<Event>, "events are small values");

  public:
    /// The most events that can be pending: what the bits of a slot's number hold.
    static constexpr std::size_t pending_max = (std::size_t{1} << 24) - 1;

    struct due {
        ticks at = 0;
        Event what{};
    };

    event_queue() = default;

    /// A queue that has numbered so many events already: for tests of what happens when the
    /// numbers run out.
    explicit event_queue(std::uint64_t numbered) : m_sequence(numbered) {}

    [[nodiscard]] std::size_t size() const noexcept { return m_end - root - (m_open ? 1U : 0U); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// How many events have been pending at once: what memory is held for.
    [[nodiscard]] std::size_t slots() const noexcept { return m_slots.size(); }

    /// Adds an event that can be taken back.
    /// @pre at >= 0.
    /// Errors: throws std::length_error beyond `pending_max`.
    event_handle push(ticks at, const Event& what) {
        const std::uint32_t slot = take_slot(what);
        add(at, slot | tracked);
        return {slot, m_slots[slot].generation};
    }

    /// Adds an event that comes whatever happens. Else like `push`.
    void post(ticks at, const Event& what) { add(at, take_slot(what)); }

    /// Takes an event back. @return false when it was taken out before.
    bool cancel(event_handle which) {
        if (!pending(which)) {
            return false;
        }
        close();
        remove(m_places[which.slot]);
        free_slot(which.slot);
        return true;
    }

    [[nodiscard]] bool pending(event_handle which) const noexcept {
        return which.slot < m_slots.size() && m_slots[which.slot].generation == which.generation;
    }

    /// When the next event is due.
    /// @pre !empty()
    [[nodiscard]] ticks next_time() {
        close();
        return static_cast<ticks>(at(root).time);
    }

    /// Takes the next event out.
    /// @pre !empty()
    due pop() {
        close();
        const key next = at(root);
        const auto slot = static_cast<std::uint32_t>(next.order & slot_mask);
        const due taken{static_cast<ticks>(next.time), m_slots[slot].what};
        free_slot(slot);
        m_open = true;
        return taken;
    }

  private:
    // The second word of a key: sequence number, whether its place is tracked, slot.
    static constexpr std::uint64_t slot_mask = pending_max;
    static constexpr std::uint64_t tracked = slot_mask + 1;
    static constexpr unsigned low_bits = 25;
    static constexpr std::uint64_t low_mask = (std::uint64_t{1} << low_bits) - 1;
    static constexpr std::uint64_t sequence_end = std::uint64_t{1} << (64 - low_bits);
    static constexpr std::size_t arity = 4;
    static constexpr std::uint32_t nowhere = ~std::uint32_t{0};

    /// Where the heap begins, so that the children of place i are line i - 2, whole.
    static constexpr std::size_t root = 3;

    struct key {
        std::uint64_t time = ~std::uint64_t{0};
        std::uint64_t order = ~std::uint64_t{0};

        // Without a branch: which child is the least cannot be predicted.
        friend bool operator<(const key& a, const key& b) noexcept {
            return static_cast<bool>(static_cast<unsigned>(a.time < b.time) |
                                     (static_cast<unsigned>(a.time == b.time) &
                                      static_cast<unsigned>(a.order < b.order)));
        }
    };
    struct alignas(64) line {
        std::array<key, arity> keys;
    };
    struct slot_data {
        Event what;
        std::uint32_t generation = 0;
        std::uint32_t next_free = nowhere;
    };

    [[nodiscard]] key& at(std::size_t place) noexcept {
        return m_lines[place / arity].keys[place % arity];
    }
    [[nodiscard]] static std::size_t parent_of(std::size_t place) noexcept {
        return place / arity + 2;
    }

    void put(std::size_t place, const key& what) noexcept {
        at(place) = what;
        if ((what.order & tracked) != 0) {
            m_places[what.order & slot_mask] = static_cast<std::uint32_t>(place);
        }
    }

    void add(ticks at, std::uint64_t low) {
        if (m_sequence == sequence_end) {
            renumber();
        }
        const key added{static_cast<std::uint64_t>(at), (m_sequence++ << low_bits) | low};
        if (m_open) {
            m_open = false;
            sift_down(root, added);
            return;
        }
        if (m_end / arity == m_lines.size()) {
            m_lines.emplace_back(); // all of its keys are later than every event
        }
        sift_up(m_end++, added);
    }

    static void prefetch([[maybe_unused]] const void* what) noexcept {
#if defined(__GNUC__)
        __builtin_prefetch(what);
#endif
    }

    /// The children of all children of a place: whichever is the least, its own are compared next.
    void prefetch_below(std::size_t place) const noexcept {
        const std::size_t first = (place - 2) * arity - 2;
        for (std::size_t i = first; i < first + arity && i < m_lines.size(); ++i) {
            prefetch(&m_lines[i]);
        }
    }

    void sift_up(std::size_t place, const key& what) noexcept {
        while (place != root && what < at(parent_of(place))) {
            put(place, at(parent_of(place)));
            place = parent_of(place);
        }
        put(place, what);
    }

    void sift_down(std::size_t place, const key& what) noexcept {
        while (place - 2 < m_lines.size()) {
            prefetch_below(place);
            const auto& children = m_lines[place - 2].keys;
            const std::size_t left = children[1] < children[0] ? 1U : 0U;
            const std::size_t right = children[3] < children[2] ? 3U : 2U;
            const std::size_t least = children[right] < children[left] ? right : left;
            if (!(children[least] < what)) {
                break;
            }
            if (place == root) { // it is taken out next
                prefetch(&m_slots[children[least].order & slot_mask]);
            }
            put(place, children[least]);
            place = (place - 2) * arity + least;
        }
        put(place, what);
    }

    /// Fills the place that the last event taken has left.
    void close() noexcept {
        if (m_open) {
            m_open = false;
            remove(root);
        }
    }

    void remove(std::size_t place) noexcept {
        const key last = at(--m_end);
        at(m_end) = key{};
        if (place == m_end) {
            return;
        }
        if (place != root && last < at(parent_of(place))) {
            sift_up(place, last);
        } else {
            sift_down(place, last);
        }
    }

    [[nodiscard]] std::uint32_t take_slot(const Event& what) {
        if (m_free == nowhere) {
            if (m_slots.size() == pending_max) {
                throw std::length_error("too many pending events");
            }
            m_free = static_cast<std::uint32_t>(m_slots.size());
            m_slots.emplace_back();
            m_places.push_back(nowhere);
        }
        const std::uint32_t slot = m_free;
        m_free = m_slots[slot].next_free;
        m_slots[slot].what = what;
        return slot;
    }

    void free_slot(std::uint32_t slot) noexcept {
        ++m_slots[slot].generation;
        m_slots[slot].next_free = m_free;
        m_free = slot;
    }

    /// Gives pending events small numbers again, in the order that they have. A sorted sequence is
    /// a heap.
    void renumber() {
        close();
        std::vector<key> keys;
        for (std::size_t place = root; place != m_end; ++place) {
            keys.push_back(at(place));
        }
        std::sort(keys.begin(), keys.end());
        m_sequence = 0;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            put(root + i, {keys[i].time, (m_sequence++ << low_bits) | (keys[i].order & low_mask)});
        }
    }

    std::vector<line> m_lines = std::vector<line>(1);
    std::size_t m_end = root; // one past the last key
    bool m_open = false;      // the root's key has been taken out
    std::vector<slot_data> m_slots;
    std::vector<std::uint32_t> m_places; // by slot
    std::uint32_t m_free = nowhere;
    std::uint64_t m_sequence = 0;
};

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_EVENT_QUEUE_HPP
