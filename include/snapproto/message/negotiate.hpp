// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_NEGOTIATE_HPP
#define SNAPPROTO_MESSAGE_NEGOTIATE_HPP

// Opening a session, asking for the agent's state, and showing that one is alive (SP chapter 2).

#include <snapproto/core/time.hpp>
#include <snapproto/message/header.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace snapproto {

/// What both ends can do beyond the least (SP 2.4): a set of bits.
enum class capability : std::uint32_t {
    none = 0,
    explicit_prepare = 1U << 0, ///< Prepare is a message of its own.
    implicit_prepare = 1U << 1, ///< Freeze without prepare does both.
    completion = 1U << 2,       ///< The agent awaits Complete after the thaw.
    recovery = 1U << 3,         ///< The agent can recover a copy (Recover).
    hold_limit = 1U << 4,       ///< The agent releases by itself when the limit passes.
    keep_alive = 1U << 5,       ///< Progress is sent while busy or held.
    transactions = 1U << 6      ///< Messages carry transaction ids.
};

[[nodiscard]] constexpr capability operator|(capability a, capability b) noexcept {
    return static_cast<capability>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}
[[nodiscard]] constexpr capability operator&(capability a, capability b) noexcept {
    return static_cast<capability>(static_cast<std::uint32_t>(a) & static_cast<std::uint32_t>(b));
}
/// True when every bit of `wanted` is in `set`.
[[nodiscard]] constexpr bool has(capability set, capability wanted) noexcept {
    return (set & wanted) == wanted;
}

/// A version of a protocol; the greatest common one is selected (SP 2.2).
struct protocol_version {
    std::uint16_t major = 0;
    std::uint16_t minor = 0;

    friend constexpr auto operator<=>(const protocol_version&, const protocol_version&) = default;
};

/// O to A: opens a session, and makes everything older stale.
struct hello {
    message_header header;
    std::vector<protocol_version> versions;
    capability wanted = capability::none;

    friend bool operator==(const hello&, const hello&) = default;
};

/// A to O: the session is open, or no version is common (`selected` is empty).
struct hello_ack {
    message_header header;
    std::optional<protocol_version> selected;
    capability granted = capability::none;
    duration hold_max{};
    std::uint32_t participants_max = 0;
    bool stuck = false;
    generation_id generation{};

    friend bool operator==(const hello_ack&, const hello_ack&) = default;
};

/// O to A: tell me your state. Never changes it.
struct query {
    message_header header;

    friend bool operator==(const query&, const query&) = default;
};

/// A to O: the answer to a query.
struct status_report {
    message_header header;
    agent_phase phase = agent_phase::off;
    std::uint32_t held = 0;
    std::optional<instant> hold_deadline;
    txn_id last_txn{};
    verdict last_verdict = verdict::none;

    friend bool operator==(const status_report&, const status_report&) = default;
};

/// O to A: are you there? Never changes the state.
struct ping {
    message_header header;
    std::uint64_t cookie = 0;

    friend bool operator==(const ping&, const ping&) = default;
};

/// A to O: the answer to a ping.
struct pong {
    message_header header;
    std::uint64_t cookie = 0;
    agent_phase phase = agent_phase::off;

    friend bool operator==(const pong&, const pong&) = default;
};

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_NEGOTIATE_HPP
