// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_PREFLIGHT_HPP
#define SNAPPROTO_CONFORMANCE_PREFLIGHT_HPP

// Before anything is judged: is there a QGA agent at the other end at all?

#include "conformance/attach/target.hpp"

namespace snapproto::conformance {

struct preflight_options {
    double timeout_scale = 1.0;
    /// Refuses an agent that says it is frozen: somebody else may be in the middle of a snapshot.
    bool must_be_thawed = true;
};

/// Speaks to the target until one line of the QGA protocol came back.
///
/// An agent may answer wrongly in many ways and still be an agent; what is refused here is a peer
/// that closes at once, never answers, sends without end, or speaks something else. Ends within
/// 15 s of nominal time. Thaws nothing.
///
/// @throws unreachable with a sentence that tells the cases apart; interrupted.
void require_qga_agent(target& agent, const preflight_options& options);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_PREFLIGHT_HPP
