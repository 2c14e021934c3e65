// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_DIALECT_OCTETS_HPP
#define SNAPPROTO_TESTS_UNIT_DIALECT_OCTETS_HPP

// What the tests of binary dialects share: bytes as people write them, and each outcome of a
// decoder as one line of text.

#include <snapproto/core/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::dialect_tests {

using octets = std::vector<std::byte>;

/// The bytes of a text in hexadecimal digits; blanks are skipped.
inline octets hex(std::string_view text) {
    octets out;
    std::string digits;
    for (const char c : text) {
        if (c != ' ') {
            digits += c;
        }
    }
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        out.push_back(static_cast<std::byte>(std::stoul(digits.substr(i, 2), nullptr, 16)));
    }
    return out;
}

/// "bad_number at 4, SP 30.2".
inline std::string told(const failure& why) {
    return std::string{to_string(why.code)} + " at " + std::to_string(why.offset) + ", SP " +
           std::to_string(why.governed_by.chapter) + "." + std::to_string(why.governed_by.number);
}

/// What went wrong; "fine" when nothing did.
template <class T>
std::string told(const result<T>& outcome) {
    return outcome ? "fine" : told(outcome.error());
}

inline octets with_byte(octets bytes, std::size_t at, unsigned value) {
    bytes.at(at) = static_cast<std::byte>(value);
    return bytes;
}

/// The same bytes, cut or filled up with 0.
inline octets resized(octets bytes, std::size_t size) {
    bytes.resize(size);
    return bytes;
}

} // namespace snapproto::dialect_tests

#endif // SNAPPROTO_TESTS_UNIT_DIALECT_OCTETS_HPP
