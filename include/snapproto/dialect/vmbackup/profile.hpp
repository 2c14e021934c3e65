// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VMBACKUP_PROFILE_HPP
#define SNAPPROTO_DIALECT_VMBACKUP_PROFILE_HPP

// What the dialect has of the abstract protocol, its timers, and where open-vm-tools on Linux, as
// it was observed, differs from what a host may expect: all as data.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/time.hpp>
#include <snapproto/dialect/capability.hpp>
#include <snapproto/dialect/vmbackup/wire.hpp>

#include <array>
#include <chrono>
#include <string_view>

namespace snapproto::vmbackup {

using dialect::capability;
using dialect::support;

/// The capability vector that a binding to this dialect declares (SP 49.1): for a Linux guest.
inline constexpr std::array<capability, 23> capabilities{{
    {"version negotiation", support::partial, {42, 1}, "of the options alone"},
    {"channel resync", support::full, {40, 7}, "reset, and a channel that answers in order"},
    {"transaction or correlation id", support::none, {45, 2}, "one operation at a time"},
    {"explicit prepare", support::none, {45, 1}, "start stands for both"},
    {"scope selection", support::partial, {41, 1}, "volumes and disks, which Linux does not use"},
    {"application hooks", support::full, {46, 3}, ""},
    {"application writers", support::partial, {43, 2}, "Windows"},
    {"filesystem freeze", support::full, {46, 1}, ""},
    {"ready event separate from reply", support::full, {45, 4}, "prov.snapshotCommit"},
    {"hold limit enforced in guest", support::partial, {45, 9}, "what is left of the whole limit"},
    {"limit survives agent death", support::none, {45, 9}, ""},
    {"explicit thaw", support::full, {45, 5}, "snapshotDone"},
    {"abort message", support::full, {45, 7}, ""},
    {"completion message", support::partial, {41, 4}, "Windows"},
    {"copy recovery", support::none, {49, 1}, ""},
    {"keep-alive while held", support::full, {46, 7}, ""},
    {"truthful thaw verdict", support::partial, {47, 1}, "by what came before req.done"},
    {"manifest of participants", support::partial, {43, 2}, "a path in the guest"},
    {"idempotent freeze", support::none, {45, 2}, "an error"},
    {"idempotent thaw", support::none, {45, 6}, "an error"},
    {"degrade policy and label", support::partial, {46, 2}, "a null provider that only syncs"},
    {"multi-volume atomic", support::none, {49, 1}, "the host's business"},
    {"restore or clone notice", support::none, {49, 1}, "another device"},
}};

/// The capability of that name; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::string_view feature) noexcept {
    return dialect::find_capability(capabilities, feature);
}

/// The timers of the dialect. None of them bounds the hold by itself.
struct timers {
    /// The whole operation, from its start (SP 45.9); the options may name another one.
    duration operation = std::chrono::seconds{900};
    /// How often the real guest looks whether a step has ended.
    duration poll = std::chrono::seconds{1};
    /// A ping of the host on vsock.
    duration heartbeat = std::chrono::seconds{1};
};
inline constexpr timers default_timers{};

/// One point in which open-vm-tools on Linux does not do what one might expect.
struct deviation {
    clause governed_by;
    std::string_view observed;
    std::string_view expected;
    std::string_view consequence;
};

/// All such points that were observed or read.
inline constexpr std::array<deviation, 8> deviations{{
    {{41, 1},
     "the argument keeps the space before it, so that no list of volumes is recognised",
     "the volumes are taken",
     "everything is frozen"},
    {{43, 5},
     "req.done has the code 0 on every path",
     "a verdict",
     "success must be concluded from the events before it"},
    {{45, 18},
     "a commit that the host refuses is undone without a word of failure",
     "req.error or req.aborted",
     "the events look like those of a success"},
    {{45, 10},
     "the limit of the guest and an abort of the host have the same code",
     "two codes",
     "a host must remember what it asked for"},
    {{46, 4},
     "a hook that fails, or is killed, is not run again to undo",
     "every hook that was begun is told",
     "what it did before it failed stays done"},
    {{46, 8},
     "a lost command channel is not noticed while frozen",
     "everything is thawed",
     "only the limit of the operation, 900 s, ends the freeze"},
    {{46, 9},
     "a daemon that is told to end sends req.done and leaves filesystems frozen",
     "it thaws first",
     "the guest hangs for good, and the host is told that all is over"},
    {{46, 2},
     "where nothing can be frozen, a null provider reports success",
     "a failure",
     "a copy is called consistent for which nothing was done"},
}};

} // namespace snapproto::vmbackup

#endif // SNAPPROTO_DIALECT_VMBACKUP_PROFILE_HPP
