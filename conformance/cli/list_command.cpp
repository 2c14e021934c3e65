// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/builtin.hpp"
#include "conformance/check.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/spec/clauses.hpp"
#include "conformance/spec/spec_text.hpp"

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

int run_spec(const std::string& form) {
    if (form == "text") {
        fmt::print("{}", spec_text());
        return exit_good;
    }
    if (form == "clauses") {
        for (const clause_info& one : clauses_of_spec()) {
            fmt::print("{:<9} {:<7} {}\n", one.id(), name(one.strength), one.title);
        }
        return exit_good;
    }
    const std::array<std::string, 4> later{"table", "diagram", "promela", "matrix"};
    if (std::find(later.begin(), later.end(), form) != later.end()) {
        throw usage_error(fmt::format("'spec {}' is not available in this version", form));
    }
    const std::array<std::string, 2> now{"clauses", "text"};
    const std::string_view near = nearest(form, now);
    throw usage_error(fmt::format("unknown form '{}'; {}", form,
                                  near.empty() ? "there are: clauses, text"
                                               : fmt::format("did you mean {}?", near)));
}

} // namespace snapproto::conformance
