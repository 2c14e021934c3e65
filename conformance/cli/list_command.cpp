// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/builtin.hpp"
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

int run_list(const list_options& options) {
    require_dialect(options.dialect);
    if (options.faults) {
        for (const fault_info& one : builtin_faults()) {
            fmt::print("{:<34} {:<8} {}\n{:<43} source: {}\n", one.name, one.caught_by,
                       one.sentence, "", one.source);
        }
        fmt::print("{} faults; the number names the check that catches each\n",
                   builtin_faults().size());
        return exit_good;
    }
    const auto checks = qga_checks().all();
    for (const check& one : checks) {
        fmt::print("{:<8} {:<7} {:<9} {}\n", one.id(), name(level_of(one)), clause_id(one.about),
                   one.title);
    }
    fmt::print("{} checks for dialect {}\n", checks.size(), options.dialect);
    return exit_good;
}

} // namespace snapproto::conformance
