// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/daemon_target.hpp"
#include "conformance/attach/terminal_target.hpp"
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/hyperv_builtin.hpp"
#include "conformance/clauses/hyperv_groups.hpp"
#include "conformance/cli/agent_setup.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/orchestrator/played_daemon.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

namespace snapproto::conformance {
namespace {

std::unique_ptr<target> attach_daemon(const agent_options& options) {
    if (!options.connect.empty() || !options.shim.empty()) {
        throw usage_error(fmt::format("{} is not for the dialect hyperv: a daemon opens a device "
                                      "and is reached by nobody; --spawn starts it",
                                      options.connect.empty() ? "--shim" : "--connect"));
    }
    if (!options.freeze_targets.empty() && (options.spawn.empty() || options.root.empty())) {
        throw usage_error("--freeze-target goes with --spawn and --root in the dialect hyperv; "
                          "otherwise the daemon finds a guest that the suite plays, and nothing is "
                          "frozen");
    }
    if (!options.root.empty()) {
        return std::make_unique<terminal_target>(
            terminal_target::settings{.command = options.spawn,
                                      .root = options.root,
                                      .timeout_scale = options.timeout_scale},
            make_freeze_targets(options));
    }
    if (!options.spawn.empty()) {
        return std::make_unique<daemon_target>(options.spawn, options.work_dir,
                                               options.timeout_scale);
    }
    try {
        return make_hyperv_builtin(options.builtin);
    } catch (const std::invalid_argument& wrong) {
        std::vector<std::string> known{"reference"};
        for (const fault_info& one : hyperv_builtin_faults()) {
            known.emplace_back(one.name);
        }
        const std::string_view near = nearest(options.builtin, known);
        throw usage_error(
            fmt::format("--builtin {}: {}{}", options.builtin, wrong.what(),
                        near.empty() ? " (snapcheck list --dialect hyperv --faults shows the names)"
                                     : fmt::format("; did you mean {}?", near)));
    }
}

} // namespace

const dialect& hyperv_dialect() {
    static const dialect made{
        .name = "hyperv",
        .agent_checks = hyperv_checks,
        .orchestrator_checks = hyperv_orchestrator_checks,
        .agent_faults = hyperv_builtin_faults,
        .orchestrator_faults = hyperv_orchestrator_faults,
        .embedded_orchestrator = make_hyperv_orchestrator,
        .make_orchestrator_trial = make_trial<hyperv_trial>,
        .no_listening = "a daemon's kernel hands over records by a device, and not by a socket; "
                        "--builtin judges the embedded ones",
        .attach = attach_daemon,
        .always_fresh = true,
        .has_inputs = true,
        .agent_page =
            "Each check begins with a daemon that was started anew. Its kernel is played, "
            "and so are the\nguest's mounts: the root filesystem, `/srv` and "
            "`/var/lib/data`, each on a disk of its own. Where `--freeze-target` names real "
            "filesystems, it is\nthose, and a check that needs one to fail, or another mount, is "
            "skipped.",
        .orchestrator_page =
            "The orchestrator stands where host and guest kernel are, form (b): it answers a "
            "registration, asks the\ndaemon and judges its replies. In each check it takes one "
            "snapshot of a guest whose daemon `snapcheck`\nplays. \"No claim\" means that the "
            "snapshot is not claimed to be consistent.",
    };
    return made;
}

} // namespace snapproto::conformance
