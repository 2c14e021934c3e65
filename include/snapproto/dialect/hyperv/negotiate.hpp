// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_NEGOTIATE_HPP
#define SNAPPROTO_DIALECT_HYPERV_NEGOTIATE_HPP

// How host and guest agree on the versions of the framework and of a service's messages: SP
// chapter 31. Offsets of failures count from the first byte of the packet.

#include <snapproto/dialect/hyperv/ic.hpp>

#include <span>

namespace snapproto::hyperv {

/// A list of versions as it lies in a packet. Borrows it.
class version_list {
  public:
    version_list() noexcept = default;

    /// @param records four bytes for each version.
    explicit constexpr version_list(byte_view records) noexcept : m_records(records) {}

    [[nodiscard]] constexpr std::size_t size() const noexcept { return m_records.size() / 4; }
    [[nodiscard]] constexpr version operator[](std::size_t i) const noexcept {
        return detail::load_version(m_records, 4 * i);
    }
    [[nodiscard]] constexpr bool contains(version one) const noexcept {
        for (std::size_t i = 0; i < size(); ++i) {
            if ((*this)[i] == one) {
                return true;
            }
        }
        return false;
    }

  private:
    byte_view m_records;
};

/// What the host can speak.
struct version_offer {
    version_list framework;
    version_list message;
};

/// What the guest takes of it.
struct version_choice {
    version framework;
    version message;

    friend constexpr bool operator==(const version_choice&,
                                     const version_choice&) noexcept = default;
};

namespace negotiation_offset {
inline constexpr std::size_t framework_count = 0;
inline constexpr std::size_t message_count = 2;
inline constexpr std::size_t reserved = 4;
inline constexpr std::size_t versions = 8;
} // namespace negotiation_offset

/// The bytes of an answer's body, whatever the length of the request's (SP 31.5).
inline constexpr std::size_t version_choice_bytes = 16;

namespace detail {

[[nodiscard]] constexpr std::optional<failure> wrong_with_lists(const ic_message& got) noexcept {
    using namespace negotiation_offset;
    if (got.header.type != ic_type::negotiate) {
        return failure{error::unknown_message, {31, 1}, ic_offset::type};
    }
    if (got.body.size() < versions) {
        return failure{error::interrupted, {31, 1}, ic_offset::body + got.body.size()};
    }
    if (const auto at = codec::first_nonzero(got.body, reserved, 4); at != versions) {
        return failure{error::bad_number, {30, 4}, ic_offset::body + at};
    }
    return std::nullopt;
}

} // namespace detail

/// Reads what a host offers.
///
/// Errors: too_many; interrupted or too_long when the body is not as long as its counts say.
/// Clause: SP 31.1, 31.2.
[[nodiscard]] constexpr result<version_offer> decode_offer(const ic_message& got,
                                                           const ic_limits& limits = {}) noexcept {
    using namespace negotiation_offset;
    if (const auto wrong = detail::wrong_with_lists(got)) {
        return *wrong;
    }
    const auto frameworks = codec::load_little<std::uint16_t>(got.body, framework_count);
    const auto messages = codec::load_little<std::uint16_t>(got.body, message_count);
    if (frameworks > limits.versions_max) {
        return failure{error::too_many, {31, 2}, ic_offset::body + framework_count};
    }
    if (messages > limits.versions_max) {
        return failure{error::too_many, {31, 2}, ic_offset::body + message_count};
    }
    const std::size_t size = versions + 4U * (frameworks + messages);
    if (got.body.size() != size) {
        const bool cut = got.body.size() < size;
        return failure{cut ? error::interrupted : error::too_long,
                       {31, 1},
                       ic_offset::body + (cut ? got.body.size() : size)};
    }
    return version_offer{version_list{got.body.subspan(versions, 4U * frameworks)},
                         version_list{got.body.subspan(versions + 4U * frameworks)}};
}

/// Writes what a host offers.
/// @return the bytes used.
/// Errors: too_long when the buffer is too small (the offset is the size that is needed); too_many.
[[nodiscard]] inline result<std::size_t> encode_offer(std::span<std::byte> buffer,
                                                      const ic_header& header,
                                                      std::span<const version> framework,
                                                      std::span<const version> message,
                                                      const ic_limits& limits = {}) noexcept {
    using namespace negotiation_offset;
    if (framework.size() > limits.versions_max || message.size() > limits.versions_max) {
        return failure{error::too_many, {31, 2}, ic_offset::body};
    }
    const std::size_t body_bytes = versions + 4 * (framework.size() + message.size());
    const auto room = detail::cleared_room(buffer, body_bytes);
    if (!room) {
        return room.error();
    }
    ic_header typed = header;
    typed.type = ic_type::negotiate;
    detail::store_headers(*room, direction::request, typed, body_bytes);
    const auto body = room->subspan(ic_offset::body);
    codec::store_little(body, framework_count, static_cast<std::uint16_t>(framework.size()));
    codec::store_little(body, message_count, static_cast<std::uint16_t>(message.size()));
    std::size_t at = versions;
    for (const auto list : {framework, message}) {
        for (const version one : list) {
            detail::store_version(body, at, one);
            at += 4;
        }
    }
    return room->size();
}

/// What a guest takes: of each list the first of its own that the host has too (SP 31.3).
/// @param framework, message the guest's own versions, the preferred one first.
/// @return nothing when one of the lists has none in common (SP 31.4).
[[nodiscard]] constexpr std::optional<version_choice> choose(
    const version_offer& offer, std::span<const version> framework,
    std::span<const version> message) noexcept {
    const auto first_common = [](const version_list& theirs, std::span<const version> own) {
        for (const version one : own) {
            if (theirs.contains(one)) {
                return std::optional{one};
            }
        }
        return std::optional<version>{};
    };
    const auto chosen = first_common(offer.framework, framework);
    const auto of_messages = first_common(offer.message, message);
    if (!chosen || !of_messages) {
        return std::nullopt;
    }
    return version_choice{*chosen, *of_messages};
}

/// Makes the answer out of a host's offer, in its place and with its length (SP 30.6, SP 31.5).
///
/// @param packet the offer, which `decode_offer` has accepted.
/// @param choice nothing: no version in common.
/// Errors: interrupted when the offer has no room for the answer, with fewer than two versions.
[[nodiscard]] constexpr result<std::size_t> answer_offer_in_place(
    std::span<std::byte> packet, const std::optional<version_choice>& choice) noexcept {
    using namespace negotiation_offset;
    if (packet.size() < ic_headers_bytes + version_choice_bytes) {
        return failure{error::interrupted, {31, 5}, packet.size()};
    }
    answer_in_place(packet, 0);
    codec::store_little(packet, ic_offset::message_size,
                        static_cast<std::uint16_t>(version_choice_bytes));
    const auto body = packet.subspan(ic_offset::body);
    const std::uint16_t count = choice ? 1 : 0;
    codec::store_little(body, framework_count, count);
    codec::store_little(body, message_count, count);
    const version_choice chosen = choice.value_or(version_choice{});
    detail::store_version(body, versions, chosen.framework);
    detail::store_version(body, versions + 4, chosen.message);
    return packet.size();
}

/// Reads what a guest answers.
///
/// @return nothing in the optional: no version in common. Then the versions mean nothing.
/// Errors: bad_number when the counts are neither both 1 nor both 0; interrupted or too_long when
/// the body has another size than 16.
/// Clause: SP 31.4, 31.5.
[[nodiscard]] constexpr result<std::optional<version_choice>> decode_choice(
    const ic_message& got) noexcept {
    using namespace negotiation_offset;
    if (const auto wrong = detail::wrong_with_lists(got)) {
        return *wrong;
    }
    if (got.body.size() != version_choice_bytes) {
        const bool cut = got.body.size() < version_choice_bytes;
        return failure{cut ? error::interrupted : error::too_long,
                       {31, 5},
                       ic_offset::body + (cut ? got.body.size() : version_choice_bytes)};
    }
    const auto frameworks = codec::load_little<std::uint16_t>(got.body, framework_count);
    const auto messages = codec::load_little<std::uint16_t>(got.body, message_count);
    if (frameworks > 1 || messages != frameworks) {
        return failure{error::bad_number,
                       {31, 4},
                       ic_offset::body + (frameworks > 1 ? framework_count : message_count)};
    }
    if (frameworks == 0) {
        return std::optional<version_choice>{};
    }
    return std::optional{version_choice{detail::load_version(got.body, versions),
                                        detail::load_version(got.body, versions + 4)}};
}

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_NEGOTIATE_HPP
