// SPDX-License-Identifier: BSL-1.0
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
    const std::string_view way = !options.connect.empty()          ? "--connect"
                                 : !options.spawn.empty()          ? "--spawn"
                                 : !options.shim.empty()           ? "--shim"
                                 : !options.freeze_targets.empty() ? "--freeze-target"
                                                                   : "";
    if (!way.empty()) {
        throw usage_error(fmt::format("{} is not for the dialect vmbackup: a guest finds its host "
                                      "behind a port of the virtual machine, which nothing here "
                                      "plays yet; --builtin judges the embedded one",
                                      way));
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
