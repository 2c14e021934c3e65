// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_FREEBSD_HPP
#define SNAPPROTO_DIALECT_HYPERV_FREEBSD_HPP

// Form (c): the record that FreeBSD's kernel and its two agents exchange, SP chapter 34. It is the
// only one of the three with a number by which an answer names its request.

#include <snapproto/codec/little_endian.hpp>
#include <snapproto/core/result.hpp>
#include <snapproto/dialect/hyperv/wire.hpp>

#include <array>

namespace snapproto::hyperv::freebsd {

/// What the kernel asks for. 0 is "nothing" and never sent.
enum class op : std::uint32_t { none, check, freeze, thaw };

/// The two agents: filesystems must have theirs, applications may.
enum class agent : std::uint8_t { filesystem, application };

/// Who is asked first and who then (SP 34.4).
[[nodiscard]] constexpr std::array<agent, 2> order_of(op what) noexcept {
    return what == op::thaw ? std::array{agent::filesystem, agent::application}
                            : std::array{agent::application, agent::filesystem};
}

/// One record. An agent returns the record it got, with its status.
struct record {
    freebsd::op op = op::none;

    /// False: it could not be done, or the answer came too late (SP 34.5).
    bool ok = true;

    /// The request's number; the answer has the same.
    std::uint64_t id = 0;

    friend constexpr bool operator==(const record&, const record&) noexcept = default;
};

namespace record_offset {
inline constexpr std::size_t op = 0;
inline constexpr std::size_t status = 4;
inline constexpr std::size_t id = 8;
inline constexpr std::size_t reserved = 16;
} // namespace record_offset

/// Reads one record.
///
/// Errors: interrupted or too_long when it is not 64 bytes; unknown_message; bad_number for a
/// status that is neither 0 nor 1, a request that has one, and a reserved byte that is not 0.
/// Clause: SP 34.1, 34.2.
[[nodiscard]] constexpr result<record> decode(byte_view got, direction way) noexcept {
    namespace at = record_offset;
    if (got.size() != freebsd_record_bytes) {
        const bool cut = got.size() < freebsd_record_bytes;
        return failure{cut ? error::interrupted : error::too_long,
                       {34, 1},
                       cut ? got.size() : freebsd_record_bytes};
    }
    const auto number = codec::load_little<std::uint32_t>(got, at::op);
    if (number < static_cast<std::uint32_t>(op::check) ||
        number > static_cast<std::uint32_t>(op::thaw)) {
        return failure{error::unknown_message, {34, 1}, at::op};
    }
    const auto status = codec::load_little<std::uint32_t>(got, at::status);
    if (status > (way == direction::request ? 0U : 1U)) {
        return failure{error::bad_number, {34, 1}, at::status};
    }
    if (const auto wrong = codec::first_nonzero(got, at::reserved, got.size() - at::reserved);
        wrong != got.size()) {
        return failure{error::bad_number, {34, 2}, wrong};
    }
    return record{static_cast<freebsd::op>(number), status == 0,
                  codec::load_little<std::uint64_t>(got, at::id)};
}

/// @pre the operation is not `none`.
[[nodiscard]] constexpr std::array<std::byte, freebsd_record_bytes> encode(
    const record& what) noexcept {
    namespace at = record_offset;
    SNAPPROTO_ASSERT(what.op != op::none);
    std::array<std::byte, freebsd_record_bytes> out{};
    codec::store_little(out, at::op, static_cast<std::uint32_t>(what.op));
    codec::store_little(out, at::status, std::uint32_t{what.ok ? 0U : 1U});
    codec::store_little(out, at::id, what.id);
    return out;
}

} // namespace snapproto::hyperv::freebsd

#endif // SNAPPROTO_DIALECT_HYPERV_FREEBSD_HPP
