// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RESTORE_HPP
#define SNAPPROTO_CONFORMANCE_RESTORE_HPP

// Between two checks the agent is brought to the state every check starts from: running with
// default options, nobody connected, nothing frozen.

#include "conformance/attach/target.hpp"
#include "conformance/budget.hpp"

#include <string>

namespace snapproto::conformance {

struct restore_report {
    bool ready = false;  ///< The next check may run.
    std::string trouble; ///< What had to be done beyond a thaw by protocol; empty if nothing.
};

/// What one conversation with an agent between two checks came to.
struct settlement {
    bool answers = false;
    std::string wrong; ///< Empty: in step, thawed, and what can be seen from outside agrees.
};

/// Brings an agent to the starting state by its protocol, within `time`. May throw.
/// @param again the first conversation did not do.
using settle_function = settlement (*)(target& agent, budget& time, bool again);

/// Whether a freeze target is frozen, as it can be seen from outside.
[[nodiscard]] bool kernel_holds_a_target(target& agent);

/// The conversation of QGA.
[[nodiscard]] settlement settle_by_qga(target& agent, budget& time, bool again);

/// Brings the agent to the starting state: thaws by protocol; if that does not do, by a fresh
/// start; whatever is still frozen then, from outside.
///
/// Never throws, does not stop for Ctrl-C, and ends within 30 s of nominal time.
///
/// @param fresh_start whether the agent has to be started anew in any case (a check has changed its
///        options).
/// @param settle the conversation of the agent's dialect.
[[nodiscard]] restore_report restore(target& agent, double timeout_scale, bool fresh_start,
                                     settle_function settle = settle_by_qga);

/// Thaws every known freeze target from outside. @return false if one may still be frozen.
bool thaw_from_outside(target& agent);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_RESTORE_HPP
