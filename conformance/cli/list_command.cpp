// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/unusual.hpp"
#include "conformance/check.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

namespace snapproto::conformance {

void require_dialect(const std::string& dialect) {
    if (dialect == "qga") {
        return;
    }
    const std::array<std::string, 4> all{"qga", "hyperv", "vmbackup", "native"};
    if (std::find(all.begin(), all.end(), dialect) != all.end()) {
        throw usage_error(fmt::format("dialect {} is not available in this version", dialect));
    }
    const std::string_view near = nearest(dialect, all);
    throw usage_error(near.empty()
                          ? fmt::format("unknown dialect '{}'; there is: qga", dialect)
                          : fmt::format("unknown dialect '{}'; did you mean {}?", dialect, near));
}

namespace {

void print_faults(std::string_view role, std::span<const fault_info> all) {
    for (const fault_info& one : all) {
        fmt::print("{:<13} {:<40} {:<8} {}\n{:<63} source: {}\n", role, one.name, one.caught_by,
                   one.sentence, "", one.source);
    }
}

} // namespace

int run_list(const list_options& options) {
    require_dialect(options.dialect);
    const bool agents = options.role != "orchestrator";
    const bool orchestrators = options.role != "agent";
    if (options.unusual) {
        for (const fault_info& one : builtin_unusual_agents()) {
            fmt::print("{:<32} {} ({})\n", one.name, one.sentence, one.source);
        }
        fmt::print("{} agents that keep every clause, in unusual ways\n",
                   builtin_unusual_agents().size());
        return exit_good;
    }
    if (options.faults) {
        const auto of_agents = agents ? builtin_faults() : std::span<const fault_info>{};
        const auto others =
            orchestrators ? builtin_orchestrator_faults() : std::span<const fault_info>{};
        print_faults("agent", of_agents);
        print_faults("orchestrator", others);
        fmt::print("{} faults; the number names the check that catches each\n",
                   of_agents.size() + others.size());
        return exit_good;
    }
    const registry& checks = !agents          ? qga_orchestrator_checks()
                             : !orchestrators ? qga_checks()
                                              : all_qga_checks();
    for (const check& one : checks.all()) {
        fmt::print("{:<13} {:<8} {:<7} {:<9} {}\n", name(one.judged()), one.id(),
                   name(level_of(one)), clause_id(one.about), one.title);
    }
    fmt::print("{} checks for dialect {}\n", checks.all().size(), options.dialect);
    return exit_good;
}

} // namespace snapproto::conformance
