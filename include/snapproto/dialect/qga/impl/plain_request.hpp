// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REQUEST_HPP
#define SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REQUEST_HPP

// The short way to a request: one look at the caller's bytes, no tokens.
//
// It takes a whole message in the shape in which orchestrators send it, and none else: `execute`
// before `arguments`, the argument that the command has, an id that is a string or an integer. It
// judges nothing and takes no memory: where it does not go on, the message is
// read anew from its first byte the other way, which alone decides.

#include <snapproto/dialect/qga/request_decoder.hpp>

namespace snapproto::qga {

inline std::size_t request_decoder::feed(byte_view bytes) {
    const std::size_t taken = feed_plain(bytes);
    return taken != 0 || m_plain.ready ? taken : m_stream.feed(bytes);
}

// @return how many bytes were taken: 0 when the message is not plain.
inline std::size_t request_decoder::feed_plain(byte_view bytes) {
    std::vector<char>& text = m_stream.memory().text;
    const char* const begin = as_text(bytes).data();
    const char* const end = begin + bytes.size();
    if (m_plain.ready || !m_stream.idle() || bytes.empty() || end[-1] != '\n') {
        return 0;
    }
    const char* const at = codec::detail::skip_between(begin, end);
    const std::size_t size = static_cast<std::size_t>(end - at);
    if (size > codec::json_bytes_max || at == end) {
        return 0;
    }
    codec::json_cursor cursor{at, end};
    if (!read_plain(cursor) || cursor.place() + codec::padding > text.size() ||
        cursor.place() > m_plain_max) {
        return 0;
    }
    // The texts outlive the caller's bytes; only places in them are known so far.
    codec::detail::copy_bytes(text.data(), at, cursor.place());
    m_plain.ready = true;
    return static_cast<std::size_t>(codec::detail::skip_space(cursor.at(), end) - begin);
}

inline bool request_decoder::read_plain(codec::json_cursor& cursor) {
    bool named = false;
    m_plain.arguments.begin = m_plain.id.begin = 0;
    if (!cursor.take("{")) {
        return false;
    }
    do {
        bool taken = false;
        if (cursor.take("\"execute\"")) {
            taken = !named && cursor.take_sign(':') && cursor.take_plain(m_plain.name);
            m_plain.verb = taken ? verb_of(m_plain.name.in(cursor.text())) : verb::unknown;
            named = true;
        } else if (cursor.take("\"arguments\"")) {
            taken = named && m_plain.arguments.begin == 0 && cursor.take_sign(':') &&
                    read_plain_arguments(cursor);
        } else if (cursor.take("\"id\"")) {
            taken =
                m_plain.id.begin == 0 && cursor.take_sign(':') && cursor.take_scalar(m_plain.id);
        }
        if (!taken) {
            return false;
        }
    } while (cursor.take_sign(','));
    return cursor.take("}") && named &&
           (m_plain.arguments.begin != 0 || !shape(m_plain.verb).argument_required);
}

inline bool request_decoder::read_plain_arguments(codec::json_cursor& cursor) {
    m_plain.arguments.begin = cursor.place();
    if (!cursor.take("{")) {
        return false;
    }
    bool taken = false;
    switch (m_plain.verb) {
    case verb::freeze_list:
        taken = cursor.take("\"mountpoints\"") && cursor.take_sign(':') &&
                read_plain_mountpoints(cursor);
        break;
    case verb::sync:
    case verb::sync_delimited:
        taken = cursor.take("\"id\"") && read_plain_number(cursor);
        break;
    case verb::set_time:
        taken = cursor.take("\"time\"") && read_plain_number(cursor);
        break;
    default:
        break;
    }
    taken = taken && cursor.take("}");
    m_plain.arguments.end = cursor.place();
    return taken;
}

inline bool request_decoder::read_plain_number(codec::json_cursor& cursor) {
    codec::text_range number;
    if (!cursor.take_sign(':') || !cursor.take_integer(number)) {
        return false;
    }
    m_plain.number = cursor.value_of(number);
    return true;
}

inline bool request_decoder::read_plain_mountpoints(codec::json_cursor& cursor) {
    m_mountpoint_count = 0;
    if (!cursor.take("[")) {
        return false;
    }
    codec::json_document& memory = m_stream.memory();
    const std::size_t mountpoints_max =
        codec::detail::least(m_mountpoints.size(), m_limits.list_entries_max);
    char* free = memory.unescaped.data();
    const char* const free_end = free + memory.unescaped.size();
    do {
        bool escaped = false;
        codec::text_range place;
        if (!cursor.take_string(place, escaped) || m_mountpoint_count == mountpoints_max) {
            return false;
        }
        std::string_view mountpoint = place.in(memory.text.data());
        if (escaped) {
            if (place.size() > static_cast<std::size_t>(free_end - free)) {
                return false;
            }
            char* const out = free;
            const char* const text = cursor.text();
            free = codec::detail::unescape(text + place.begin, text + place.end, out);
            mountpoint = {out, static_cast<std::size_t>(free - out)};
        }
        if (mountpoint.size() > m_limits.string_bytes_max) {
            return false;
        }
        m_mountpoints[m_mountpoint_count++] = mountpoint;
    } while (cursor.take_sign(','));
    return cursor.take("]");
}

// The texts are where `feed_plain` has copied them.
inline decoded<request> request_decoder::next_plain() {
    m_plain.ready = false;
    const char* const text = m_stream.document().text.data();
    decoded<request> told = m_blank;
    request& out = *told;
    out.verb = m_plain.verb;
    out.name = m_plain.name.in(text);
    if (m_plain.id.begin != 0) {
        out.id = {m_plain.id.in(text)};
    }
    if (m_plain.arguments.begin != 0) {
        out.arguments = {m_plain.arguments.in(text)};
        if (m_plain.verb == verb::freeze_list) {
            out.mountpoints =
                std::span<const std::string_view>{m_mountpoints.data(), m_mountpoint_count};
        } else if (m_plain.verb == verb::set_time) {
            out.time_ns = m_plain.number;
        } else {
            out.sync_id = m_plain.number;
        }
    }
    return told;
}

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_IMPL_PLAIN_REQUEST_HPP
