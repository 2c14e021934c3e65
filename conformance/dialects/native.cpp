// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/connect_target.hpp"
#include "conformance/attach/spawn_target.hpp"
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/native_builtin.hpp"
#include "conformance/clauses/native_groups.hpp"
#include "conformance/cli/agent_setup.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/native_peer.hpp"
#include "conformance/orchestrator/played_native.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

namespace snapproto::conformance {
namespace {

std::unique_ptr<target> attach_native(const agent_options& options) {
    if (!options.shim.empty()) {
        throw usage_error("--shim is not for the dialect native: --connect and --spawn reach an "
                          "agent");
    }
    if (!options.root.empty()) {
        throw usage_error("--root is for the dialect hyperv");
    }
    if (!options.connect.empty()) {
        return std::make_unique<connect_target>(parse_address(options.connect),
                                                make_freeze_targets(options), "native");
    }
    if (!options.spawn.empty()) {
        return std::make_unique<spawn_target>(spawn_command(options.spawn),
                                              make_freeze_targets(options), options.work_dir,
                                              options.timeout_scale, "native");
    }
    if (!options.freeze_targets.empty()) {
        throw usage_error("--freeze-target goes with --connect and --spawn; the embedded "
                          "agent has filesystems of its own");
    }
    try {
        return make_native_builtin(options.builtin);
    } catch (const std::invalid_argument& wrong) {
        std::vector<std::string> known{"reference"};
        for (const fault_info& one : native_builtin_faults()) {
            known.emplace_back(one.name);
        }
        const std::string_view near = nearest(options.builtin, known);
        throw usage_error(fmt::format("--builtin {}: {}{}", options.builtin, wrong.what(),
                                      near.empty()
                                          ? " (snapcheck list --dialect native --faults shows them)"
                                          : fmt::format("; did you mean {}?", near)));
    }
}

void greet(target& agent, const agent_options& options) {
    require_native_agent(agent, options.timeout_scale);
}

} // namespace

const dialect& native_dialect() {
    static const dialect made{
        .name = "native",
        .agent_checks = native_checks,
        .orchestrator_checks = native_orchestrator_checks,
        .agent_faults = native_builtin_faults,
        .orchestrator_faults = native_orchestrator_faults,
        .embedded_orchestrator = make_native_orchestrator,
        .make_orchestrator_trial = make_trial<native_trial>,
        .attach = attach_native,
        .greet = greet,
        .settle = settle_by_native,
        .agent_page = "Each check begins with an open channel on which nothing was said. Of the "
                      "embedded agent the\nparticipants are played: the writer `ledger`, the hook "
                      "`10-quiesce`, and the filesystems\n`/srv` and `/`, held in this order. Of "
                      "an agent that is reached with `--connect` or `--spawn` they\n"
                      "are its own; checks that play them are skipped then.",
        .orchestrator_page =
            "In each check the orchestrator takes one snapshot of a guest whose agent `snapcheck` "
            "plays. The agent\nhas two filesystems, and holds for as long as nobody thaws it. \"No "
            "claim\" means that the snapshot is\nnot claimed to be consistent.",
    };
    return made;
}

} // namespace snapproto::conformance
