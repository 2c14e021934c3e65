// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/agent_setup.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/orchestrator/qga_trial.hpp"
#include "conformance/preflight.hpp"

namespace snapproto::conformance {
namespace {

void greet(target& agent, const agent_options& options) {
    require_qga_agent(agent, {.timeout_scale = options.timeout_scale,
                              .must_be_thawed = !options.connect.empty()});
}

} // namespace

const dialect& qga_dialect() {
    static const dialect made{
        .name = "qga",
        .agent_checks = qga_checks,
        .orchestrator_checks = qga_orchestrator_checks,
        .agent_faults = builtin_faults,
        .orchestrator_faults = builtin_orchestrator_faults,
        .embedded_orchestrator = make_builtin_orchestrator,
        .make_orchestrator_trial = make_trial<qga_trial>,
        .attach = attach_qga,
        .greet = greet,
        .has_inputs = true,
        .agent_page = "Each check begins with a connection that is in step: 0xFF and "
                      "guest-sync-delimited were\nanswered.",
        .orchestrator_page =
            "In each check the orchestrator takes one snapshot of a guest that `snapcheck` "
            "plays, and whose two\nfilesystems make the count 2. \"No claim\" means that the "
            "snapshot is not claimed to be\nconsistent.",
    };
    return made;
}

} // namespace snapproto::conformance
