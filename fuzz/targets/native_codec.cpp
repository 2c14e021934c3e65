// SPDX-License-Identifier: BSL-1.0
// The native codec in both directions: the same however the bytes are cut, one encoding for each
// message, and a mark with a message behind it is read after anything.
#include "fuzz/support/encoded.hpp"
#include "fuzz/support/target.hpp"

#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::encoded_native;
using fuzz::require;

std::string told(const native::rejection& why) {
    require(!why.wanted.empty(), "each refusal says what is allowed");
    return std::string{to_string(why.why.code)} + "@" + std::to_string(why.why.offset) + " " +
           std::string{why.field};
}

/// What a decoder makes of bytes; `look` sees each message.
template <class Look>
std::vector<std::string> outcomes(native::decoder& decoder, std::string_view bytes,
                                  fuzz::cuts pieces, Look&& look) {
    std::vector<std::string> all;
    while (!bytes.empty()) {
        byte_view piece = as_bytes(bytes.substr(0, pieces.next(bytes.size())));
        bytes.remove_prefix(piece.size());
        while (!piece.empty()) {
            const std::size_t taken = decoder.feed(piece);
            const auto outcome = decoder.next();
            require(taken <= piece.size(), "no more is taken than was given");
            require(taken != 0 || !outcome.needs_more(), "each call makes headway");
            piece = piece.subspan(taken);
            if (outcome.has_value()) {
                all.push_back(encoded_native(**outcome));
                look(**outcome);
            } else if (outcome.has_failure()) {
                require(decoder.rejected().why == outcome.error(), "one failure, one story");
                all.push_back(told(decoder.rejected()));
            }
        }
    }
    return all;
}

void check_message(native::direction reads, std::string_view stream, const any_message& message) {
    require(!native::unsendable(message), "what was read can be sent");
    require(is_request(kind_of(message)) == (reads == native::direction::requests),
            "a message of this direction");
    const std::string bytes = encoded_native(message);
    native::decoder decoder{reads};
    const auto again = outcomes(decoder, bytes, fuzz::cuts{0}, [&](const any_message& got) {
        require(got == message, "the same");
    });
    require(again.size() == 1, "what is encoded is one message");
    // Its very bytes have come, behind another head when keys followed that may be ignored.
    const std::string_view body =
        std::string_view{bytes}.substr(bytes.find_first_not_of('\xff') + native::prefix_bytes);
    require(stream.find(body.substr(1)) != std::string_view::npos, "one encoding for each message",
            std::string{body});
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input = fuzz::text_of(data, size);
    if (input.size() < 2) {
        return 0;
    }
    const auto reads = static_cast<unsigned char>(input[0]) % 2 == 0 ? native::direction::requests
                                                                     : native::direction::reports;
    const fuzz::cuts pieces{static_cast<std::uint8_t>(input[1])};
    input.remove_prefix(2);

    native::decoder whole{reads};
    const auto expected = outcomes(whole, input, fuzz::cuts{0}, [&](const any_message& message) {
        check_message(reads, input, message);
    });
    native::decoder cut{reads};
    require(outcomes(cut, input, pieces, [](const any_message&) {}) == expected,
            "pieces mean nothing");

    const std::string fresh =
        reads == native::direction::requests
            ? encoded_native(hello{{{1}, {}, {1}}, {native::version}, native::capabilities})
            : encoded_native(hello_ack{{{1}, {}, {1}}, native::version, native::capabilities});
    const auto after = outcomes(cut, fresh, pieces, [](const any_message&) {});
    require(!after.empty() && after.back() == fresh, "a mark brings any stream back");
    return 0;
}
