// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP

// The course of a check of an orchestrator that speaks QGA.

#include "conformance/orchestrator/course.hpp"
#include "conformance/orchestrator/played_agent.hpp"

namespace snapproto::conformance {

/// One run of one check against an orchestrator of QEMU guest agents.
using trial = trial_of<played_agent>;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_TRIAL_HPP
