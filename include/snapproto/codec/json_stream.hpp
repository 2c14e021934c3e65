// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_STREAM_HPP
#define SNAPPROTO_CODEC_JSON_STREAM_HPP

// Finds the messages in a stream of JSON values that has no other framing, and its way back after
// bytes that are none.
//
// The rules of recovery, each of which also ends a message that went wrong:
//  1. the byte 0xFF, anywhere;
//  2. the bracket that balances the one which opened the message (strings are honoured, and only
//     brackets of that one kind count, so that a bracket of the other kind too many or too few
//     does no harm);
//  3. a line that begins with `{` in its first column: senders put each message on a line of its
//     own, and indent what is inside of one;
//  4. for bytes outside of any bracket: the end of the line, or a `{`.
// A broken message thus causes one failure, and a message that is never closed costs a sender of
// lines at most one more. Memory is bounded by the limits whatever comes.

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/json_parser.hpp>
#include <snapproto/core/bytes.hpp>
#include <snapproto/core/limits.hpp>
#include <snapproto/core/result.hpp>

#include <cstddef>
#include <cstring>

namespace snapproto::codec {

/// Cuts bytes into JSON values.
///
/// Use: `feed` until it has taken everything, and after each call take what `next` has.
/// Bounds: one message of at most `frame_bytes_max` bytes is held, and one token of 16 bytes for
/// each name or value in it. The memory grows to the largest message seen and is used again.
class json_stream {
  public:
    explicit json_stream(const wire_limits& limits = {}) noexcept
        : m_parser(limits), m_bytes_max(detail::least(limits.frame_bytes_max, json_bytes_max)) {}

    /// Takes bytes up to the end of the first message, with white space behind it, or the first
    /// failure.
    /// @return how many were taken; 0 while `next` has something that was not fetched.
    std::size_t feed(byte_view bytes);

    /// The message or failure that `feed` stopped for, once. The view is valid until the next call
    /// of `feed` or `reset`.
    /// Errors: every code of the codec layer; offsets count from the first byte of the message.
    [[nodiscard]] decoded<json_value> next() noexcept;

    /// What `next` would tell; and then, for those who look closer, the parts of it.
    [[nodiscard]] bool has_message() const noexcept { return m_ready == ready::message; }
    [[nodiscard]] bool has_failure() const noexcept { return m_ready == ready::failed; }
    [[nodiscard]] const failure& why() const noexcept { return m_failure; }
    [[nodiscard]] json_value message() const noexcept { return m_document.root(); }
    void fetched() noexcept { m_ready = ready::nothing; }

    /// Forgets everything that was fed, as for a new channel.
    void reset() noexcept {
        m_mode = mode::between;
        m_ready = ready::nothing;
    }

    /// True while a message has begun and not ended.
    [[nodiscard]] bool pending() const noexcept { return m_mode == mode::inside; }

    /// True after a failure, until one of the rules of recovery applies.
    [[nodiscard]] bool recovering() const noexcept { return m_mode == mode::skipping; }

    /// The byte that the last failure is about; for `too_long` the first that does not fit.
    [[nodiscard]] unsigned char wrong_byte() const noexcept { return m_wrong_byte; }

    /// The memory of the last message.
    [[nodiscard]] const json_document& document() const noexcept { return m_document; }

    /// True when `feed` would look for the beginning of a message. Who knows a message at sight may
    /// then take it from the bytes, and use the memory as long as a message of the stream's own.
    [[nodiscard]] bool idle() const noexcept {
        return m_mode == mode::between && m_ready == ready::nothing;
    }
    [[nodiscard]] json_document& memory() noexcept { return m_document; }

  private:
    enum class mode : std::uint8_t { between, inside, skipping };
    enum class ready : std::uint8_t { nothing, message, failed };

    const char* read(const char* at, const char* end);
    const char* refuse_length(const char* at) noexcept;
    const char* skip(const char* at, const char* end) noexcept;
    void fail_with(error why, std::size_t offset) noexcept {
        m_failure = fail(why, offset);
        m_ready = ready::failed;
    }
    std::size_t settle_failure(const char* text) noexcept;
    void begin_skipping(const char* text, std::size_t size, bool in_escape) noexcept;

    json_document m_document;
    json_parser m_parser;
    static constexpr std::size_t piece_bytes = 256;

    std::size_t m_bytes_max;
    std::size_t m_held = 0; // bytes of the message that are in the document
    failure m_failure{};
    unsigned char m_wrong_byte = 0;
    std::size_t m_open_count = 0; // while skipping: open brackets of the kind of m_open
    char m_open = '{';
    mode m_mode = mode::between;
    ready m_ready = ready::nothing;
    bool m_in_string = false;
    bool m_in_escape = false;
    bool m_at_line_start = false;
};

inline decoded<json_value> json_stream::next() noexcept {
    const ready what = m_ready;
    m_ready = ready::nothing;
    switch (what) {
    case ready::message:
        return m_document.root();
    case ready::failed:
        return m_failure;
    case ready::nothing:
        break;
    }
    return need_more;
}

inline std::size_t json_stream::feed(byte_view bytes) {
    const char* const begin = as_text(bytes).data();
    const char* const end = begin + bytes.size();
    const char* at = begin;
    while (m_ready == ready::nothing && at != end) {
        at = m_mode == mode::skipping ? skip(at, end) : read(at, end);
    }
    return static_cast<std::size_t>(at - begin);
}

inline const char* json_stream::read(const char* at, const char* end) {
    if (m_mode == mode::between) {
        at = detail::skip_between(at, end);
        if (at == end) {
            return at;
        }
        m_parser.start();
        m_mode = mode::inside;
        m_held = 0;
    } else if (m_held == m_bytes_max) {
        return refuse_length(at);
    }
    // In pieces that grow with the message: where it ends is not known, and what lies behind it is
    // copied in vain.
    const std::size_t held = m_held;
    const std::size_t added = detail::least(static_cast<std::size_t>(end - at), m_bytes_max - held,
                                            held < piece_bytes ? piece_bytes : held);
    std::vector<char>& text = m_document.text;
    if (text.size() < held + added + padding) {
        text.resize(detail::least(2 * (held + added), m_bytes_max) + padding);
    }
    detail::copy_bytes(text.data() + held, at, added);
    m_held = held + added;
    text[m_held] = '\0';
    const parse_status status = m_parser.parse(m_document, text.data(), m_held);
    if (status == parse_status::more) {
        return at + added;
    }
    if (status == parse_status::failed) {
        return at + (settle_failure(text.data()) - held);
    }
    m_mode = mode::between;
    m_ready = ready::message;
    return detail::skip_space(at + (m_parser.at() - held), end);
}

inline const char* json_stream::refuse_length(const char* at) noexcept {
    m_wrong_byte = detail::octet(at);
    if (m_wrong_byte == reset_byte) {
        m_mode = mode::between;
        fail_with(error::interrupted, m_held);
        return at + 1;
    }
    const char* const text = m_document.text.data();
    fail_with(error::too_long, m_held);
    begin_skipping(text, m_held,
                   m_parser.in_string() && m_parser.at() < m_held && text[m_held - 1] == '\\');
    return at;
}

// @return how many bytes of the text are done with.
inline std::size_t json_stream::settle_failure(const char* text) noexcept {
    fail_with(m_parser.why(), m_parser.wrong());
    m_wrong_byte = detail::octet(text + m_parser.wrong());
    if (m_parser.why() == error::interrupted) {
        m_mode = mode::between;
        return m_parser.at() + 1;
    }
    begin_skipping(text, m_parser.at(), m_parser.in_escape());
    return m_parser.at();
}

// `size` bytes of the message have been taken; what follows is skipped.
inline void json_stream::begin_skipping(const char* text, std::size_t size,
                                        bool in_escape) noexcept {
    m_mode = mode::skipping;
    m_open_count = m_parser.open_like_root(m_document, m_open);
    m_in_string = m_open_count != 0 && m_parser.in_string();
    m_in_escape = in_escape;
    m_at_line_start = size != 0 && text[size - 1] == '\n';
}

inline const char* json_stream::skip(const char* at, const char* end) noexcept {
    const char close = m_open == '{' ? '}' : ']';
    for (; at != end; ++at) {
        const char c = *at;
        if (detail::octet(at) == reset_byte) {
            m_mode = mode::between;
            return at + 1;
        }
        if (c == '{' && (m_at_line_start || m_open_count == 0)) {
            m_mode = mode::between;
            return at;
        }
        m_at_line_start = c == '\n';
        if (m_open_count == 0) {
            if (c == '\n') {
                m_mode = mode::between;
                return at + 1;
            }
        } else if (m_in_string) {
            // A string cannot hold a raw newline: whoever sent one forgot the quote.
            if (m_in_escape) {
                m_in_escape = false;
            } else if (c == '\\') {
                m_in_escape = true;
            } else if (c == '"') {
                m_in_string = false;
            }
            m_in_string = m_in_string && c != '\n';
        } else if (c == '"') {
            m_in_string = true;
            m_in_escape = false;
        } else if (c == m_open) {
            ++m_open_count;
        } else if (c == close && --m_open_count == 0) {
            m_mode = mode::between;
            return at + 1;
        }
    }
    return at;
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_JSON_STREAM_HPP
