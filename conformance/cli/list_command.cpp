// SPDX-License-Identifier: BSL-1.0
#include "conformance/builtin/unusual.hpp"
#include "conformance/check.hpp"
#include "conformance/cli/commands.hpp"
#include "conformance/cli/program.hpp"
#include "conformance/dialects/dialect.hpp"
#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <span>
#include <vector>

namespace snapproto::conformance {

void require_qga(const std::string& dialect, std::string_view what) {
    if (find_dialect(dialect).name != "qga") {
        throw usage_error(
            fmt::format("{} is there for the dialect qga only, not for {}", what, dialect));
    }
}

void require_inputs(const std::string& dialect, std::string_view what) {
    if (!find_dialect(dialect).has_inputs) {
        std::vector<std::string_view> known;
        for (const auto* one : dialects()) {
            if (one->has_inputs) {
                known.push_back(one->name);
            }
        }
        throw usage_error(fmt::format("{} is there for the dialects {} only, not for {}", what,
                                      fmt::join(known, " and "), dialect));
    }
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
    const dialect& spoken = find_dialect(options.dialect);
    const bool agents = options.role != "orchestrator";
    const bool orchestrators = options.role != "agent";
    if (options.unusual) {
        require_qga(options.dialect, "--unusual");
        for (const fault_info& one : builtin_unusual_agents()) {
            fmt::print("{:<32} {} ({})\n", one.name, one.sentence, one.source);
        }
        fmt::print("{} agents that keep every clause, in unusual ways\n",
                   builtin_unusual_agents().size());
        return exit_good;
    }
    std::size_t count = 0;
    for (const role who : {role::agent, role::orchestrator}) {
        if (who == role::agent ? !agents : !orchestrators) {
            continue;
        }
        if (options.faults) {
            print_faults(name(who), spoken.faults(who));
            count += spoken.faults(who).size();
        }
    }
    if (options.faults) {
        fmt::print("{} faults; the number names the check that catches each\n", count);
        return exit_good;
    }
    for (const check& one : every_check().all()) {
        const bool wanted = one.judged() == role::agent ? agents : orchestrators;
        if (!wanted || spoken.checks(one.judged()).find(one.id()) == nullptr) {
            continue;
        }
        fmt::print("{:<13} {:<8} {:<7} {:<9} {}\n", name(one.judged()), one.id(),
                   name(level_of(one)), clause_id(one.about), one.title);
        ++count;
    }
    fmt::print("{} checks for dialect {}\n", count, options.dialect);
    return exit_good;
}

} // namespace snapproto::conformance
