// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_RANDOM_HPP
#define SNAPPROTO_FUZZ_RANDOM_HPP

// The one source of chance: the same numbers for the same seed, with every compiler and library.

#include <array>
#include <cstddef>
#include <cstdint>

namespace snapproto::fuzz {

/// Numbers that look random (SplitMix64).
class random_source {
  public:
    explicit random_source(std::uint64_t seed) noexcept : m_state(seed) {}

    [[nodiscard]] std::uint64_t next() noexcept {
        m_state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }

    /// One of `count` possibilities, counted from 0.
    /// @pre count > 0
    [[nodiscard]] std::size_t below(std::size_t count) noexcept {
        return static_cast<std::size_t>(next() % count);
    }

    /// True once in so many times.
    [[nodiscard]] bool once_in(std::size_t times) noexcept { return below(times) == 0; }

    template <class T, std::size_t Size>
    [[nodiscard]] const T& one_of(const std::array<T, Size>& of) noexcept {
        return of[below(Size)];
    }

  private:
    std::uint64_t m_state;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_RANDOM_HPP
