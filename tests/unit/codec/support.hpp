// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_CODEC_SUPPORT_HPP
#define SNAPPROTO_TESTS_UNIT_CODEC_SUPPORT_HPP

// What the tests of incremental readers share: a way to feed bytes cut at any places, and texts
// that are nearly right.

#include <snapproto/core/bytes.hpp>
#include <snapproto/core/result.hpp>

#include <rapidcheck.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::tests {

/// Feeds `bytes` in pieces of the given sizes (round and round; empty: in one piece) and collects
/// what `tell(decoder, outcome)` says of each outcome.
template <class Decoder, class Tell>
std::vector<std::string> outcomes(Decoder& decoder, std::string_view bytes,
                                  const std::vector<std::size_t>& pieces, Tell&& tell) {
    std::vector<std::string> told;
    std::size_t turn = 0;
    while (!bytes.empty()) {
        const std::size_t size =
            pieces.empty() ? bytes.size() : std::min(bytes.size(), pieces[turn++ % pieces.size()]);
        byte_view piece = as_bytes(bytes.substr(0, size));
        bytes.remove_prefix(size);
        while (!piece.empty()) {
            const std::size_t taken = decoder.feed(piece);
            RC_ASSERT(taken <= piece.size());
            piece = piece.subspan(taken);
            const auto outcome = decoder.next();
            RC_ASSERT(taken != 0 || !outcome.needs_more());
            if (!outcome.needs_more()) {
                told.push_back(tell(decoder, outcome));
            }
            RC_ASSERT(decoder.next().needs_more());
        }
    }
    return told;
}

/// A failure for a reader's eyes: code, clause and offset.
inline std::string told(const failure& why) {
    return std::string{to_string(why.code)} + "@" + std::to_string(why.offset);
}

/// Sizes of pieces, mostly small.
inline rc::Gen<std::vector<std::size_t>> some_pieces() {
    return rc::gen::container<std::vector<std::size_t>>(rc::gen::weightedOneOf<std::size_t>(
        {{3, rc::gen::inRange<std::size_t>(1, 4)}, {1, rc::gen::inRange<std::size_t>(1, 40)}}));
}

/// Any bytes, with those that mean something to a JSON reader often.
inline rc::Gen<std::string> some_bytes() {
    const std::string telling = "{}[]\",:\\\n\r\t 0123456789.eE+-truefalsnbu\xff\xfe\xc3\xa9\xf0\0";
    return rc::gen::container<std::string>(rc::gen::weightedOneOf<char>(
        {{8, rc::gen::elementOf(telling)}, {1, rc::gen::arbitrary<char>()}}));
}

/// A valid JSON value of at most `depth` more levels, with blanks in every place that allows them.
inline std::string any_json(int depth) {
    const auto blank = [] {
        return *rc::gen::element<std::string>("", "", "", " ", "\n", "\t", "\r\n", "  ");
    };
    const auto text = [] {
        const auto part = rc::gen::element<std::string>(
            "a", "b", "guest-ping", "execute", "id", " ", "\\n", "\\\"", "\\\\", "\\/", "\\u0041",
            "\\u00e9", "\\ud83d\\ude00", "\\u0000", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
            "{", "}", "[", "]", ",", ":", "0123456789abcdef");
        std::string out = "\"";
        for (const std::string& piece :
             *rc::gen::resize(6, rc::gen::container<std::vector<std::string>>(part))) {
            out += piece;
        }
        return out + "\"";
    };
    const int kind = *rc::gen::inRange(0, depth > 0 ? 6 : 4);
    std::string out = blank();
    if (kind == 0) {
        out += text();
    } else if (kind == 1) {
        out += *rc::gen::element<std::string>("0", "-1", "9223372036854775807", "1.5", "-0.25e+3",
                                              "1E9", "18446744073709551616", "42", "-0");
    } else if (kind < 4) {
        out += *rc::gen::element<std::string>("null", "true", "false");
    } else {
        const bool object = kind == 4;
        const int count = *rc::gen::inRange(0, 4);
        out += object ? "{" : "[";
        for (int i = 0; i < count; ++i) {
            out += i == 0 ? "" : ",";
            if (object) {
                // The number keeps names apart.
                out += blank() + text().insert(1, std::to_string(i)) + blank() + ":";
            }
            out += any_json(depth - 1);
        }
        out += object ? "}" : "]";
    }
    return out + blank();
}

/// A text with a few bytes replaced, added or taken away.
inline std::string mutated(std::string text) {
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i) {
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size() + 1);
        const std::string bytes = *rc::gen::resize(2, some_bytes());
        const auto gone = *rc::gen::inRange<std::size_t>(0, 3);
        text.replace(at, std::min(gone, text.size() - at), bytes);
    }
    return text;
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_CODEC_SUPPORT_HPP
