// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_CAPABILITY_HPP
#define SNAPPROTO_DIALECT_CAPABILITY_HPP

// What the profiles of all dialects say alike: how much of the abstract protocol each of them has.

#include <snapproto/core/clause.hpp>

#include <cstdint>
#include <span>
#include <string_view>

namespace snapproto::dialect {

/// How much of a feature a dialect has.
enum class support : std::uint8_t {
    none,    ///< the completion adapter does it, or nobody
    partial, ///< something near it; the note says what
    full
};

/// One feature of the abstract protocol, as a dialect has it.
struct capability {
    std::string_view feature;
    support level;
    clause governed_by;
    std::string_view note;
};

/// The capability of that name in a dialect's vector; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::span<const capability> all,
                                                          std::string_view feature) noexcept {
    for (const capability& entry : all) {
        if (entry.feature == feature) {
            return &entry;
        }
    }
    return nullptr;
}

} // namespace snapproto::dialect

#endif // SNAPPROTO_DIALECT_CAPABILITY_HPP
