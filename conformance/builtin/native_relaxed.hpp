// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_RELAXED_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_RELAXED_HPP

// A reader that takes more than it should: what an agent does that was built on a CBOR library
// without a look at SP chapter 61. For faulty agents.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance::builtin {

/// What a relaxed reader does not mind.
struct relaxed {
    bool long_forms = false; ///< Numbers in a longer form than they need.
    bool any_order = false;  ///< Keys in any order.
    bool tail = false;       ///< Something behind the map.
    bool missing = false;    ///< A field that is not there is what it is by default.
    bool low_keys = false;   ///< An unknown key below 64.
};

/// The message that such a reader finds in the body of a frame, in the encoding that a strict
/// reader takes; nothing when it finds none either.
[[nodiscard]] std::optional<std::string> read_relaxed(std::string_view body, const relaxed& how);

/// The first frame of bytes.
struct first_frame {
    std::size_t begin = 0; ///< Behind marks.
    std::size_t size = 0;  ///< Of the body.
};

/// Nothing when no whole frame is there.
[[nodiscard]] std::optional<first_frame> find_frame(std::string_view bytes);

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_NATIVE_RELAXED_HPP
