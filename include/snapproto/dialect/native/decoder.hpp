// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_NATIVE_DECODER_HPP
#define SNAPPROTO_DIALECT_NATIVE_DECODER_HPP

// Bytes to messages, for both sides.
//
// Strict: of all encodings of a message one is read (SP 61.2), and what a message does not have is
// refused unless its key says that it may be ignored (SP 61.6).

#include <snapproto/codec/cbor.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/native/fields.hpp>
#include <snapproto/dialect/native/frame_splitter.hpp>
#include <snapproto/dialect/native/profile.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::native {

/// What one side reads: the other side's messages. Those of its own side are refused.
enum class direction : std::uint8_t {
    requests, ///< an agent reads these
    reports   ///< an orchestrator reads these
};

/// Why a frame is no message.
struct rejection {
    /// The offset counts from the first byte of the frame's length.
    failure why{};

    /// The field that is wrong or missing; empty when it is not one field's fault.
    std::string_view field{};

    /// What would have been right.
    std::string_view wanted{};
};

namespace detail {

/// What messages had and have no more, for the next one that needs it.
struct spare_memory {
    std::vector<std::string> texts;
    std::vector<std::vector<std::string>> lists;
};

} // namespace detail

/// Decodes messages, however the bytes are cut.
///
/// Use: `feed` until it has taken everything, and after each call take what `next` has. After a
/// failure the stream goes on as frame_splitter tells.
/// Bounds: `limits`; nothing is allocated for a message once one as large of its kind was seen.
class decoder {
  public:
    explicit decoder(direction reads, const limits& max = default_limits);

    /// Takes bytes up to the end of the first frame or the first failure.
    /// @return how many were taken; 0 while `next` has something that was not fetched.
    std::size_t feed(byte_view bytes);

    /// The message or failure that `feed` stopped for, once. The message is valid until the next
    /// call of `feed` or `reset`.
    ///
    /// Errors: framing: bad_number for an empty frame, too_long, bad_syntax for what is no length,
    /// interrupted for a frame that a mark has cut. The message: not_an_object, missing_member,
    /// unexpected_member, duplicate_member, wrong_type, bad_number, bad_text, bad_syntax, too_many,
    /// too_long, too_deep, unknown_message. `rejected()` tells more.
    /// Clause: SP chapters 60 to 62.
    [[nodiscard]] decoded<const any_message*> next();

    /// More on the failure that `next` returned last.
    [[nodiscard]] const rejection& rejected() const noexcept { return m_rejection; }

    /// Forgets everything that was fed. To be called for each new channel.
    void reset() noexcept {
        m_frames.reset();
        m_event = frame_event::none;
    }

    /// True while a frame has begun and not ended.
    [[nodiscard]] bool pending() const noexcept { return m_frames.pending(); }

    /// How many marks were read, those of former channels included.
    [[nodiscard]] std::uint64_t marks() const noexcept { return m_frames.marks(); }

  private:
    [[nodiscard]] failure reject(failure why, std::string_view wanted,
                                 std::string_view field = {}) noexcept;
    [[nodiscard]] decoded<const any_message*> decode_frame();

    direction m_reads;
    limits m_limits;
    frame_splitter m_frames;
    frame_event m_event = frame_event::none;
    rejection m_rejection;
    // One message of each kind, so that texts and lists keep their memory.
    std::array<any_message, std::variant_size_v<any_message>> m_messages;
    detail::spare_memory m_spare;
};

} // namespace snapproto::native

#include <snapproto/dialect/native/impl/decoder.hpp>

#endif // SNAPPROTO_DIALECT_NATIVE_DECODER_HPP
