// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CODEC_JSON_PARSER_HPP
#define SNAPPROTO_CODEC_JSON_PARSER_HPP

// An incremental JSON parser (RFC 8259, no extensions): checks and indexes a text in one pass.
//
// It never looks back more than a few bytes, so a text fed byte by byte costs as much as a whole
// one. Stricter than the RFC asks: a name must not occur twice in one object, strings must be
// valid UTF-8, and surrogates must come in pairs.

#include <snapproto/codec/json_document.hpp>
#include <snapproto/core/limits.hpp>

#include <cstddef>
#include <cstdint>

namespace snapproto::codec {

/// Where a parser stands after a call.
enum class parse_status : std::uint8_t {
    more,     ///< the text is fine so far, and not complete
    complete, ///< the outermost value has ended
    failed    ///< the text is wrong; `why()`, `wrong()` and `at()` say how
};

/// Parses one JSON text into a document, in as many pieces as it comes in.
///
/// The document gets room for as many tokens as the bytes can have before they are looked at: one
/// for two bytes, and one for each open bracket.
/// Bounds: `nesting_max` brackets deep, `list_entries_max` members in one object; the length of a
/// text is the caller's matter (at most `json_bytes_max`).
class json_parser {
  public:
    explicit json_parser(const wire_limits& limits = {}) noexcept
        : m_nesting_max(limits.nesting_max == 0 ? 1 : limits.nesting_max),
          m_members_max(limits.list_entries_max) {}

    /// Forgets everything and begins a text.
    void start() noexcept;

    /// Goes on where the last call stopped, and fills the document but for its `text`: whoever
    /// wants to look at values puts it there.
    ///
    /// A number or a word at the outermost level ends with the byte behind it, so a text that is
    /// complete must have one: a newline, say.
    /// @pre text holds all bytes since `start`, the new ones at its end; `padding` more bytes
    /// can be read, and the first of them is 0.
    parse_status parse(json_document& document, const char* text, std::size_t size);

    /// Complete: behind the last byte of the value. Failed: where a reader begins its search for
    /// the next message. Never before the bytes of the last call.
    [[nodiscard]] std::size_t at() const noexcept { return m_at; }

    /// The byte that is wrong.
    /// @pre failed.
    [[nodiscard]] std::size_t wrong() const noexcept { return m_wrong; }
    [[nodiscard]] error why() const noexcept { return m_why; }

    /// True between the quotes of a string.
    [[nodiscard]] bool in_string() const noexcept {
        return m_state == state::in_string || m_state == state::in_name;
    }

    /// True when the byte at `at()` belongs to a backslash before it.
    /// @pre failed.
    [[nodiscard]] bool in_escape() const noexcept { return m_in_escape; }

    /// Open brackets of the kind that opened the text (`open` is set to it); 0 outside of any.
    [[nodiscard]] std::size_t open_like_root(const json_document& document,
                                             char& open) const noexcept;

  private:
    using token = detail::json_token;
    enum class state : std::uint8_t {
        value,       // a value must follow
        first_entry, // a value or ]
        first_name,  // a name or }
        name,        // a name
        colon,
        behind,    // a comma or the closing bracket
        in_string, // inside of a string value
        in_name,   // inside of a name
        in_number,
        in_word
    };
    static constexpr std::uint32_t none = 0xffffffffU;
    static constexpr std::uint64_t any_name = ~std::uint64_t{0}; // which ones is not known

    void make_room(json_document& document, std::size_t bytes) const;
    [[nodiscard]] static bool is_repeated(const json_document& document, const token* open,
                                          const token* name, const char* text) noexcept;
    void put_unescaped(json_document& document, const char* text, token* behind);

    std::size_t m_at = 0;
    std::size_t m_wrong = 0;
    std::size_t m_nesting_max;
    std::size_t m_members_max;
    std::size_t m_depth = 0;
    std::uint32_t m_used = 0;      // tokens of this text
    std::uint32_t m_open = none;   // the innermost open container
    std::uint32_t m_unescaped = 0; // bytes of unescaped strings
    error m_why = error::bad_syntax;
    state m_state = state::value;
    bool m_escaped = false; // the string that is being read has escapes
    bool m_in_escape = false;
};

} // namespace snapproto::codec

#include <snapproto/codec/impl/json_parser.hpp>

#endif // SNAPPROTO_CODEC_JSON_PARSER_HPP
