// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_NATIVE_BYTES_HPP
#define SNAPPROTO_CONFORMANCE_NATIVE_BYTES_HPP

// Bytes of the native dialect, piece by piece, so that a check can make every message wrong in one
// place. What is well formed comes from the dialect's own encoder.

#include <snapproto/codec/cbor.hpp>
#include <snapproto/message/any_message.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::native_bytes {

// ---- CBOR ----

using codec::cbor_type;

/// The shortest head of an item.
[[nodiscard]] std::string head(cbor_type type, std::uint64_t argument);
/// A head whose argument takes so many bytes: 1, 2, 4 or 8.
[[nodiscard]] std::string wide_head(cbor_type type, std::uint64_t argument, std::size_t bytes);
[[nodiscard]] std::string number(std::uint64_t value);
/// -1 - argument.
[[nodiscard]] std::string negative(std::uint64_t argument);
[[nodiscard]] std::string text(std::string_view value);
[[nodiscard]] std::string list(const std::vector<std::string>& entries);
/// Lists in each other, the innermost one empty. @pre depth > 0
[[nodiscard]] std::string nested(std::size_t depth);

/// The map of a message: entries in the order in which they are to be written.
struct item_map {
    struct entry {
        std::string key; ///< An item.
        std::string value;
    };
    std::vector<entry> entries;

    /// Sets the value of a number as key, or adds the entry where it belongs.
    item_map& set(std::uint64_t key, std::string value);
    item_map& erase(std::uint64_t key);
    [[nodiscard]] std::string bytes() const;
};

/// The map of a message, as the encoder has it, to be changed.
[[nodiscard]] item_map map_of(const any_message& message);

// ---- frames ----

/// Four bytes of length and the body.
[[nodiscard]] std::string frame(std::string_view body);
/// A length alone.
[[nodiscard]] std::string length(std::size_t bytes);
/// Nine bytes 0xFF.
[[nodiscard]] std::string mark();
/// A message in its frame; a Hello behind a mark.
[[nodiscard]] std::string framed(const any_message& message);
/// The message without frame and mark.
[[nodiscard]] std::string body(const any_message& message);

} // namespace snapproto::conformance::native_bytes

#endif // SNAPPROTO_CONFORMANCE_NATIVE_BYTES_HPP
