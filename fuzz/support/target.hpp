// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_TARGET_HPP
#define SNAPPROTO_FUZZ_SUPPORT_TARGET_HPP

// What every fuzz target has: the entry that all engines call, its input as bytes or as a source
// of decisions, and a way to say that an oracle is broken.

// Not std::source_location: Clang 14 does not know that of libstdc++.
#include <boost/assert/source_location.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// Runs one input. Any input is taken, and the same one does the same each time.
/// @return 0
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace snapproto::fuzz {

/// Ends the process when an oracle is broken: engines take that for a finding.
inline void require(bool holds, std::string_view what, const std::string& seen = {},
                    const boost::source_location& where = BOOST_CURRENT_LOCATION) {
    if (!holds) {
        std::fprintf(stderr, "%s:%u: broken: %.*s\n%s\n", where.file_name(),
                     static_cast<unsigned>(where.line()), static_cast<int>(what.size()),
                     what.data(), seen.c_str());
        std::abort();
    }
}

/// The input as text.
[[nodiscard]] inline std::string_view text_of(const std::uint8_t* data, std::size_t size) noexcept {
    return size == 0 ? std::string_view{}
                     : std::string_view{reinterpret_cast<const char*>(data), size};
}

/// An input as a source of decisions; when it is used up all of them are 0.
class decisions {
  public:
    explicit decisions(std::string_view input) noexcept : m_left(input) {}

    [[nodiscard]] bool empty() const noexcept { return m_left.empty(); }

    [[nodiscard]] std::uint8_t byte() noexcept {
        if (m_left.empty()) {
            return 0;
        }
        const auto first = static_cast<std::uint8_t>(m_left.front());
        m_left.remove_prefix(1);
        return first;
    }

    /// One of `count` possibilities, counted from 0.
    /// @pre 1 <= count <= 256
    [[nodiscard]] std::size_t below(std::size_t count) noexcept { return byte() % count; }

    [[nodiscard]] bool yes() noexcept { return (byte() & 1U) != 0; }

    /// The next bytes, fewer when there are no more.
    [[nodiscard]] std::string_view bytes(std::size_t count) noexcept {
        const std::string_view taken = m_left.substr(0, count);
        m_left.remove_prefix(taken.size());
        return taken;
    }

    [[nodiscard]] std::string_view rest() noexcept { return bytes(m_left.size()); }

  private:
    std::string_view m_left;
};

/// How a text is cut: the first byte of an input says how large the pieces are, the rest is the
/// text. 0 means one piece.
class cuts {
  public:
    explicit cuts(std::uint8_t seed) noexcept : m_seed(seed) {}

    /// The size of the next piece of a text of which so much is left.
    [[nodiscard]] std::size_t next(std::size_t left) noexcept {
        if (m_seed == 0) {
            return left;
        }
        m_turn = m_turn * 29 + m_seed;
        return std::min<std::size_t>(left, 1 + m_turn % (1 + m_seed % 16U));
    }

  private:
    std::uint32_t m_seed;
    std::uint32_t m_turn = 0;
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_TARGET_HPP
