// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REPLY_HPP
#define SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REPLY_HPP

// The short way to a reply: one look at the caller's bytes.
//
// It takes a whole line that returns an integer, a string or the empty object, or that tells of an
// error, with an id or without. It judges nothing and takes no memory: where it does not go on, the
// line is read anew from its first byte the other way, which alone decides.

#include <snapproto/dialect/qga/reply_decoder.hpp>

namespace snapproto::qga {

// @return false when the line is not plain; then nothing has happened.
inline bool reply_decoder::feed_plain(byte_view bytes, std::size_t& taken) {
    std::vector<char>& text = m_document.text;
    const char* const begin = as_text(bytes).data();
    const char* const end = begin + bytes.size();
    if (!m_lines.idle() || bytes.empty() || end[-1] != '\n' ||
        m_document.tokens.size() < plain_tokens) {
        return false;
    }
    const char* at = begin;
    bool marked = m_lines.mark_waits();
    for (; at != end && *at != '{'; ++at) {
        const bool reset = codec::detail::octet(at) == codec::reset_byte;
        if (!reset && !codec::detail::is_space(*at)) {
            return false;
        }
        marked = marked || reset;
    }
    if (at == end || static_cast<std::size_t>(end - at) > codec::json_bytes_max) {
        return false;
    }
    codec::json_cursor cursor{at, end};
    if (!read_plain(cursor)) {
        return false;
    }
    const char* last = cursor.at();
    while (*last != '\n' && codec::detail::is_space(*last)) {
        ++last;
    }
    if (*last != '\n' || static_cast<std::size_t>(last - at) > m_plain_max ||
        cursor.place() + codec::padding > text.size()) {
        return false;
    }
    // The texts outlive the caller's bytes; only places in them are known so far.
    codec::detail::copy_bytes(text.data(), at, cursor.place());
    m_lines.note_line(cursor.place(), marked);
    m_event = codec::line_event::line;
    m_plain.ready = true;
    taken = static_cast<std::size_t>(last + 1 - begin);
    return true;
}

inline bool reply_decoder::read_plain(codec::json_cursor& cursor) {
    m_plain.kind = reply_kind::other;
    m_plain.id.begin = 0;
    if (!cursor.take("{")) {
        return false;
    }
    do {
        bool taken = false;
        const bool first = m_plain.kind == reply_kind::other;
        if (cursor.take("\"return\"")) {
            taken = first && cursor.take_sign(':') && read_plain_returned(cursor);
        } else if (cursor.take("\"error\"")) {
            taken = first && cursor.take_sign(':') && read_plain_error(cursor);
        } else if (cursor.take("\"id\"")) {
            taken =
                m_plain.id.begin == 0 && cursor.take_sign(':') && cursor.take_scalar(m_plain.id);
        }
        if (!taken) {
            return false;
        }
    } while (cursor.take_sign(','));
    return cursor.take("}") && m_plain.kind != reply_kind::other;
}

// The value's token is the document's first.
inline bool reply_decoder::read_plain_returned(codec::json_cursor& cursor) {
    m_plain.kind = reply_kind::returned;
    codec::text_range place{cursor.place(), 0};
    auto kind = codec::json_kind::number;
    std::uint32_t flags = 0;
    bool taken = false;
    if (cursor.next_is('"')) {
        kind = codec::json_kind::string;
        taken = cursor.take_plain(place);
    } else if (cursor.take("{}")) {
        kind = codec::json_kind::object;
        taken = true;
        place.end = cursor.place();
    } else {
        flags = token::integer;
        taken = cursor.take_integer(place);
    }
    m_document.tokens[0] = {place.begin, place.end, 1, codec::detail::meta_of(kind) | flags};
    return taken;
}

inline bool reply_decoder::read_plain_error(codec::json_cursor& cursor) {
    m_plain.kind = reply_kind::refused;
    const std::uint32_t begin = cursor.place();
    constexpr std::uint32_t string = codec::detail::meta_of(codec::json_kind::string);
    token* const tokens = m_document.tokens.data();
    const auto take_member = [&](token* member, codec::text_range& value) {
        const std::uint32_t name = cursor.place();
        const bool taken =
            member == tokens + 1 ? cursor.take("\"class\"") : cursor.take("\"desc\"");
        member[0] = {name + 1, cursor.place() - 1, 0, string};
        if (!taken || !cursor.take_sign(':') || !cursor.take_plain(value)) {
            return false;
        }
        member[1] = {value.begin, value.end, 1, string};
        return true;
    };
    if (!cursor.take("{") || !take_member(tokens + 1, m_plain.error_class) ||
        !cursor.take_sign(',') || !take_member(tokens + 3, m_plain.desc) || !cursor.take("}")) {
        return false;
    }
    tokens[0] = {begin, cursor.place(), plain_tokens,
                 codec::detail::meta_of(codec::json_kind::object) | 2 * token::one};
    return true;
}

// The texts are where `feed_plain` has copied them.
inline decoded<reply_view> reply_decoder::next_plain() {
    m_plain.ready = false;
    const char* const text = m_document.text.data();
    decoded<reply_view> told = m_blank;
    reply_view& out = *told;
    out.kind = m_plain.kind;
    out.delimited = m_lines.marked();
    out.value = m_document.root();
    if (m_plain.id.begin != 0) {
        m_failed_id = out.id = {m_plain.id.in(text)};
    }
    if (m_plain.kind == reply_kind::refused) {
        out.error_class = m_plain.error_class.in(text);
        out.desc = m_plain.desc.in(text);
        out.error = reply_error_of(out.error_class);
    }
    return told;
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REPLY_HPP
