// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_REQUEST_DECODER_HPP
#define SNAPPROTO_DIALECT_QGA_REQUEST_DECODER_HPP

// The agent's side of the wire: bytes in, requests out.
//
// What is a request is decided here, whatever the agent can do; whether a command exists and is
// enabled in the present state is the agent's matter, and comes before the shape of its arguments
// (see `rejection::verb`). Deviations from qemu-ga, all towards less surprise, are listed in
// profile.hpp.

#include <snapproto/codec/json_cursor.hpp>
#include <snapproto/codec/json_stream.hpp>
#include <snapproto/codec/json_writer.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/qga/profile.hpp>
#include <snapproto/dialect/qga/request.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace snapproto::qga {

/// Why a message is no request, with all that an error reply needs.
struct rejection {
    /// What kind of thing is wrong.
    enum class subject_kind : std::uint8_t { message, member, argument };

    failure why{};

    /// The id to echo; empty when the message was not well formed or had none (SP 20.7, SP 21.4).
    codec::raw_json id{};

    /// The command, once it is known to be one of this binding's; `name` is its spelling.
    qga::verb verb = verb::unknown;
    std::string_view name{};

    subject_kind kind = subject_kind::message;

    /// The member or argument that is wrong or missing.
    std::string_view subject{};

    /// What would have been right; may be empty.
    std::string_view wanted{};

    /// Malformed messages: the byte at `why.offset`.
    unsigned char byte = 0;
};

/// Decodes requests, however the bytes are cut.
///
/// Use: `feed` until it has taken everything, and after each call take what `next` has. A broken
/// message gives one failure, and what comes behind it is found as json_stream.hpp tells.
/// Bounds: `limits`; nothing is allocated once the largest message has been seen.
class request_decoder {
  public:
    explicit request_decoder(const wire_limits& limits = request_limits)
        : m_stream(limits), m_limits(limits), m_plain_max(plain_max(limits)) {}

    /// Takes bytes up to the end of the first message or the first failure.
    /// @return how many were taken; 0 while `next` has something that was not fetched.
    std::size_t feed(byte_view bytes);

    /// The request or failure that `feed` stopped for, once. Its texts are valid until the next
    /// call of `feed` or `reset`.
    ///
    /// Errors: not well formed: bad_syntax, bad_text, bad_number, duplicate_member, too_deep,
    /// too_long, too_many, interrupted. No request: not_an_object, missing_member,
    /// unexpected_member, wrong_type, and for mount points too_many, too_long. `rejected()` tells
    /// more. An unknown command is not a failure here.
    /// Clause: SP chapters 20 and 21.
    [[nodiscard]] decoded<request> next();

    /// More on the failure that `next` returned last.
    [[nodiscard]] const rejection& rejected() const noexcept { return m_rejection; }

    /// Forgets everything that was fed. To be called for each new client (SP 20.25).
    void reset() noexcept {
        m_stream.reset();
        m_plain.ready = false;
    }

    /// True while a message has begun and not ended.
    [[nodiscard]] bool pending() const noexcept { return m_stream.pending(); }

    /// Bytes of memory held.
    [[nodiscard]] std::size_t capacity() const noexcept {
        return m_stream.document().capacity() + m_mountpoints.capacity() * sizeof(std::string_view);
    }

  private:
    using subject_kind = rejection::subject_kind;

    // A request in the shape that nearly all have, as places in its text.
    struct plain_request {
        codec::text_range name; // absent members begin at 0
        codec::text_range arguments;
        codec::text_range id;
        std::int64_t number = 0; // the argument of sync, sync_delimited and set_time
        qga::verb verb = verb::unknown;
        bool ready = false;
    };

    // No plain request is longer, so that each keeps within the limits.
    [[nodiscard]] static std::size_t plain_max(const wire_limits& limits) noexcept {
        const bool fits = limits.nesting_max >= 3 && limits.list_entries_max >= 3;
        return fits ? codec::detail::least(limits.frame_bytes_max, codec::json_bytes_max) : 0;
    }
    [[nodiscard]] std::size_t feed_plain(byte_view bytes);
    // Inlined always, so that the cursor is in registers.
    [[nodiscard, gnu::always_inline]] bool read_plain(codec::json_cursor& cursor);
    [[nodiscard, gnu::always_inline]] bool read_plain_arguments(codec::json_cursor& cursor);
    [[nodiscard, gnu::always_inline]] bool read_plain_number(codec::json_cursor& cursor);
    [[nodiscard, gnu::always_inline]] bool read_plain_mountpoints(codec::json_cursor& cursor);
    [[nodiscard]] decoded<request> next_plain();

    [[nodiscard]] failure malformed(failure why);
    void note(error code, clause governed_by, codec::json_value at, subject_kind kind,
              std::string_view subject, std::string_view wanted) noexcept;
    [[nodiscard]] decoded<request> decode_message();
    [[nodiscard]] bool decode_message(request& out);
    void decode_arguments(request& out, codec::json_value arguments, codec::json_value message);
    void decode_argument(request& out, codec::json_value value);
    void decode_mountpoints(request& out, codec::json_value list);

    codec::json_stream m_stream;
    wire_limits m_limits;
    std::size_t m_plain_max;
    std::vector<std::string_view> m_mountpoints; // only grows
    std::size_t m_mountpoint_count = 0;
    rejection m_rejection;
    // What each request begins as. To set as many bytes to zero anew, some compilers use an
    // instruction that takes as long as a quarter of a small message.
    request m_blank;
    plain_request m_plain;
    bool m_wrong = false;
};

} // namespace snapproto::qga

#include <snapproto/dialect/qga/impl/plain_request.hpp>
#include <snapproto/dialect/qga/impl/request_decoder.hpp>

#endif // SNAPPROTO_DIALECT_QGA_REQUEST_DECODER_HPP
