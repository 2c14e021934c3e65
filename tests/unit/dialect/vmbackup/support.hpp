// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_DIALECT_VMBACKUP_SUPPORT_HPP
#define SNAPPROTO_TESTS_UNIT_DIALECT_VMBACKUP_SUPPORT_HPP

// What the tests of the vmbackup codecs share.

#include <snapproto/dialect/vmbackup/packet.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include "tests/unit/dialect/octets.hpp"

#include <rapidcheck.h>

#include <string>
#include <string_view>

namespace snapproto::vmbackup_tests {

using dialect_tests::hex;
using dialect_tests::octets;
using dialect_tests::told;
using dialect_tests::with_byte;

/// The text that an encoder writes.
template <class Message>
std::string written(const Message& what) {
    std::string out;
    codec::container_sink sink{out};
    vmbackup::encode(sink, what);
    return out;
}

/// The bytes that an encoder writes.
template <class Message>
octets bytes_of(const Message& what) {
    const std::string text = written(what);
    const byte_view bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
}

/// A text without NUL, of bytes that often mean something here.
inline rc::Gen<std::string> any_text() {
    const auto letter = rc::gen::oneOf(
        rc::gen::element(' ', '0', '1', '/', '.', 'a', '\n'),
        rc::gen::map(rc::gen::inRange(1, 256), [](int c) { return static_cast<char>(c); }));
    return rc::gen::container<std::string>(letter);
}

} // namespace snapproto::vmbackup_tests

#endif // SNAPPROTO_TESTS_UNIT_DIALECT_VMBACKUP_SUPPORT_HPP
