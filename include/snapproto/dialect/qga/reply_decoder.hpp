// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_REPLY_DECODER_HPP
#define SNAPPROTO_DIALECT_QGA_REPLY_DECODER_HPP

// The orchestrator's side of the wire: bytes in, reply lines out.
//
// Every line gives something: a reply, another object, or a failure. Members that are not known
// are tolerated, so are carriage returns and blank lines (SP 29.21).

#include <snapproto/codec/json_cursor.hpp>
#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/json_parser.hpp>
#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/line_splitter.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/qga/profile.hpp>
#include <snapproto/dialect/qga/reply.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace snapproto::qga {

/// What a line is.
enum class reply_kind : std::uint8_t {
    returned, ///< a success
    refused,  ///< an error
    other     ///< an object that is no reply: an event, a greeting
};

/// One line. A view, valid until the decoder is fed again.
class reply_view {
  public:
    reply_kind kind = reply_kind::other;

    /// The id as JSON text; empty when there is none.
    codec::raw_json id{};

    /// True when the byte 0xFF came directly before the line.
    bool delimited = false;

    /// Returned: what. Refused: the error object. Other: the whole object.
    codec::json_value value{};

    /// Refused: the class, known or not, and the text for people.
    reply_error error = reply_error::other;
    std::string_view error_class{};
    std::string_view desc{};

    /// The returned integer; nothing when this is no success or the value no 64-bit integer.
    [[nodiscard]] std::optional<std::int64_t> integer() const noexcept {
        return kind == reply_kind::returned ? value.as_int64() : std::nullopt;
    }

    /// The returned string.
    [[nodiscard]] std::optional<std::string_view> text() const noexcept {
        return kind == reply_kind::returned ? value.as_text() : std::nullopt;
    }

    /// The returned state of guest-fsfreeze-status.
    [[nodiscard]] std::optional<freeze_state> status() const noexcept {
        const std::optional<std::string_view> word = text();
        return word ? freeze_state_of(*word) : std::nullopt;
    }

    /// True when an empty object is returned.
    [[nodiscard]] bool is_nothing() const noexcept {
        return kind == reply_kind::returned && value.is(codec::json_kind::object) &&
               value.size() == 0;
    }

    /// The version of guest-info; nothing when what is returned is not of its shape.
    [[nodiscard]] std::optional<std::string_view> version() const noexcept {
        return kind == reply_kind::returned ? value.find("version").as_text() : std::nullopt;
    }

    /// Calls `visit(const command_entry&)` for each command that guest-info lists.
    /// @return false when the list is not of the right shape; what was visited is then a part.
    template <class Visit>
    bool for_each_command(Visit&& visit) const {
        const codec::json_value list =
            kind == reply_kind::returned ? value.find("supported_commands") : codec::json_value{};
        bool fine = list.is(codec::json_kind::array);
        list.for_each_entry([&](codec::json_value entry) {
            command_entry command;
            unsigned found = 0; // one bit for each member that is there and of its type
            entry.for_each_member([&](codec::json_value key, codec::json_value member) {
                const std::string_view word = key.text();
                if (codec::detail::equal_text(word, "enabled")) {
                    found |= member.is(codec::json_kind::boolean) ? 1U : 0U;
                    command.enabled = member.as_bool().value_or(false);
                } else if (codec::detail::equal_text(word, "name")) {
                    found |= member.is(codec::json_kind::string) ? 2U : 0U;
                    command.name = member.as_text().value_or(std::string_view{});
                } else if (codec::detail::equal_text(word, "success-response")) {
                    found |= member.is(codec::json_kind::boolean) ? 4U : 0U;
                    command.success_response = member.as_bool().value_or(false);
                }
            });
            fine = fine && found == 7U;
            if (fine) {
                visit(std::as_const(command));
            }
        });
        return fine;
    }
};

/// Decodes replies, however the bytes are cut.
///
/// Use: `feed` until it has taken everything, and after each call take what `next` has.
/// Bounds: `limits`; nothing is allocated once the longest line has been seen.
class reply_decoder {
  public:
    explicit reply_decoder(const wire_limits& limits = reply_limits) noexcept
        : m_parser(limits),
          m_lines(line_max(limits)),
          m_plain_max(limits.nesting_max >= 2 && limits.list_entries_max >= 3 ? line_max(limits)
                                                                              : 0) {}

    /// Takes bytes up to the end of the first line or the first failure.
    /// @return how many were taken; 0 while `next` has something that was not fetched.
    std::size_t feed(byte_view bytes) {
        std::size_t taken = 0;
        if (m_event == codec::line_event::none && !feed_plain(bytes, taken)) {
            m_event = m_lines.feed(bytes, m_document.text, taken);
        }
        return taken;
    }

    /// The line or failure that `feed` stopped for, once. Its texts are valid until the next call
    /// of `feed` or `reset`.
    ///
    /// Errors: those of the JSON parser; too_long; interrupted when a 0xFF cuts a line;
    /// not_an_object; unexpected_member for a reply with both `return` and `error`;
    /// missing_member, wrong_type for an error object of another shape. Offsets count from the
    /// first byte of the line. After a failure the next line is as good as any.
    [[nodiscard]] decoded<reply_view> next();

    /// The id of the last failure's line, when it was an object and had one.
    [[nodiscard]] codec::raw_json failed_id() const noexcept { return m_failed_id; }

    /// Forgets everything that was fed, as for a new channel.
    void reset() noexcept {
        m_lines.reset();
        m_plain.ready = false;
        m_event = codec::line_event::none;
    }

    /// True while a line has begun and not ended.
    [[nodiscard]] bool pending() const noexcept { return m_lines.pending(); }

    /// Bytes of memory held.
    [[nodiscard]] std::size_t capacity() const noexcept { return m_document.capacity(); }

  private:
    // A reply in the shape that nearly all have, as places in its text.
    struct plain_reply {
        codec::text_range id;          // absent: begins at 0
        codec::text_range error_class; // refused only
        codec::text_range desc;
        reply_kind kind = reply_kind::other;
        bool ready = false;
    };
    using token = codec::detail::json_token;
    static constexpr std::size_t plain_tokens = 5; // an error: itself, two names, two strings

    [[nodiscard]] static std::size_t line_max(const wire_limits& limits) noexcept {
        return std::min(limits.frame_bytes_max, codec::json_bytes_max - 1);
    }
    [[nodiscard]] bool feed_plain(byte_view bytes, std::size_t& taken);
    // Inlined always, so that the cursor is in registers.
    [[nodiscard, gnu::always_inline]] bool read_plain(codec::json_cursor& cursor);
    [[nodiscard, gnu::always_inline]] bool read_plain_returned(codec::json_cursor& cursor);
    [[nodiscard, gnu::always_inline]] bool read_plain_error(codec::json_cursor& cursor);
    [[nodiscard]] decoded<reply_view> next_plain();

    [[nodiscard]] decoded<reply_view> read_line();
    [[nodiscard]] bool read_line(reply_view& out, failure& why);
    [[nodiscard]] static bool read_error(reply_view& out, failure& why) noexcept;

    codec::json_document m_document;
    codec::json_parser m_parser;
    codec::line_splitter m_lines;
    codec::raw_json m_failed_id;
    // What each reply begins as. To set as many bytes anew, some compilers use an instruction that
    // takes as long as a quarter of a small message.
    reply_view m_blank;
    plain_reply m_plain;
    std::size_t m_plain_max; // no plain reply is longer, so that each keeps within the limits
    codec::line_event m_event = codec::line_event::none;
};

} // namespace snapproto::qga

#include <snapproto/dialect/qga/impl/plain_reply.hpp>
#include <snapproto/dialect/qga/impl/reply_decoder.hpp>

#endif // SNAPPROTO_DIALECT_QGA_REPLY_DECODER_HPP
