// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_DOCUMENT_HPP
#define SNAPPROTO_CODEC_JSON_DOCUMENT_HPP

// One parsed JSON text: the bytes, and a flat list of tokens that point into them.
//
// A document is made to be used again: it keeps its memory, so reading message after message
// allocates nothing once the largest has been seen.

#include <snapproto/codec/scan.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>
#include <vector>

namespace snapproto::codec {

/// The largest text that a document can hold, whatever a limit says: tokens count in 24 bits.
inline constexpr std::size_t json_bytes_max = (std::size_t{1} << 24) - 1;

/// What a JSON value is.
enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

namespace detail {

/// One value or one member's name. A string with escapes has a second token behind it, whose
/// `begin` is the place of its text among the unescaped ones and whose `end` is the length there.
struct json_token {
    std::uint32_t begin; ///< first byte (of a string: behind the quote)
    std::uint32_t end;   ///< behind the last byte (of a string: the closing quote)
    /// Values: how many tokens on the next one is that does not belong to it; containers, while
    /// open: how many tokens back the enclosing one is, 0 without one. Names: a hash.
    std::uint32_t link;
    std::uint32_t meta; ///< kind, flags and, in 24 bits, the entries of a container

    static constexpr std::uint32_t kind_mask = 0x0f;
    static constexpr std::uint32_t escaped = 0x10; ///< a string with escapes
    static constexpr std::uint32_t integer = 0x20; ///< a number without fraction and exponent
    static constexpr std::uint32_t one = 0x100;    ///< one entry

    [[nodiscard]] json_kind kind() const noexcept {
        return static_cast<json_kind>(meta & kind_mask);
    }
    [[nodiscard]] std::uint32_t count() const noexcept { return meta >> 8; }

    /// The number of tokens of a name.
    [[nodiscard]] std::uint32_t width() const noexcept { return (meta & escaped) != 0 ? 2 : 1; }
};

[[nodiscard]] constexpr std::uint32_t meta_of(json_kind kind) noexcept {
    return static_cast<std::uint32_t>(kind);
}

/// The value of eight digits, the first of them lowest in the word. Zeros may stand for digits in
/// front.
[[nodiscard]] constexpr std::uint64_t eight_digits(std::uint64_t word) noexcept {
    word = (word & (each_byte * 0x0fU)) * 2561 >> 8;                 // pairs
    word = (word & 0x00ff00ff00ff00ffULL) * 6553601 >> 16;           // fours
    return (word & 0x0000ffff0000ffffULL) * 42949672960001ULL >> 32; // eight
}

/// The value of one to eight digits.
/// @pre eight bytes can be read.
[[nodiscard]] inline std::uint64_t digits_value(const char* at, std::size_t count) noexcept {
    if constexpr (std::endian::native == std::endian::little) {
        return eight_digits(load_word(at) << (64 - 8 * count)); // zeros in front
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = value * 10 + static_cast<std::uint64_t>(at[i] - '0');
    }
    return value;
}

/// The value of the text of an integer, if 64 signed bits hold it.
/// @pre text is a number of JSON without fraction and exponent, and `padding` bytes behind it can
/// be read.
[[nodiscard]] inline std::optional<std::int64_t> integer_value(std::string_view text) noexcept {
    const bool negative = text.front() == '-';
    text.remove_prefix(negative ? 1 : 0);
    constexpr std::size_t few_digits = 4;  // one by one, as wide loads wait for narrow stores
    constexpr std::size_t digits_max = 19; // 20 are above 2^63, and 19 below 2^64
    if (text.size() > digits_max) {
        return std::nullopt;
    }
    std::uint64_t value = 0;
    if (text.size() <= few_digits) {
        for (const char digit : text) {
            value = value * 10 + static_cast<std::uint64_t>(digit - '0');
        }
        return static_cast<std::int64_t>(negative ? 0 - value : value);
    }
    for (; text.size() > 8; text.remove_prefix(8)) {
        value = value * 100'000'000 + digits_value(text.data(), 8);
    }
    constexpr std::uint64_t powers[] = {1,       10,        100,        1000,       10'000,
                                        100'000, 1'000'000, 10'000'000, 100'000'000};
    value = value * powers[text.size()] + digits_value(text.data(), text.size());
    constexpr auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > max + (negative ? 1 : 0)) {
        return std::nullopt;
    }
    return static_cast<std::int64_t>(negative ? 0 - value : value);
}

} // namespace detail

class json_value;

/// The memory of a parsed text. Filled by `json_parser`.
class json_document {
  public:
    /// The outermost value.
    /// @pre a parser has completed this document.
    [[nodiscard]] json_value root() const noexcept;

    /// Bytes of memory held, for tests of bounds.
    [[nodiscard]] std::size_t capacity() const noexcept {
        return text.capacity() + tokens.capacity() * sizeof(detail::json_token) +
               unescaped.capacity();
    }

    /// The text of a string or name, escapes replaced.
    /// @param base where the text begins.
    [[nodiscard]] std::string_view text_of(const detail::json_token* string,
                                           const char* base) const noexcept {
        if ((string->meta & detail::json_token::escaped) != 0) {
            return {unescaped.data() + string[1].begin, string[1].end};
        }
        return {base + string->begin, string->end - string->begin};
    }

    std::vector<char> text;                 ///< the message as it came, and padding
    std::vector<detail::json_token> tokens; ///< in the order of the text
    std::vector<char> unescaped;            ///< the strings that had escapes, one after the other
};

/// One value in a document. A view: as short-lived as the document's content.
class json_value {
  public:
    json_value() noexcept = default;
    json_value(const json_document& document, std::uint32_t index) noexcept
        : m_document(&document), m_index(index) {}

    /// True when this is a value at all: `find` yields an empty view for an absent member.
    [[nodiscard]] explicit operator bool() const noexcept { return m_document != nullptr; }

    [[nodiscard]] json_kind kind() const noexcept { return token().kind(); }
    [[nodiscard]] bool is(json_kind wanted) const noexcept {
        return m_document != nullptr && kind() == wanted;
    }

    /// The value as it stands in the text, quotes and brackets included.
    [[nodiscard]] std::string_view raw() const noexcept {
        const std::uint32_t quote = kind() == json_kind::string ? 1 : 0;
        return {m_document->text.data() + token().begin - quote,
                token().end - token().begin + 2 * quote};
    }

    /// Where the value starts in the text.
    [[nodiscard]] std::size_t offset() const noexcept {
        return token().begin - (kind() == json_kind::string ? 1 : 0);
    }

    /// The text of a string, escapes replaced.
    /// @pre is(json_kind::string)
    [[nodiscard]] std::string_view text() const noexcept {
        return m_document->text_of(&token(), m_document->text.data());
    }

    /// The text of a string; nothing when it is none.
    [[nodiscard]] std::optional<std::string_view> as_text() const noexcept {
        return is(json_kind::string) ? std::optional{text()} : std::nullopt;
    }

    /// A number without fraction and exponent, in the range of 64 signed bits.
    [[nodiscard]] std::optional<std::int64_t> as_int64() const noexcept {
        if (!is_integer()) {
            return std::nullopt;
        }
        return detail::integer_value(raw());
    }

    /// True for a number without fraction and exponent, in range or not.
    [[nodiscard]] bool is_integer() const noexcept {
        return is(json_kind::number) && (token().meta & detail::json_token::integer) != 0;
    }

    [[nodiscard]] std::optional<bool> as_bool() const noexcept {
        return is(json_kind::boolean) ? std::optional{m_document->text[token().begin] == 't'}
                                      : std::nullopt;
    }

    /// Entries of an array, members of an object; 0 for anything else.
    [[nodiscard]] std::size_t size() const noexcept {
        return m_document != nullptr ? token().count() : 0;
    }

    /// Calls `visit(json_value)` for the entries of an array, in order.
    template <class Visit>
    void for_each_entry(Visit&& visit) const;

    /// Calls `visit(json_value name, json_value value)` for the members of an object, in order.
    template <class Visit>
    void for_each_member(Visit&& visit) const;

    /// The member of that name; an empty view when there is none or this is no object.
    [[nodiscard]] json_value find(std::string_view name) const noexcept;

  private:
    [[nodiscard]] const detail::json_token& token() const noexcept {
        return m_document->tokens[m_index];
    }
    const json_document* m_document = nullptr;
    std::uint32_t m_index = 0;
};

inline json_value json_document::root() const noexcept {
    return {*this, 0};
}

template <class Visit>
void json_value::for_each_entry(Visit&& visit) const {
    if (!is(json_kind::array)) {
        return;
    }
    const std::uint32_t end = m_index + token().link;
    for (std::uint32_t i = m_index + 1; i != end; i += m_document->tokens[i].link) {
        visit(json_value{*m_document, i});
    }
}

template <class Visit>
void json_value::for_each_member(Visit&& visit) const {
    if (!is(json_kind::object)) {
        return;
    }
    const std::uint32_t end = m_index + token().link;
    for (std::uint32_t name = m_index + 1; name != end;) {
        const std::uint32_t value = name + m_document->tokens[name].width();
        visit(json_value{*m_document, name}, json_value{*m_document, value});
        name = value + m_document->tokens[value].link;
    }
}

inline json_value json_value::find(std::string_view wanted) const noexcept {
    if (!is(json_kind::object)) {
        return {};
    }
    const char* const base = m_document->text.data();
    const std::uint32_t end = m_index + token().link;
    for (std::uint32_t name = m_index + 1; name != end;) {
        const std::uint32_t value = name + m_document->tokens[name].width();
        if (detail::equal_text(m_document->text_of(&m_document->tokens[name], base), wanted)) {
            return {*m_document, value};
        }
        name = value + m_document->tokens[value].link;
    }
    return {};
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_JSON_DOCUMENT_HPP
