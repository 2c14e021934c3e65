// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_DOCUMENT_HPP
#define SNAPPROTO_CODEC_JSON_DOCUMENT_HPP

// One parsed JSON text: the bytes, and a flat list of tokens that point into them.
//
// A document is made to be used again: it keeps its memory, so reading message after message
// allocates nothing once the largest has been seen.

#include <snapproto/codec/scan.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace snapproto::codec {

/// The largest text that a document can hold, whatever a limit says: tokens count in 24 bits.
inline constexpr std::size_t json_bytes_max = (std::size_t{1} << 24) - 1;

/// What a JSON value is.
enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

namespace detail {

/// One value or one member's name.
struct json_token {
    std::uint32_t begin; ///< first byte (of a string: behind the quote)
    std::uint32_t end;   ///< behind the last byte (of a string: the closing quote)
    /// Containers: the token behind the last one inside; while open, the enclosing container.
    /// Strings with escapes: where their text is among the unescaped ones.
    /// Names without escapes: a hash.
    std::uint32_t link;
    std::uint32_t meta; ///< kind, flags, and 24 bits: entries, or the length of an unescaped text

    static constexpr std::uint32_t kind_mask = 0x0f;
    static constexpr std::uint32_t escaped = 0x10; ///< a string with escapes
    static constexpr std::uint32_t integer = 0x20; ///< a number without fraction and exponent
    static constexpr std::uint32_t one = 0x100;    ///< one entry

    [[nodiscard]] json_kind kind() const noexcept {
        return static_cast<json_kind>(meta & kind_mask);
    }
    [[nodiscard]] bool container() const noexcept {
        return (meta & kind_mask) >= static_cast<std::uint32_t>(json_kind::array);
    }
    [[nodiscard]] std::uint32_t count() const noexcept { return meta >> 8; }
};

[[nodiscard]] constexpr std::uint32_t meta_of(json_kind kind, std::uint32_t count = 0) noexcept {
    return static_cast<std::uint32_t>(kind) | (count << 8);
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

    std::vector<char> text;                 ///< the message as it came
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
        const detail::json_token& t = token();
        if ((t.meta & detail::json_token::escaped) != 0) {
            return {m_document->unescaped.data() + t.link, t.count()};
        }
        return {m_document->text.data() + t.begin, t.end - t.begin};
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
        const char* first = m_document->text.data() + token().begin;
        const char* last = m_document->text.data() + token().end;
        std::int64_t value = 0;
        const auto [end, wrong] = std::from_chars(first, last, value);
        return wrong == std::errc{} && end == last ? std::optional{value} : std::nullopt;
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
        return m_document != nullptr && token().container() ? token().count() : 0;
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
    [[nodiscard]] std::uint32_t behind() const noexcept {
        return token().container() ? token().link : m_index + 1;
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
    for (std::uint32_t i = m_index + 1; i != token().link;) {
        const json_value entry{*m_document, i};
        i = entry.behind();
        visit(entry);
    }
}

template <class Visit>
void json_value::for_each_member(Visit&& visit) const {
    if (!is(json_kind::object)) {
        return;
    }
    for (std::uint32_t i = m_index + 1; i != token().link;) {
        const json_value name{*m_document, i};
        const json_value value{*m_document, i + 1};
        i = value.behind();
        visit(name, value);
    }
}

inline json_value json_value::find(std::string_view name) const noexcept {
    json_value found;
    for_each_member([&](json_value key, json_value value) {
        if (key.text() == name) {
            found = value;
        }
    });
    return found;
}

} // namespace snapproto::codec

#endif // SNAPPROTO_CODEC_JSON_DOCUMENT_HPP
