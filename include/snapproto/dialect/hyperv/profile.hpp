// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_HYPERV_PROFILE_HPP
#define SNAPPROTO_DIALECT_HYPERV_PROFILE_HPP

// What the dialect has of the abstract protocol, its timers, and where Linux and its daemon, as
// they were observed, differ from what a host may expect: all as data.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/dialect/capability.hpp>

#include <array>
#include <chrono>
#include <string_view>

namespace snapproto::hyperv {

using dialect::capability;
using dialect::support;

/// The capability vector that a binding to this dialect declares (SP 39.1): for a Linux guest.
inline constexpr std::array<capability, 23> capabilities{{
    {"version negotiation", support::full, {31, 3}, "framework and messages"},
    {"channel resync", support::none, {33, 2}, "a device has one opener and keeps messages apart"},
    {"transaction or correlation id", support::partial, {34, 3}, "VMBus and FreeBSD, not Linux"},
    {"explicit prepare", support::none, {35, 9}, "hot_backup asks, and prepares nothing"},
    {"scope selection", support::none, {35, 9}, "the LUN lists reach no daemon"},
    {"application hooks", support::none, {33, 1}, ""},
    {"application writers", support::partial, {34, 4}, "FreeBSD and Windows"},
    {"filesystem freeze", support::full, {32, 2}, ""},
    {"ready event separate from reply", support::none, {33, 1}, ""},
    {"hold limit enforced in guest", support::none, {35, 16}, "the orchestrator has a timer"},
    {"limit survives agent death", support::none, {35, 16}, ""},
    {"explicit thaw", support::full, {32, 2}, ""},
    {"abort message", support::partial, {32, 2}, "thaw"},
    {"completion message", support::partial, {35, 4}, "Linux answers it and does nothing"},
    {"copy recovery", support::partial, {35, 4}, "declared to be needless by hot_backup"},
    {"keep-alive while held", support::none, {35, 1}, ""},
    {"truthful thaw verdict", support::none, {33, 3}, "success, whatever was found"},
    {"manifest of participants", support::none, {33, 1}, ""},
    {"idempotent freeze", support::full, {33, 3}, "success while frozen"},
    {"idempotent thaw", support::full, {33, 3}, "success while thawed"},
    {"degrade policy and label", support::none, {39, 1}, ""},
    {"multi-volume atomic", support::none, {39, 1}, "the host's business"},
    {"restore or clone notice", support::none, {39, 1}, "another device"},
}};

/// The capability of that name; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::string_view feature) noexcept {
    return dialect::find_capability(capabilities, feature);
}

/// The timers of the dialect. None of them bounds the hold.
struct timers {
    /// Longest freeze, before the kernel tells the host of a failure (SP 35.16).
    duration freeze = std::chrono::seconds{900};
    /// Longest thaw and longest hot_backup.
    duration others = std::chrono::seconds{30};
    /// Longest request to one of FreeBSD's agents (SP 34.5).
    duration freebsd = std::chrono::seconds{15};
};
inline constexpr timers default_timers{};

/// The timers of Linux up to about 4.9.
inline constexpr timers old_linux_timers{.freeze = std::chrono::seconds{10},
                                         .others = std::chrono::seconds{10}};

/// One point in which Linux 6.1 or its daemon does not do what one might expect.
struct deviation {
    clause governed_by;
    std::string_view observed;
    std::string_view expected;
    std::string_view consequence;
};

/// All such points that the wire forms and the kernel's machine show.
inline constexpr std::array<deviation, 8> deviations{{
    {{32, 6},
     "the kernel answers hot_backup with flags of 0",
     "flags of 5: possible, and no recovery is needed",
     "it looks for the operation where the daemon has written its error"},
    {{33, 3},
     "a reply does not say what it answers",
     "a number by which request and reply find each other",
     "the first reply is taken for the answer, whatever it was meant for"},
    {{33, 6},
     "bytes of an older message follow the operation of a second registration",
     "zeros",
     "a decoder must not look at them"},
    {{33, 7},
     "an error whose last byte is 128 or 129 would be taken for a registration",
     "any error can be told",
     "the request would wait for its timer"},
    {{35, 4},
     "operations that Linux does not have are answered with success",
     "not supported",
     "a host cannot tell that nothing was done"},
    {{35, 5},
     "such an answer before any daemon has registered makes the kernel believe in one",
     "no change of state",
     "the next freeze waits for its timer instead of failing at once"},
    {{35, 8},
     "a registration of the old form is noted and leaves the kernel without a daemon",
     "it counts",
     "daemons older than the versioned form do not work any more"},
    {{35, 13},
     "a request that was given up can still be read by the daemon",
     "it is taken back",
     "the daemon freezes for nobody, and finds out when its reply fails"},
}};

} // namespace snapproto::hyperv

#endif // SNAPPROTO_DIALECT_HYPERV_PROFILE_HPP
