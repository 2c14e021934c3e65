// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_CBOR_HPP
#define SNAPPROTO_CODEC_CBOR_HPP

// CBOR as protocols need it: the items that have one encoding each (RFC 8949 section 4.2.1),
// written to any sink and read in place.
//
// Numbers are whole, texts are UTF-8, and the length of everything stands before it. Byte strings,
// tags, floating point and the simple values besides false, true and null are not read: nothing
// here needs them, and without them no item holds nine bytes 0xFF in a row.

#include <snapproto/codec/scan.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/core/bytes.hpp>
#include <snapproto/core/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto::codec {

/// What an item is: the major types of CBOR, by their numbers.
enum class cbor_type : std::uint8_t {
    unsigned_number,
    negative_number, ///< -1 - argument
    bytes,
    text,
    array,
    map,
    tag,
    simple
};

/// The simple values that are read.
inline constexpr std::uint64_t cbor_false = 20;
inline constexpr std::uint64_t cbor_true = 21;
inline constexpr std::uint64_t cbor_null = 22;

/// The head of an item: what it is, its number or length, and where it stands.
struct cbor_head {
    cbor_type type = cbor_type::unsigned_number;
    std::uint64_t argument = 0;
    std::size_t at = 0;
};

// ---- writing ------------------------------------------------------------------------------------

/// Writes the head of an item, in as few bytes as it can be.
template <byte_sink Sink>
void put_head(Sink& sink, cbor_type type, std::uint64_t argument) {
    char bytes[9];
    std::size_t size = 0;
    const auto first = static_cast<unsigned>(type) << 5U;
    const auto big_endian = [&](unsigned info, std::size_t count) {
        bytes[size++] = static_cast<char>(first | info);
        while (count != 0) {
            --count;
            bytes[size++] = static_cast<char>((argument >> (8 * count)) & 0xffU);
        }
    };
    if (argument < 24) {
        big_endian(static_cast<unsigned>(argument), 0);
    } else if (argument <= 0xff) {
        big_endian(24, 1);
    } else if (argument <= 0xffff) {
        big_endian(25, 2);
    } else if (argument <= 0xffff'ffff) {
        big_endian(26, 4);
    } else {
        big_endian(27, 8);
    }
    sink.append(bytes, size);
}

template <byte_sink Sink>
void put_unsigned(Sink& sink, std::uint64_t value) {
    put_head(sink, cbor_type::unsigned_number, value);
}

template <byte_sink Sink>
void put_signed(Sink& sink, std::int64_t value) {
    if (value < 0) {
        put_head(sink, cbor_type::negative_number, ~static_cast<std::uint64_t>(value));
    } else {
        put_unsigned(sink, static_cast<std::uint64_t>(value));
    }
}

/// @pre the text is UTF-8.
template <byte_sink Sink>
void put_cbor_text(Sink& sink, std::string_view text) {
    put_head(sink, cbor_type::text, text.size());
    put(sink, text);
}

template <byte_sink Sink>
void put_cbor_bool(Sink& sink, bool value) {
    put_head(sink, cbor_type::simple, value ? cbor_true : cbor_false);
}

// ---- reading ------------------------------------------------------------------------------------

/// How much of a text is whole UTF-8 characters: all of it, or what stands before the first byte
/// that begins none.
[[nodiscard]] inline std::size_t utf8_prefix(std::string_view text) noexcept {
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        if (detail::octet(at) < 0x80) {
            ++at;
            continue;
        }
        const char* wrong = at;
        const int length = detail::utf8_length(at, end, wrong);
        if (length <= 0) {
            break;
        }
        at += length;
    }
    return static_cast<std::size_t>(at - text.data());
}

/// Bounds of what `cbor_cursor::skip` passes over.
struct cbor_limits {
    std::size_t nesting_max = 8;
    std::size_t entries_max = 256;
    std::size_t text_bytes_max = 4096;
};

/// Reads items one after the other from bytes that are all there.
///
/// The first failure stays; nothing is read behind it.
class cbor_cursor {
  public:
    /// @param first where the items begin; offsets count from the start of `bytes`.
    explicit cbor_cursor(byte_view bytes, std::size_t first = 0) noexcept
        : m_text(as_text(bytes)), m_at(first) {}

    [[nodiscard]] std::size_t offset() const noexcept { return m_at; }
    [[nodiscard]] bool at_end() const noexcept { return m_at == m_text.size(); }
    [[nodiscard]] bool failed() const noexcept { return m_why.has_value(); }

    /// @pre failed()
    [[nodiscard]] const failure& why() const noexcept { return *m_why; }

    /// What would have been right; may be empty.
    [[nodiscard]] std::string_view wanted() const noexcept { return m_wanted; }

    /// Notes a failure, unless there is one already.
    /// @return false
    bool refuse(error code, std::size_t at, std::string_view wanted) noexcept {
        if (!m_why) {
            m_why = fail(code, at);
            m_wanted = wanted;
        }
        return false;
    }

    /// Reads the head of an item.
    /// @return false after a failure.
    ///
    /// Errors: bad_syntax: the bytes end, a length is indefinite, or the type is one that is not
    /// read. bad_number: the head could be shorter.
    bool head(cbor_head& out) noexcept;

    /// The text behind its head.
    /// @return false after a failure.
    /// @pre `from.type` is text.
    ///
    /// Errors: bad_syntax: the bytes end. bad_text: it is not UTF-8.
    bool text(const cbor_head& from, std::string_view& out) noexcept;

    /// Passes over one item whatever it is, checking all of it.
    /// @return false after a failure.
    ///
    /// Errors: those of `head` and `text`; too_deep, too_many, too_long; duplicate_member, and
    /// bad_syntax for keys of a map that are not in order or neither unsigned numbers nor texts.
    bool skip(const cbor_limits& limits, std::size_t depth = 0) noexcept;

  private:
    [[nodiscard]] bool skip_map(std::uint64_t entries, const cbor_limits& limits,
                                std::size_t depth) noexcept;

    std::string_view m_text;
    std::size_t m_at;
    std::optional<failure> m_why;
    std::string_view m_wanted;
};

inline bool cbor_cursor::head(cbor_head& out) noexcept {
    constexpr std::string_view more = "the rest of the item";
    if (failed()) {
        return false;
    }
    if (m_at == m_text.size()) {
        return refuse(error::bad_syntax, m_at, more);
    }
    out.at = m_at;
    const unsigned first = detail::octet(m_text.data() + m_at);
    out.type = static_cast<cbor_type>(first >> 5U);
    const unsigned info = first & 31U;
    if (out.type == cbor_type::bytes || out.type == cbor_type::tag) {
        return refuse(error::bad_syntax, m_at, "no byte string and no tag");
    }
    if (info > 27) {
        return refuse(error::bad_syntax, m_at, "an item of definite length");
    }
    if (out.type == cbor_type::simple && (info < cbor_false || info > cbor_null)) {
        return refuse(error::bad_syntax, m_at, "false, true or null");
    }
    if (info < 24) {
        out.argument = info;
        ++m_at;
        return true;
    }
    const std::size_t size = std::size_t{1} << (info - 24);
    if (m_text.size() - m_at - 1 < size) {
        return refuse(error::bad_syntax, m_text.size(), more);
    }
    std::uint64_t value = 0;
    for (std::size_t i = 1; i <= size; ++i) {
        value = value << 8U | detail::octet(m_text.data() + m_at + i);
    }
    const bool shorter = size == 1 ? value < 24 : value >> (4 * size) == 0;
    if (shorter) {
        return refuse(error::bad_number, m_at, "the shortest form");
    }
    out.argument = value;
    m_at += 1 + size;
    return true;
}

inline bool cbor_cursor::text(const cbor_head& from, std::string_view& out) noexcept {
    if (from.argument > m_text.size() - m_at) {
        return refuse(error::bad_syntax, m_text.size(), "the rest of the text");
    }
    out = m_text.substr(m_at, static_cast<std::size_t>(from.argument));
    if (const std::size_t good = utf8_prefix(out); good != out.size()) {
        return refuse(error::bad_text, m_at + good, "UTF-8");
    }
    m_at += out.size();
    return true;
}

inline bool cbor_cursor::skip(const cbor_limits& limits, std::size_t depth) noexcept {
    cbor_head item;
    if (!head(item)) {
        return false;
    }
    std::string_view text_of_item;
    switch (item.type) {
    case cbor_type::text:
        if (item.argument > limits.text_bytes_max) {
            return refuse(error::too_long, item.at, "a shorter text");
        }
        return text(item, text_of_item);
    case cbor_type::array:
    case cbor_type::map:
        if (depth == limits.nesting_max) {
            return refuse(error::too_deep, item.at, "fewer lists in lists");
        }
        if (item.argument > limits.entries_max) {
            return refuse(error::too_many, item.at, "fewer entries");
        }
        if (item.type == cbor_type::map) {
            return skip_map(item.argument, limits, depth + 1);
        }
        for (std::uint64_t i = 0; i < item.argument; ++i) {
            if (!skip(limits, depth + 1)) {
                return false;
            }
        }
        return true;
    default:
        return true;
    }
}

inline bool cbor_cursor::skip_map(std::uint64_t entries, const cbor_limits& limits,
                                  std::size_t depth) noexcept {
    std::string_view before;
    for (std::uint64_t i = 0; i < entries; ++i) {
        const std::size_t from = m_at;
        const auto type =
            at_end() ? cbor_type::text : static_cast<cbor_type>(detail::octet(&m_text[m_at]) >> 5U);
        if (type != cbor_type::unsigned_number && type != cbor_type::text) {
            return refuse(error::bad_syntax, from, "a number or a text as key");
        }
        if (!skip(limits, depth)) {
            return false;
        }
        const std::string_view key = m_text.substr(from, m_at - from);
        if (i != 0 && key <= before) {
            return refuse(key == before ? error::duplicate_member : error::bad_syntax, from,
                          "keys in ascending order");
        }
        before = key;
        if (!skip(limits, depth)) {
            return false;
        }
    }
    return true;
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_CBOR_HPP
