// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_PROFILE_HPP
#define SNAPPROTO_DIALECT_QGA_PROFILE_HPP

// What the dialect has of the abstract protocol, its limits and timers, and where this codec
// differs from qemu-ga on purpose: all as data.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/limits.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/dialect/capability.hpp>

#include <array>
#include <chrono>
#include <string_view>

namespace snapproto::qga {

/// Bounds of requests. An id of 64 KiB must be echoed (SP 21.20), so a message may be twice that.
inline constexpr wire_limits request_limits{.frame_bytes_max = 128 * 1024};

/// Bounds of replies. Larger than for requests: a reply has the id again, with up to six bytes for
/// one, and lists what the agent has.
inline constexpr wire_limits reply_limits{.frame_bytes_max = 1024 * 1024, .list_entries_max = 1024};

using dialect::capability;
using dialect::support;

/// The capability vector that a binding to this dialect declares (SP 29.8).
inline constexpr std::array<capability, 23> capabilities{{
    {"version negotiation", support::none, {23, 1}, "guest-info lists commands instead"},
    {"channel resync", support::full, {22, 2}, "guest-sync-delimited"},
    {"transaction or correlation id", support::partial, {29, 10}, "order, and an echoed id"},
    {"explicit prepare", support::none, {29, 9}, "freeze stands for both"},
    {"scope selection", support::full, {24, 1}, "guest-fsfreeze-freeze-list"},
    {"application hooks", support::full, {26, 1}, "one program, freeze and thaw"},
    {"application writers", support::none, {26, 1}, "but for VSS on Windows"},
    {"filesystem freeze", support::full, {24, 2}, ""},
    {"ready event separate from reply", support::none, {21, 16}, ""},
    {"hold limit enforced in guest", support::none, {28, 2}, "the orchestrator has a timer"},
    {"limit survives agent death", support::none, {28, 3}, ""},
    {"explicit thaw", support::full, {25, 1}, ""},
    {"abort message", support::partial, {25, 2}, "thaw"},
    {"completion message", support::none, {29, 9}, ""},
    {"copy recovery", support::none, {29, 8}, ""},
    {"keep-alive while held", support::none, {24, 13}, "the orchestrator may ping"},
    {"truthful thaw verdict", support::partial, {29, 12}, "the count"},
    {"manifest of participants", support::partial, {24, 2}, "a number, no names"},
    {"idempotent freeze", support::none, {24, 10}, "refused while frozen"},
    {"idempotent thaw", support::full, {25, 3}, "0"},
    {"degrade policy and label", support::none, {29, 13}, ""},
    {"multi-volume atomic", support::none, {29, 8}, "the host's business"},
    {"restore or clone notice", support::none, {29, 8}, ""},
}};

/// The capability of that name; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::string_view feature) noexcept {
    return dialect::find_capability(capabilities, feature);
}

/// The timers of the dialect: bounds that an orchestrator may rely on or must bring itself.
struct timers {
    /// Longest time for an answer of the allow-list while frozen (SP 28.1).
    duration allowed_reply = std::chrono::seconds{1};
    /// Longest freeze of idle filesystems without hooks (SP 28.6).
    duration freeze = std::chrono::seconds{30};
    /// Longest thaw without hooks (SP 28.7).
    duration thaw = std::chrono::seconds{30};
    /// The hold limit that the orchestrator brings, as the agent has none (SP 29.14). Windows
    /// releases held writes after ten seconds on its own.
    duration hold = std::chrono::seconds{10};
};
inline constexpr timers default_timers{};

/// One point in which this codec does not do what qemu-ga does.
struct deviation {
    clause governed_by;
    std::string_view qemu_ga;
    std::string_view here;
    std::string_view reason;
};

/// All such points. Each is allowed by the clauses, and none changes what a correct peer sees.
inline constexpr std::array<deviation, 9> deviations{{
    {{20, 26},
     "accepts strings in single quotes",
     "refuses them",
     "they are no JSON, and nobody sends them"},
    {{22, 4},
     "answers 0xFF on a clean stream with an error",
     "says nothing",
     "nothing was broken, and an error would be one reply too many"},
    {{20, 7},
     "(before 11.1) tells of an error when the outermost bracket closes",
     "tells at the first byte that is wrong",
     "a message that is never closed is noticed"},
    {{20, 27},
     "answers one broken line with several errors",
     "answers each broken message with one",
     "replies match requests by order"},
    {{20, 24},
     "swallows everything behind an unbalanced prefix until a 0xFF",
     "begins anew at a line that starts with {, unless the text allows one there",
     "a sender of lines loses at most one more request"},
    {{20, 12},
     "allows 1024 nested brackets",
     "allows 64 by default",
     "the deepest request has four"},
    {{20, 14},
     "allows 64 MiB and 2 Mi tokens in a message",
     "allows 128 KiB by default",
     "an agent must run in little memory, and nothing it is asked is longer"},
    {{20, 25},
     "completes the half request of one client with the bytes of the next",
     "forgets it when the channel is reset",
     "a client must not finish what another one began"},
    {{21, 3},
     "writes the id anew from what it has read",
     "writes its text, blanks apart",
     "numbers that no type holds come back as they were"},
}};

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_PROFILE_HPP
