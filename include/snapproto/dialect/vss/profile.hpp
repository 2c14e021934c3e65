// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_VSS_PROFILE_HPP
#define SNAPPROTO_DIALECT_VSS_PROFILE_HPP

// What VSS and MS-FSRVP have of the abstract protocol, and where Samba's server, as it was
// observed, differs from SP chapter 57: all as data.

#include <snapproto/core/clause.hpp>
#include <snapproto/dialect/capability.hpp>

#include <array>
#include <string_view>

namespace snapproto::vss {

using dialect::capability;
using dialect::support;

/// The capability vector of VSS inside one machine (SP 59.1).
inline constexpr std::array<capability, 23> capabilities{{
    {"version negotiation", support::none, {52, 1}, "a context"},
    {"channel resync", support::none, {59, 1}, "calls within one machine"},
    {"transaction or correlation id", support::full, {52, 4}, "the number of the set"},
    {"explicit prepare", support::full, {52, 6}, ""},
    {"scope selection", support::full, {52, 5}, "volumes and components"},
    {"application hooks", support::none, {59, 1}, ""},
    {"application writers", support::full, {51, 6}, ""},
    {"filesystem freeze", support::full, {52, 9}, "flush and hold"},
    {"ready event separate from reply", support::none, {54, 2}, "the requester asks"},
    {"hold limit enforced in guest", support::full, {50, 7}, "60 s and 10 s"},
    {"limit survives agent death", support::full, {50, 7}, "the volumes' is the kernel's"},
    {"explicit thaw", support::none, {52, 11}, "the service's own"},
    {"abort message", support::full, {52, 17}, ""},
    {"completion message", support::full, {52, 16}, ""},
    {"copy recovery", support::full, {50, 6}, ""},
    {"keep-alive while held", support::none, {59, 1}, ""},
    {"truthful thaw verdict", support::full, {51, 10}, "the state of each writer"},
    {"manifest of participants", support::full, {52, 3}, ""},
    {"idempotent freeze", support::none, {52, 19}, "bad state"},
    {"idempotent thaw", support::none, {52, 19}, "bad state"},
    {"degrade policy and label", support::partial, {54, 4}, "the requester's"},
    {"multi-volume atomic", support::full, {52, 9}, ""},
    {"restore or clone notice", support::partial, {50, 1}, "PostRestore"},
}};

/// The capability of that name; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::string_view feature) noexcept {
    return dialect::find_capability(capabilities, feature);
}

} // namespace snapproto::vss

namespace snapproto::fsrvp {

using dialect::capability;
using dialect::support;

/// The capability vector of MS-FSRVP (SP 59.1).
inline constexpr std::array<capability, 23> capabilities{{
    {"version negotiation", support::full, {56, 3}, "version 1"},
    {"channel resync", support::none, {59, 1}, "DCE/RPC"},
    {"transaction or correlation id", support::full, {57, 22}, "the number of the set"},
    {"explicit prepare", support::full, {57, 8}, ""},
    {"scope selection", support::full, {57, 6}, "shares"},
    {"application hooks", support::none, {59, 1}, ""},
    {"application writers", support::partial, {57, 10}, "the server's own"},
    {"filesystem freeze", support::partial, {57, 10}, "within the commit"},
    {"ready event separate from reply", support::none, {59, 1}, ""},
    {"hold limit enforced in guest", support::full, {56, 5}, "the server's"},
    {"limit survives agent death", support::full, {57, 20}, ""},
    {"explicit thaw", support::none, {57, 11}, "within the commit"},
    {"abort message", support::full, {57, 18}, ""},
    {"completion message", support::full, {57, 17}, ""},
    {"copy recovery", support::full, {57, 17}, "between Expose and RecoveryComplete"},
    {"keep-alive while held", support::none, {59, 1}, ""},
    {"truthful thaw verdict", support::full, {57, 13}, "the status of the commit"},
    {"manifest of participants", support::none, {59, 1}, ""},
    {"idempotent freeze", support::none, {57, 21}, "bad state"},
    {"idempotent thaw", support::none, {57, 21}, ""},
    {"degrade policy and label", support::none, {59, 1}, ""},
    {"multi-volume atomic", support::full, {57, 10}, ""},
    {"restore or clone notice", support::none, {59, 1}, ""},
}};

/// The capability of that name; nullptr when there is none of that name.
[[nodiscard]] constexpr const capability* find_capability(std::string_view feature) noexcept {
    return dialect::find_capability(capabilities, feature);
}

/// One point in which Samba 4.17 does not do what chapter 57 says.
struct deviation {
    clause governed_by;
    std::string_view observed;
    std::string_view expected;
};

/// All such points that were observed.
inline constexpr std::array<deviation, 7> deviations{{
    {{57, 22}, "an unknown set is answered with E_INVALIDARG", "SHADOWCOPYSET_ID_MISMATCH"},
    {{57, 2}, "a wrong context is answered with E_INVALIDARG", "UNSUPPORTED_CONTEXT"},
    {{57, 18},
     "Abort of a committed or exposed set succeeds and does nothing",
     "the set is thrown away"},
    {{57, 23}, "Abort of a recovered set succeeds and does nothing", "BAD_STATE"},
    {{57, 12}, "a commit that fails goes back to the state before it", "the set stays in creation"},
    {{57, 20},
     "in the exposed state the timer clears the context alone",
     "the set is thrown away too"},
    {{57, 3}, "no address of a client is kept, and nothing is counted", "five times"},
}};

} // namespace snapproto::fsrvp

#endif // SNAPPROTO_DIALECT_VSS_PROFILE_HPP
