// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_KERNEL_GENERATOR_HPP
#define SNAPPROTO_SIMULATOR_KERNEL_GENERATOR_HPP

// Randomness from one seed, the same on every machine, and a stream of its own for each component:
// a stream depends on the seed, the component's name and its number, and on nothing else, so that
// a new component shifts nobody's numbers.
//
// xoshiro256** and splitmix64 by David Blackman and Sebastiano Vigna (prng.di.unimi.it), which are
// in the public domain; the tests compare with values of their reference programs.

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace snapproto::kernel {

/// Advances a splitmix64 state and yields its next value. Fills the states of better generators.
[[nodiscard]] constexpr std::uint64_t splitmix64(std::uint64_t& state) noexcept {
    state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

/// xoshiro256**: 64 random bits at a time, with a period of 2^256 - 1.
class generator {
  public:
    using state_type = std::array<std::uint64_t, 4>;

    explicit constexpr generator(std::uint64_t seed) noexcept {
        for (auto& word : m_state) {
            word = splitmix64(seed);
        }
    }
    /// @pre not all words are 0.
    explicit constexpr generator(const state_type& state) noexcept : m_state(state) {}

    constexpr std::uint64_t operator()() noexcept {
        const std::uint64_t value = std::rotl(m_state[1] * 5, 7) * 9;
        const std::uint64_t shifted = m_state[1] << 17;
        m_state[2] ^= m_state[0];
        m_state[3] ^= m_state[1];
        m_state[1] ^= m_state[2];
        m_state[0] ^= m_state[3];
        m_state[2] ^= shifted;
        m_state[3] = std::rotl(m_state[3], 45);
        return value;
    }

    friend constexpr bool operator==(const generator&, const generator&) noexcept = default;

  private:
    state_type m_state{};
};

/// The stream of one component.
/// @param name what kind of component it is, or for what it needs randomness.
/// @param number which one of that name.
[[nodiscard]] constexpr generator stream(std::uint64_t seed, std::string_view name,
                                         std::uint64_t number = 0) noexcept {
    std::uint64_t mixed = splitmix64(seed);
    for (const char c : name) {
        mixed ^= static_cast<unsigned char>(c);
        mixed = splitmix64(mixed);
    }
    // The length keeps a name apart from a longer one and a number apart from a character.
    mixed ^= std::uint64_t{name.size()} << 32; // whatever the width of a size
    mixed = splitmix64(mixed) ^ number;
    return generator{splitmix64(mixed)};
}

} // namespace snapproto::kernel

#endif // SNAPPROTO_SIMULATOR_KERNEL_GENERATOR_HPP
