// SPDX-License-Identifier: BSL-1.0
// The QGA dialect in a program without exceptions and run-time type information: what one side
// writes the other reads, byte by byte, and a broken message is a value and no throw.
#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include "tests/no_exceptions/support/check.hpp"

#include <array>
#include <string_view>

namespace {

namespace qga = snapproto::qga;
using snapproto::tests::check;

// Feeds single bytes until the decoder has a request or a failure.
snapproto::decoded<qga::request> read(qga::request_decoder& decoder, std::string_view bytes) {
    for (const char& byte : bytes) {
        // A byte that shows a failure may be left untaken; `next` tells, and we stop there.
        (void)decoder.feed(snapproto::as_bytes({&byte, 1}));
        auto found = decoder.next();
        if (!found.needs_more()) {
            return found;
        }
    }
    return snapproto::need_more;
}

} // namespace

int main() {
    std::array<char, 256> buffer{};
    const auto size = qga::encode_into(buffer, qga::make_sync_delimited(20240217));
    check(bool(size), "the request fits");
    if (!size) {
        return snapproto::tests::exit_status();
    }

    qga::request_decoder decoder;
    const auto request = read(decoder, {buffer.data(), *size});
    check(request.has_value(), "the request is read");
    if (request.has_value()) {
        check(request->verb == qga::verb::sync_delimited, "the command");
        check(request->sync_id == 20240217, "the number to be returned");
    }

    decoder.reset();
    check(read(decoder, "{\"execute\":}").has_failure(), "a broken message is a failure");
    decoder.reset();
    check(read(decoder, "{\"execute\":\"guest-").needs_more(), "half a message is none");

    std::array<char, 4> small{};
    const auto cut = qga::encode_into(small, qga::make_sync_delimited(1));
    check(!cut && cut.error().code == snapproto::error::too_long, "too small a buffer is refused");
    return snapproto::tests::exit_status();
}
