// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_DAEMON_HPP
#define SNAPPROTO_DIALECT_HYPERV_DAEMON_HPP

// Form (b): what the Linux kernel and its daemon say to each other, SP chapter 33. A message is
// what one read or one write carries, so decoders take exactly that; over a transport without
// boundaries, `record_splitter` makes them.

#include <snapproto/codec/little_endian.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/hyperv/wire.hpp>

#include <algorithm>
#include <array>
#include <variant>

namespace snapproto::hyperv {

using daemon_message = std::array<std::byte, daemon_message_bytes>;

/// What the kernel says once after a registration. No daemon looks at the number.
struct version_reply {
    std::uint32_t version = op_register_versioned;

    friend constexpr bool operator==(const version_reply&, const version_reply&) noexcept = default;
};

/// What the kernel asks a daemon for.
struct kernel_request {
    /// As it was sent: it need not be one that this binding knows.
    std::uint8_t op = 0;
    std::uint32_t flags = 0;

    friend constexpr bool operator==(const kernel_request&,
                                     const kernel_request&) noexcept = default;
};

/// What a daemon can read from the kernel.
using from_kernel = std::variant<version_reply, kernel_request>;

/// A daemon says that it is there.
struct registration {
    /// True when it expects the kernel's version.
    bool versioned = true;

    friend constexpr bool operator==(const registration&, const registration&) noexcept = default;
};

/// A daemon's answer. It does not say to what: the error lies where the operation was, so that
/// success looks like `create` and a failure like `freeze` (SP 33.3).
struct daemon_reply {
    /// 0, or an HRESULT as a signed number.
    std::int32_t error = 0;

    /// Bytes 4 to 11 of the request, as they came (SP 33.4).
    std::array<std::byte, 8> echoed{};

    friend constexpr bool operator==(const daemon_reply&, const daemon_reply&) noexcept = default;
};

/// What the kernel can read from a daemon.
using from_daemon = std::variant<registration, daemon_reply>;

/// The error that the real daemon sends for everything that failed.
inline constexpr auto daemon_failed = static_cast<std::int32_t>(hresult::fail);

namespace daemon_offset {
inline constexpr std::size_t op = 0;
inline constexpr std::size_t error = 0;
inline constexpr std::size_t reserved = 1;
inline constexpr std::size_t echoed = 4;
inline constexpr std::size_t flags = 8;
} // namespace daemon_offset

namespace detail {

[[nodiscard]] constexpr bool is_registration(std::uint8_t op) noexcept {
    return op == op_register || op == op_register_versioned;
}

/// A message that has another size than the one that is allowed.
[[nodiscard]] constexpr failure wrong_size(byte_view got, std::size_t allowed) noexcept {
    const bool cut = got.size() < allowed;
    return {cut ? error::interrupted : error::too_long, {33, 1}, cut ? got.size() : allowed};
}

} // namespace detail

/// Reads what one read() from the kernel returned.
///
/// Errors: interrupted or too_long when it is neither 4 nor 12 bytes, as when two messages have run
/// together; bad_number where a reserved byte is not 0; unknown_message for an operation that only
/// daemons send.
[[nodiscard]] constexpr result<from_kernel> decode_from_kernel(byte_view got) noexcept {
    using namespace daemon_offset;
    if (got.size() == version_reply_bytes) {
        return from_kernel{version_reply{codec::load_little<std::uint32_t>(got, 0)}};
    }
    if (got.size() != daemon_message_bytes) {
        return detail::wrong_size(got, daemon_message_bytes);
    }
    const auto what = std::to_integer<std::uint8_t>(got[op]);
    if (what >= op_register) {
        return failure{error::unknown_message, {32, 5}, op};
    }
    if (const auto at = codec::first_nonzero(got, reserved, flags - reserved); at != flags) {
        return failure{error::bad_number, {30, 4}, at};
    }
    return from_kernel{kernel_request{what, codec::load_little<std::uint32_t>(got, flags)}};
}

/// Reads what one write() of a daemon carried.
///
/// The bytes of a registration behind the first are not looked at: a daemon that registers again
/// leaves there what was in its buffer.
/// Errors: interrupted or too_long when it is not 12 bytes.
[[nodiscard]] constexpr result<from_daemon> decode_from_daemon(byte_view got) noexcept {
    using namespace daemon_offset;
    if (got.size() != daemon_message_bytes) {
        return detail::wrong_size(got, daemon_message_bytes);
    }
    const auto what = std::to_integer<std::uint8_t>(got[op]);
    if (detail::is_registration(what)) {
        return from_daemon{registration{what == op_register_versioned}};
    }
    daemon_reply reply;
    reply.error =
        static_cast<std::int32_t>(codec::load_little<std::uint32_t>(got, daemon_offset::error));
    std::copy_n(got.begin() + echoed, reply.echoed.size(), reply.echoed.begin());
    return from_daemon{reply};
}

[[nodiscard]] constexpr std::array<std::byte, version_reply_bytes> encode(
    const version_reply& what) noexcept {
    std::array<std::byte, version_reply_bytes> out{};
    codec::store_little(out, 0, what.version);
    return out;
}

/// @pre the operation is below 128.
[[nodiscard]] constexpr daemon_message encode(const kernel_request& what) noexcept {
    SNAPPROTO_ASSERT(what.op < op_register);
    daemon_message out{};
    out[daemon_offset::op] = static_cast<std::byte>(what.op);
    codec::store_little(out, daemon_offset::flags, what.flags);
    return out;
}

[[nodiscard]] constexpr daemon_message encode(const registration& what) noexcept {
    daemon_message out{};
    out[daemon_offset::op] =
        static_cast<std::byte>(what.versioned ? op_register_versioned : op_register);
    return out;
}

/// Errors: bad_argument when the kernel would take the reply for a registration, because the last
/// byte of the error is 128 or 129 (SP 33.7).
[[nodiscard]] constexpr result<daemon_message> encode(const daemon_reply& what) noexcept {
    const auto word = static_cast<std::uint32_t>(what.error);
    if (detail::is_registration(static_cast<std::uint8_t>(word & 0xffU))) {
        return failure{error::bad_argument, {33, 7}, daemon_offset::error};
    }
    daemon_message out{};
    codec::store_little(out, daemon_offset::error, word);
    std::copy(what.echoed.begin(), what.echoed.end(), out.begin() + daemon_offset::echoed);
    return out;
}

/// The answer to a request that was received as these bytes.
[[nodiscard]] constexpr daemon_reply reply_to(const daemon_message& request,
                                              std::int32_t error) noexcept {
    daemon_reply out{error, {}};
    std::copy_n(request.begin() + daemon_offset::echoed, out.echoed.size(), out.echoed.begin());
    return out;
}

/// Makes messages out of bytes that arrive in any pieces, by the length rule of SP 33.8: each has
/// the size that was asked for, until another one is asked for.
class record_splitter {
  public:
    /// @pre `record_bytes` is 1 to 12.
    explicit constexpr record_splitter(std::size_t record_bytes = daemon_message_bytes) noexcept {
        expect(record_bytes);
    }

    /// From the next message on another size.
    /// @pre 1 to 12, and no message is half there.
    constexpr void expect(std::size_t record_bytes) noexcept {
        SNAPPROTO_ASSERT(record_bytes != 0 && record_bytes <= m_record.size());
        SNAPPROTO_ASSERT(m_size == 0);
        m_record_bytes = record_bytes;
    }

    /// Takes bytes from the front until a message is complete or none are left.
    /// @return the message, valid until the next call, or need_more.
    constexpr decoded<byte_view> feed(byte_view& bytes) noexcept {
        const std::size_t taken = std::min(bytes.size(), m_record_bytes - m_size);
        std::copy_n(bytes.begin(), taken, m_record.begin() + static_cast<std::ptrdiff_t>(m_size));
        bytes = bytes.subspan(taken);
        m_size += taken;
        if (m_size != m_record_bytes) {
            return need_more;
        }
        m_size = 0;
        return byte_view{m_record}.first(m_record_bytes);
    }

    /// Forgets half a message, as at the end of a channel.
    constexpr void reset() noexcept { m_size = 0; }

    /// The bytes of a message that is half there.
    [[nodiscard]] constexpr std::size_t pending() const noexcept { return m_size; }

  private:
    daemon_message m_record{};
    std::size_t m_record_bytes = daemon_message_bytes;
    std::size_t m_size = 0;
};

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_DAEMON_HPP
