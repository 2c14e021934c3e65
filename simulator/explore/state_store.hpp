// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_STATE_STORE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_STATE_STORE_HPP

// The set of states seen so far: an arena of packed states and an open-addressing table of 32-bit
// numbers into it. States are compared in full, so two states are never taken for one.
//
// On request only the hash of a state is kept (hash compaction): two states with one hash are then
// taken for one. The states themselves are there until `forget_below`, for whoever expands them.
//
// Many threads insert at once. The table grows between two rounds, when nobody inserts.

#include "simulator/explore/large_table.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <stdexcept>
#include <vector>

namespace snapproto::explore {

/// The number of a state in its store.
using state_index = std::uint32_t;

/// No state: the parent of the first one.
inline constexpr state_index no_state = 0xffffffffU;

/// Thrown when the store would need more memory than it may take.
struct memory_exhausted : std::runtime_error {
    memory_exhausted() : std::runtime_error("the memory limit is reached") {}
};

namespace detail {

/// Mixes the words of a state into 64 bits (multiply and fold, as wyhash does). Not inlined: a
/// compiler that sees a state of one word warns of the loop over pairs that it never enters.
[[nodiscard, gnu::noinline]] inline std::uint64_t hash_words(const std::uint32_t* words,
                                                             std::size_t count) noexcept {
    const auto fold = [](std::uint64_t a, std::uint64_t b) noexcept {
        __extension__ using wide = unsigned __int128;
        const wide product = static_cast<wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
    };
    std::uint64_t hash = 0x9e3779b97f4a7c15U ^ count;
    std::size_t i = 0;
    for (; i + 2 <= count; i += 2) {
        std::uint64_t pair = 0;
        std::memcpy(&pair, words + i, sizeof pair);
        hash = fold(hash ^ pair, 0xe7037ed1a0b428dbU);
    }
    if (i < count) {
        hash = fold(hash ^ words[i], 0x8ebc6af09c88c6e3U);
    }
    return fold(hash, 0x589965cc75374cc3U);
}

} // namespace detail

/// What tells two states apart.
enum class comparison : std::uint8_t {
    full, ///< All of their words.
    hash  ///< 64 bits made of them.
};

/// A set of states of one fixed size, each with the number of the state it was reached from.
///
/// Bounds: 2^32 - 1 states, and `memory_limit` bytes.
class state_store {
  public:
    /// @param words how many 32-bit words one state has; at least 1.
    /// @param memory_limit bytes for arena and table together; 0 for no limit.
    explicit state_store(std::size_t words, std::size_t memory_limit = 0,
                         comparison by = comparison::full)
        : m_words(words),
          m_limit(memory_limit),
          m_by_hash(by == comparison::hash),
          m_segments(segments_max) {
        take_memory((std::size_t{1} << table_bits_min) * sizeof(std::uint32_t));
        allocate_table(table_bits_min);
    }

    state_store(const state_store&) = delete;
    state_store& operator=(const state_store&) = delete;

    /// A range of numbers that belongs to one thread.
    struct page {
        state_index next = 0;
        state_index end = 0;
    };

    struct insertion {
        state_index at = no_state;
        bool fresh = false;
    };

    [[nodiscard]] std::uint64_t hash(const std::uint32_t* state) const noexcept {
        return detail::hash_words(state, m_words);
    }

    void prefetch(std::uint64_t hash) const noexcept {
        __builtin_prefetch(&m_table[hash & m_mask]);
    }

    /// To be called some time after the one above: the state that `insert` will compare with.
    void prefetch_state(std::uint64_t hash) const noexcept {
        const std::uint32_t seen = m_table[hash & m_mask].load(std::memory_order_relaxed);
        if (seen != 0 && (seen & ~m_index_mask) == tag_of(hash)) {
            const segment& in = m_segments[((seen & m_index_mask) - 1) >> segment_bits];
            const std::size_t at = ((seen & m_index_mask) - 1) & (segment_size - 1);
            __builtin_prefetch(m_by_hash ? static_cast<const void*>(&in.hashes[at])
                                         : static_cast<const void*>(&in.words[at * m_words]));
        }
    }

    /// Inserts a state unless it is there. Safe to call from many threads, each with its own page.
    ///
    /// Errors: throws memory_exhausted.
    insertion insert(const std::uint32_t* state, std::uint64_t hash, state_index parent,
                     page& mine) {
        const std::uint32_t tag = tag_of(hash);
        for (std::uint64_t slot = hash & m_mask;; slot = (slot + 1) & m_mask) {
            std::uint32_t seen = m_table[slot].load(std::memory_order_acquire);
            if (seen == 0) {
                if (mine.next == mine.end) {
                    mine = new_page();
                }
                const state_index at = mine.next;
                std::memcpy(words_of(at), state, m_words * sizeof(std::uint32_t));
                parent_of(at) = parent;
                if (m_by_hash) {
                    hash_of(at) = hash;
                }
                if (m_table[slot].compare_exchange_strong(seen, tag | (at + 1),
                                                          std::memory_order_acq_rel)) {
                    ++mine.next;
                    return {at, true};
                }
            }
            if ((seen & ~m_index_mask) == tag && equal(seen, state, hash)) {
                return {(seen & m_index_mask) - 1, false};
            }
        }
    }

    /// The number of a state, or `no_state`.
    [[nodiscard]] state_index find(const std::uint32_t* state) const noexcept {
        const std::uint64_t h = hash(state);
        for (std::uint64_t slot = h & m_mask;; slot = (slot + 1) & m_mask) {
            const std::uint32_t seen = m_table[slot].load(std::memory_order_acquire);
            if (seen == 0) {
                return no_state;
            }
            if ((seen & ~m_index_mask) == tag_of(h) && equal(seen, state, h)) {
                return (seen & m_index_mask) - 1;
            }
        }
    }

    /// @pre it was not forgotten.
    [[nodiscard]] const std::uint32_t* operator[](state_index at) const noexcept {
        return words_of(at);
    }
    [[nodiscard]] state_index parent(state_index at) const noexcept { return parent_of(at); }

    /// Whether a state is the one with that number, as far as it can be told.
    [[nodiscard]] bool is_at(state_index at, const std::uint32_t* state) const noexcept {
        return equal(at + 1, state, m_by_hash ? hash(state) : 0);
    }

    /// Frees the states whose numbers are below, in whole segments, when hashes are enough.
    void forget_below(state_index at) noexcept {
        if (!m_by_hash) {
            return;
        }
        for (; m_forgotten < at >> segment_bits; ++m_forgotten) {
            m_segments[m_forgotten].words.reset();
            m_bytes -= segment_size * m_words * sizeof(std::uint32_t);
        }
    }

    /// True when `states` states are too many for the table, and it must grow before more come.
    [[nodiscard]] bool is_crowded(std::size_t states) const noexcept {
        return states > (m_mask + 1) / 4 * 3;
    }

    /// Doubles the table. Nobody may insert meanwhile.
    ///
    /// @param ranges the numbers in use.
    /// Errors: throws memory_exhausted, and leaves everything as it was.
    template <class Ranges>
    void grow(const Ranges& ranges) {
        take_memory((m_mask + 1) * sizeof(std::uint32_t)); // as much again, or nothing happens
        m_table.reset();                                   // the states say what was in it
        allocate_table(m_bits + 1);
        for (const auto& [begin, end] : ranges) {
            for (state_index at = begin; at != end; ++at) {
                place(at);
            }
        }
    }

    [[nodiscard]] std::size_t words() const noexcept { return m_words; }
    [[nodiscard]] bool compares_hashes() const noexcept { return m_by_hash; }
    /// The most bytes that arena and table have taken.
    [[nodiscard]] std::size_t bytes() const noexcept { return m_bytes_max; }

    /// How many numbers one page has.
    static constexpr state_index page_size = 256;

  private:
    static constexpr unsigned table_bits_min = 16;
    static constexpr unsigned segment_bits = 15;
    static constexpr state_index segment_size = 1U << segment_bits;
    static constexpr std::size_t segments_max = std::size_t{1} << (32U - segment_bits);

    struct segment {
        std::unique_ptr<std::uint32_t[]> words;
        std::unique_ptr<std::uint32_t[]> parents;
        std::unique_ptr<std::uint64_t[]> hashes; ///< If they are what is compared.
    };

    std::uint32_t* words_of(state_index at) const noexcept {
        return &m_segments[at >> segment_bits].words[(at & (segment_size - 1)) * m_words];
    }
    std::uint32_t& parent_of(state_index at) const noexcept {
        return m_segments[at >> segment_bits].parents[at & (segment_size - 1)];
    }
    std::uint64_t& hash_of(state_index at) const noexcept {
        return m_segments[at >> segment_bits].hashes[at & (segment_size - 1)];
    }
    [[nodiscard]] bool equal(std::uint32_t entry, const std::uint32_t* state,
                             std::uint64_t hash) const noexcept {
        const state_index at = (entry & m_index_mask) - 1;
        if (m_by_hash) {
            return hash_of(at) == hash;
        }
        const std::uint32_t* const known = words_of(at);
        std::size_t same = 0;
        while (same < m_words && known[same] == state[same]) {
            ++same; // few of them: not worth a call
        }
        return same == m_words;
    }
    // The bits of an entry that its number does not need hold bits of the hash: most states that
    // differ are told apart without a look at them.
    [[nodiscard]] std::uint32_t tag_of(std::uint64_t hash) const noexcept {
        return static_cast<std::uint32_t>(hash >> 32U) & ~m_index_mask;
    }

    void take_memory(std::size_t bytes) {
        if (m_limit != 0 && m_bytes + bytes > m_limit) {
            throw memory_exhausted{};
        }
        m_bytes += bytes;
        m_bytes_max = std::max(m_bytes_max, m_bytes);
    }

    void allocate_table(unsigned bits) {
        const std::size_t size = std::size_t{1} << bits;
        m_table = large_table{size};
        m_bits = bits;
        m_mask = size - 1;
        // Numbers stay below twice the size: the table is never full, and pages leave few gaps.
        m_index_mask = bits >= 31 ? 0xffffffffU : (std::uint32_t{2} << bits) - 1;
    }

    page new_page() {
        const std::lock_guard lock{m_allocation};
        if (m_next_page >= no_state - page_size) {
            throw memory_exhausted{};
        }
        segment& in = m_segments[m_next_page >> segment_bits];
        if (in.parents == nullptr) {
            take_memory(segment_size * ((m_words + 1) * sizeof(std::uint32_t) +
                                        (m_by_hash ? sizeof(std::uint64_t) : 0)));
            in.words.reset(new std::uint32_t[segment_size * m_words]);
            in.parents.reset(new std::uint32_t[segment_size]);
            if (m_by_hash) {
                in.hashes.reset(new std::uint64_t[segment_size]);
            }
        }
        const page made{m_next_page, m_next_page + page_size};
        m_next_page += page_size;
        return made;
    }

    // For a state that is known not to be in the table yet.
    void place(state_index at) noexcept {
        const std::uint64_t h = m_by_hash ? hash_of(at) : hash(words_of(at));
        std::uint64_t slot = h & m_mask;
        while (m_table[slot].load(std::memory_order_relaxed) != 0) {
            slot = (slot + 1) & m_mask;
        }
        m_table[slot].store(tag_of(h) | (at + 1), std::memory_order_relaxed);
    }

    std::size_t m_words;
    std::size_t m_limit;
    bool m_by_hash;
    std::size_t m_bytes = 0; // changed under the lock, or while nobody inserts
    std::size_t m_bytes_max = 0;
    large_table m_table;
    unsigned m_bits = 0;
    std::uint64_t m_mask = 0;
    std::uint32_t m_index_mask = 0;
    std::vector<segment> m_segments;
    std::size_t m_forgotten = 0; ///< Segments whose words are freed.
    std::mutex m_allocation;
    state_index m_next_page = 0;
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_STATE_STORE_HPP
