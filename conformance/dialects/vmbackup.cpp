// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/vmtools_target.hpp"
#include "conformance/builtin/vmbackup_builtin.hpp"
#include "conformance/clauses/vmbackup_groups.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/dialects/dialect.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <vector>

namespace snapproto::conformance {
namespace {

std::unique_ptr<target> attach(const agent_options& options) {
    if (!options.connect.empty() || !options.shim.empty()) {
        throw usage_error(fmt::format("{} is not for the dialect vmbackup: a guest finds its host "
                                      "behind a port of the virtual machine and is reached by "
                                      "nobody; --spawn starts it",
                                      options.connect.empty() ? "--shim" : "--connect"));
    }
    if (!options.freeze_targets.empty()) {
        throw usage_error("--freeze-target is not for the dialect vmbackup: the guest finds mounts "
                          "that the suite plays, and nothing is frozen");
    }
    if (!options.spawn.empty()) {
        return std::make_unique<vmtools_target>(options.spawn, options.work_dir,
                                                options.timeout_scale);
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
        .agent_faults = vmbackup_builtin_faults,
        .attach = attach,
        .always_fresh = true,
        .agent_page = "Each check begins with a guest that was started anew. Its host is played, "
                      "and so are the\nguest's mounts (the root filesystem, `/srv` and "
                      "`/var/lib/data`, each on a disk of its own)\nand its hooks (`10-first` and "
                      "`20-second`).",
    };
    return made;
}

} // namespace snapproto::conformance
