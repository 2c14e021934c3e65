// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/vmtools_target.hpp"
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/vmbackup_builtin.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/orchestrator/played_tools.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

namespace snapproto::conformance {
namespace {

std::unique_ptr<target> attach_guest(const agent_options& options) {
    if (!options.connect.empty() || !options.shim.empty()) {
        throw usage_error(fmt::format("{} is not for the dialect vmbackup: a guest finds its host "
                                      "behind a port of the virtual machine and is reached by "
                                      "nobody; --spawn starts it",
                                      options.connect.empty() ? "--shim" : "--connect"));
    }
    if (!options.root.empty()) {
        throw usage_error("--root is not for the dialect vmbackup: its guest needs no terminal");
    }
    if (!options.spawn.empty()) {
        return std::make_unique<vmtools_target>(
            options.spawn, options.work_dir, options.timeout_scale, make_freeze_targets(options));
    }
    if (!options.freeze_targets.empty()) {
        throw usage_error("--freeze-target goes with --spawn in the dialect vmbackup; the embedded "
                          "guest finds mounts that the suite plays, and nothing is frozen");
    }
    try {
        return make_vmbackup_builtin(options.builtin);
    } catch (const std::invalid_argument& wrong) {
        std::vector<std::string> known{"reference"};
        for (const fault_info& one : vmbackup_builtin_faults()) {
            known.emplace_back(one.name);
        }
        const std::string_view near = nearest(options.builtin, known);
        throw usage_error(
            fmt::format("--builtin {}: {}{}", options.builtin, wrong.what(),
                        near.empty() ? " (snapcheck list --dialect vmbackup --faults shows them)"
                                     : fmt::format("; did you mean {}?", near)));
    }
}

} // namespace

const dialect& vmbackup_dialect() {
    static const dialect made{
        .name = "vmbackup",
        .agent_checks = vmbackup_checks,
        .orchestrator_checks = vmbackup_orchestrator_checks,
        .agent_faults = vmbackup_builtin_faults,
        .orchestrator_faults = vmbackup_orchestrator_faults,
        .embedded_orchestrator = make_vmbackup_orchestrator,
        .make_orchestrator_trial = make_trial<vmbackup_trial>,
        .no_listening = "a host has the two ports of a virtual machine, and no socket; --builtin "
                        "judges the embedded ones",
        .attach = attach_guest,
        .always_fresh = true,
        .agent_page = "Each check begins with a guest that was started anew. Its host is played, "
                      "and so are the\nguest's mounts (the root filesystem, `/srv` and "
                      "`/var/lib/data`, each on a disk of its own)\nand its hooks (`10-first` and "
                      "`20-second`). Where `--freeze-target` names real filesystems, it is\nthose, "
                      "and a check that needs one to fail, or another mount, is skipped.",
        .orchestrator_page =
            "In each check the host takes one snapshot of a guest whose tools `snapcheck` plays: "
            "commands and\nevents are whole messages, without the packets of vsock. The guest "
            "holds for as long as nobody ends the\noperation. \"No claim\" means that the "
            "snapshot is not claimed to be consistent.",
    };
    return made;
}

} // namespace snapproto::conformance
