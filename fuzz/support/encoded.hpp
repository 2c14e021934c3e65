// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_ENCODED_HPP
#define SNAPPROTO_FUZZ_SUPPORT_ENCODED_HPP

#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/native/encode.hpp>
#include <snapproto/dialect/qga/encode.hpp>

#include <string>

namespace snapproto::fuzz {

/// A QGA message as it goes over the wire.
template <class Message>
std::string encoded(const Message& message) {
    std::string out;
    codec::container_sink sink{out};
    qga::encode(sink, message);
    return out;
}

/// A message of the native dialect as it goes over the wire.
inline std::string encoded_native(const any_message& message) {
    std::string out;
    codec::container_sink sink{out};
    native::encode(sink, message);
    return out;
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_ENCODED_HPP
