// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_DESCRIBE_HPP
#define SNAPPROTO_DIALECT_QGA_DESCRIBE_HPP

// A rejection as a sentence for people (what is wrong, where, what would be right), and as the
// error reply that an agent owes for it.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include <algorithm>
#include <array>
#include <string_view>

namespace snapproto::qga {

/// A sentence in a buffer of its own. What does not fit is cut off.
class description {
  public:
    [[nodiscard]] std::string_view text() const noexcept { return {m_text.data(), m_size}; }

    void append(const char* bytes, std::size_t count) noexcept {
        const std::size_t fits = std::min(count, m_text.size() - m_size);
        std::copy_n(bytes, fits, m_text.data() + m_size);
        m_size += fits;
    }

  private:
    std::array<char, desc_bytes_max> m_text;
    std::size_t m_size = 0;
};

/// The sentence for a rejected message.
[[nodiscard]] inline description describe(const rejection& what) noexcept {
    description out;
    const auto say = [&](std::string_view text) { codec::put(out, text); };
    const auto quote = [&](std::string_view text) {
        constexpr std::size_t shown_max = 64; // names are short; what is longer is no name
        say("'");
        say(detail::shortened(text, shown_max));
        say(text.size() > shown_max ? "...'" : "'");
    };
    const auto where = [&] {
        say(" at byte ");
        codec::put_number(out, static_cast<std::int64_t>(what.why.offset));
    };
    if (what.kind == rejection::subject_kind::message) {
        if (what.why.code == error::not_an_object) {
            say("a request must be a JSON object");
            return out;
        }
        say("not a request: ");
        say(message(what.why.code));
        where();
        if (what.why.code == error::bad_syntax || what.why.code == error::bad_text ||
            what.why.code == error::bad_number) {
            constexpr std::string_view digits = "0123456789abcdef";
            const char hex[2] = {digits[what.byte >> 4], digits[what.byte & 15U]};
            say(" (0x");
            say({hex, 2});
            if (what.byte > 0x20 && what.byte < 0x7f) {
                const char c[1] = {static_cast<char>(what.byte)};
                say(", '");
                say({c, 1});
                say("'");
            }
            say(")");
        }
        return out;
    }
    const bool argument = what.kind == rejection::subject_kind::argument;
    say(argument ? "argument " : "member ");
    quote(what.subject);
    switch (what.why.code) {
    case error::missing_member:
        say(" is missing: it must be ");
        say(what.wanted);
        break;
    case error::unexpected_member:
        say(" is unexpected");
        where();
        if (argument) {
            say(": ");
            say(what.name);
            say(what.wanted.empty() ? " has no arguments" : " has ");
        } else {
            say(": allowed are ");
        }
        say(what.wanted);
        break;
    case error::wrong_type:
        say(" has the wrong type");
        where();
        say(": it must be ");
        say(what.wanted);
        break;
    default:
        say(": ");
        say(message(what.why.code));
        where();
        break;
    }
    return out;
}

/// Writes the error reply for a rejected message: GenericError with the id it had.
template <codec::byte_sink Sink>
void encode_rejection(Sink& sink, const rejection& what) {
    const description desc = describe(what);
    encode(sink, reply{error_reply{reply_error::generic, desc.text()}, what.id});
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_DESCRIBE_HPP
