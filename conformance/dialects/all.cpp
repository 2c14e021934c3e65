// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/commands.hpp"
#include "conformance/dialects/dialect.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

namespace snapproto::conformance {

std::span<const dialect* const> dialects() {
    static const std::array all{
        &qga_dialect(),
        &hyperv_dialect(),
        &vmbackup_dialect(),
        &native_dialect(),
    };
    return all;
}

const registry& dialect::checks(role who) const {
    static const registry none;
    const auto of = who == role::agent ? agent_checks : orchestrator_checks;
    return of != nullptr ? of() : none;
}

std::span<const fault_info> dialect::faults(role who) const {
    const auto of = who == role::agent ? agent_faults : orchestrator_faults;
    return of != nullptr ? of() : std::span<const fault_info>{};
}

const dialect& find_dialect(const std::string& name) {
    std::vector<std::string> known;
    for (const dialect* one : dialects()) {
        if (one->name == name) {
            return *one;
        }
        known.emplace_back(one->name);
    }
    const std::string_view near = nearest(name, known);
    throw usage_error(
        near.empty()
            ? fmt::format("unknown dialect '{}'; there are: {}", name, fmt::join(known, ", "))
            : fmt::format("unknown dialect '{}'; did you mean {}?", name, near));
}

const registry& every_check() {
    static const registry all = [] {
        registry made;
        for (const dialect* of : dialects()) {
            for (const role who : {role::agent, role::orchestrator}) {
                for (const check& one : of->checks(who).all()) {
                    made.add(one);
                }
            }
        }
        return made;
    }();
    return all;
}

} // namespace snapproto::conformance
