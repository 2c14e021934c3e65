// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_IDS_HPP
#define SNAPPROTO_CORE_IDS_HPP

// Identifiers of the conversation, each a type of its own so that two cannot be swapped.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view> // std::hash; <functional> is ten times as long

namespace snapproto {

/// A number that names something and does nothing else. Zero means "none".
template <class Tag, class Rep>
struct strong_id {
    using rep = Rep;

    Rep value = 0;

    /// True when this names something.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return value != 0; }

    friend constexpr auto operator<=>(const strong_id&, const strong_id&) noexcept = default;
};

/// One life of the channel between an orchestrator and an agent (SP 2.1). A new one makes every
/// earlier message stale.
using session_id = strong_id<struct session_tag, std::uint64_t>;

/// One snapshot, from prepare to completion (SP 3.1). Zero in an abort means "whatever runs".
using txn_id = strong_id<struct txn_tag, std::uint64_t>;

/// The position of a message in its direction within one session.
using sequence_number = strong_id<struct sequence_tag, std::uint64_t>;

/// The generation of the virtual machine: changes when it is restored or cloned (SP 11.1).
using generation_id = strong_id<struct generation_tag, std::uint64_t>;

/// The place of a participant in the agent's hold order.
using participant_index = std::uint16_t;

/// The place of an agent in the orchestrator's group.
using agent_index = std::uint16_t;

} // namespace snapproto

template <class Tag, class Rep>
struct std::hash<snapproto::strong_id<Tag, Rep>> {
    std::size_t operator()(const snapproto::strong_id<Tag, Rep>& id) const noexcept {
        return std::hash<Rep>{}(id.value);
    }
};

#endif // SNAPPROTO_CORE_IDS_HPP
