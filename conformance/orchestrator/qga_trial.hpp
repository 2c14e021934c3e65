// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_QGA_TRIAL_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_QGA_TRIAL_HPP

// The trial of an orchestrator that speaks QGA.

#include "conformance/orchestrator/played_agent.hpp"
#include "conformance/orchestrator/trial.hpp"

namespace snapproto::conformance {

/// One run of one check against an orchestrator of QEMU guest agents.
using qga_trial = trial_of<played_agent>;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_QGA_TRIAL_HPP
