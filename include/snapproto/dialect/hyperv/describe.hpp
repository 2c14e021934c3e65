// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_DESCRIBE_HPP
#define SNAPPROTO_DIALECT_HYPERV_DESCRIBE_HPP

// A refused message as a sentence for people: which field, at which byte, what was there, what is
// allowed there.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/codec/sink.hpp>
#include <snapproto/dialect/hyperv/negotiate.hpp>
#include <snapproto/dialect/hyperv/vss.hpp>

#include <array>
#include <span>
#include <string_view>

namespace snapproto::hyperv {

/// What a refused run of bytes was taken for.
enum class wire_form : std::uint8_t { ic, kernel, daemon, freebsd };

/// One field of a layout.
struct field {
    std::size_t offset;
    std::size_t bytes; ///< 1, 2, 4 or 8: an integer; otherwise it has no value that is shown.
    std::string_view name;
    std::string_view allowed;
};

namespace detail {

inline constexpr std::array<field, 11> header_fields{{
    {ic_offset::pipe_flags, 4, "pipe flags", "1"},
    {ic_offset::pipe_size, 4, "pipe message size",
     "at least 20, and what follows the pipe header without its padding of at most 7 bytes"},
    {ic_offset::framework, 2, "framework version", "any"},
    {ic_offset::framework + 2, 2, "framework version", "any"},
    {ic_offset::type, 2, "message type", "0 to 8, and the one that is expected here"},
    {ic_offset::message, 2, "message version", "one that has the operation"},
    {ic_offset::message_size, 2, "message size", "the size of the body, 20 less than the pipe's"},
    {ic_offset::status, 4, "status", "any"},
    {ic_offset::transaction, 1, "transaction id", "any"},
    {ic_offset::flags, 1, "flags", "3 in a request, 5 in a response"},
    {ic_offset::reserved, 2, "reserved", "0"},
}};

inline constexpr std::array<field, 3> negotiation_fields{{
    {ic_offset::body + negotiation_offset::framework_count, 2, "framework version count",
     "0 to 100 in a request, 1 or 0 in a response"},
    {ic_offset::body + negotiation_offset::message_count, 2, "message version count",
     "0 to 100 in a request, the other count in a response"},
    {ic_offset::body + negotiation_offset::reserved, 4, "reserved", "0"},
}};

inline constexpr std::array<field, 2> vss_fields{{
    {ic_offset::body + vss_offset::op, 1, "operation", "0 to 8"},
    {ic_offset::body + vss_offset::reserved, 7, "reserved", "0"},
}};

inline constexpr std::array<field, 3> disks_fields{{
    {ic_offset::body + vss_offset::disks_count, 4, "lun count", "0 to 260"},
    {ic_offset::body + vss_offset::disks_luns, lun_list_bytes, "reserved byte of a lun", "0"},
    {ic_offset::body + vss_offset::disks_shadows, lun_list_bytes, "reserved byte of a shadow lun",
     "0"},
}};

inline constexpr std::array<field, 2> cluster_fields{{
    {ic_offset::body + vss_offset::cluster_count, 4, "lun count", "0 to 260"},
    {ic_offset::body + vss_offset::cluster_luns, lun_list_bytes, "reserved byte of a lun", "0"},
}};

inline constexpr std::array<field, 2> kernel_fields{{
    {0, 1, "operation", "0 to 127"},
    {1, 7, "reserved", "0"},
}};

inline constexpr std::array<field, 3> freebsd_fields{{
    {0, 4, "operation", "1 check, 2 freeze, 3 thaw"},
    {4, 4, "status", "0 in a request, 0 or 1 in an answer"},
    {16, 48, "reserved", "0"},
}};

[[nodiscard]] inline bool has_type(byte_view seen, ic_type what) noexcept {
    return seen.size() > ic_offset::body &&
           codec::load_little<std::uint16_t>(seen, ic_offset::type) ==
               static_cast<std::uint16_t>(what);
}

[[nodiscard]] inline std::span<const field> body_fields(byte_view seen, std::size_t at) noexcept {
    if (has_type(seen, ic_type::negotiate)) {
        return negotiation_fields;
    }
    if (at < ic_offset::body + vss_offset::payload) {
        return vss_fields;
    }
    const auto op = std::to_integer<std::uint8_t>(seen[ic_offset::body]);
    return op == static_cast<std::uint8_t>(vss_op::cluster_info)
               ? std::span<const field>{cluster_fields}
               : std::span<const field>{disks_fields};
}

[[nodiscard]] inline std::span<const field> fields_at(wire_form form, byte_view seen,
                                                      std::size_t at) noexcept {
    switch (form) {
    case wire_form::ic:
        return at < ic_offset::body ? std::span<const field>{header_fields} : body_fields(seen, at);
    case wire_form::kernel:
        return kernel_fields;
    case wire_form::freebsd:
        return freebsd_fields;
    case wire_form::daemon:
        break;
    }
    return {};
}

[[nodiscard]] inline const field* find_field(std::span<const field> fields,
                                             std::size_t at) noexcept {
    for (const field& one : fields) {
        if (at >= one.offset && at < one.offset + one.bytes) {
            return &one;
        }
    }
    return nullptr;
}

template <codec::byte_sink Sink>
void put_sizes(Sink& sink, wire_form form, byte_view seen) {
    const auto number = [&](std::size_t value) {
        codec::put_number(sink, static_cast<std::int64_t>(value));
    };
    switch (form) {
    case wire_form::kernel:
        codec::put(sink, "4 or 12");
        return;
    case wire_form::daemon:
        codec::put(sink, "12");
        return;
    case wire_form::freebsd:
        codec::put(sink, "64");
        return;
    case wire_form::ic:
        break;
    }
    const auto op = seen.size() > ic_offset::body ? std::to_integer<std::size_t>(seen[28]) : 0;
    if (has_type(seen, ic_type::vss) && op < value_count<vss_op>) {
        const body_sizes sizes = sizes_of(static_cast<vss_op>(op));
        number(ic_headers_bytes + sizes.first);
        if (sizes.second != sizes.first) {
            codec::put(sink, " or ");
            number(ic_headers_bytes + sizes.second);
        }
    } else if (has_type(seen, ic_type::negotiate)) {
        codec::put(sink, "36 and 4 for each version in a request, 44 in a response");
    } else {
        codec::put(sink, "28 to 13312");
    }
}

} // namespace detail

/// Writes the sentence for a message that a decoder has refused: field, byte, value, and what would
/// be right.
///
/// @param seen the bytes that were decoded.
/// Bounds: at most 200 bytes, ASCII, no line feed.
template <codec::byte_sink Sink>
void describe(Sink& sink, wire_form form, const failure& why, byte_view seen) {
    const auto number = [&](std::uint64_t value) {
        codec::put_number(sink, static_cast<std::int64_t>(value));
    };
    if (why.code == error::interrupted || why.code == error::too_long) {
        codec::put(sink, why.code == error::too_long ? "too long: " : "too short: ");
        number(seen.size());
        codec::put(sink, " bytes; allowed: ");
        detail::put_sizes(sink, form, seen);
        return;
    }
    const field* at = detail::find_field(detail::fields_at(form, seen, why.offset), why.offset);
    codec::put(sink, at != nullptr ? at->name : message(why.code));
    codec::put(sink, " at byte ");
    number(why.offset);
    if (at != nullptr) {
        codec::put(sink, ": ");
        switch (at->bytes) {
        case 2:
            number(codec::load_little<std::uint16_t>(seen, at->offset));
            break;
        case 4:
            number(codec::load_little<std::uint32_t>(seen, at->offset));
            break;
        default:
            number(std::to_integer<std::uint64_t>(seen[why.offset]));
            break;
        }
        codec::put(sink, "; allowed: ");
        codec::put(sink, at->allowed);
    }
}

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_DESCRIBE_HPP
