// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_LARGE_TABLE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_LARGE_TABLE_HPP

// Memory for a table that is read at random: in large pages where the system has them, for most of
// the time of a lookup goes into finding the small page that it is on.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace snapproto::explore {

/// Words that many threads read and change, all 0 at first.
class large_table {
  public:
    using word = std::atomic<std::uint32_t>;

    large_table() = default;
    /// Errors: throws std::bad_alloc.
    explicit large_table(std::size_t size)
        : m_words(static_cast<word*>(::operator new(size * sizeof(word), alignment))) {
#if defined(__linux__)
        // Advice: where it is not taken, the pages are small.
        static_cast<void>(::madvise(m_words.get(), size * sizeof(word), MADV_HUGEPAGE));
#endif
        std::uninitialized_value_construct_n(m_words.get(), size);
    }

    [[nodiscard]] word& operator[](std::size_t at) const noexcept {
        return m_words.get()[at];
    }
    void reset() noexcept {
        m_words.reset();
    }

  private:
    static constexpr std::align_val_t alignment{std::size_t{1} << 21U};

    struct release {
        void operator()(word* words) const noexcept { ::operator delete(words, alignment); }
    };
    std::unique_ptr<word, release> m_words;
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_LARGE_TABLE_HPP
