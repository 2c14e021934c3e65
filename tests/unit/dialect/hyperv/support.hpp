// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_DIALECT_HYPERV_SUPPORT_HPP
#define SNAPPROTO_TESTS_UNIT_DIALECT_HYPERV_SUPPORT_HPP

// What the tests of the Hyper-V codecs share.

#include <snapproto/dialect/hyperv/ic.hpp>

#include "tests/unit/dialect/octets.hpp"

#include <algorithm>
#include <cstddef>

namespace snapproto::hyperv_tests {

using dialect_tests::hex;
using dialect_tests::octets;
using dialect_tests::resized;
using dialect_tests::told;
using dialect_tests::with_byte;

/// A request of the snapshot service in its frame, with the body as it is given.
inline octets framed(const octets& body, hyperv::direction way = hyperv::direction::request,
                     hyperv::ic_header header = {}) {
    octets packet(hyperv::ic_headers_bytes + body.size());
    hyperv::detail::store_headers(packet, way, header, body.size());
    std::copy(body.begin(), body.end(),
              packet.begin() + static_cast<std::ptrdiff_t>(hyperv::ic_headers_bytes));
    return packet;
}

} // namespace snapproto::hyperv_tests

#endif // SNAPPROTO_TESTS_UNIT_DIALECT_HYPERV_SUPPORT_HPP
