// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/summary.hpp"

#include "simulator/campaign/trace_hash.hpp"
#include "simulator/kernel/generator.hpp"

#include <fmt/format.h>

#include <set>

namespace snapproto::campaign {

void summary::add(const seed_result& one) {
    ++m_seeds;
    m_events += one.events;
    m_outcomes.success += one.outcomes.success;
    m_outcomes.degraded += one.outcomes.degraded;
    m_outcomes.failed += one.outcomes.failed;
    m_outcomes.untold += one.outcomes.untold;
    // A sum, so that the order of seeds does not matter; mixed, so that equal hashes do not cancel.
    std::uint64_t mixed = one.hash ^ one.seed;
    m_hash += kernel::splitmix64(mixed);
    m_violating += one.findings.empty() ? 0U : 1U;
    std::set<std::string> kinds; // a seed counts once for each
    for (const auto& found : one.findings) {
        if (kinds.insert(found.kind).second) {
            auto& kind = m_kinds[found.kind];
            if (kind.seeds++ == 0 || one.seed < kind.first) {
                kind.first = one.seed;
                kind.what = found.what;
            }
        }
    }
}

std::string summary::text(const std::string& scenario) const {
    auto made = fmt::format(
        "{} seeds, {} snapshots asked for: {} success, {} degraded, {} failed, "
        "{} whose host died before it told\n{} events; hash of all traces {}\n",
        m_seeds, m_outcomes.success + m_outcomes.degraded + m_outcomes.failed + m_outcomes.untold,
        m_outcomes.success, m_outcomes.degraded, m_outcomes.failed, m_outcomes.untold, m_events,
        to_hex(m_hash));
    if (m_kinds.empty()) {
        return made + "no violation\n";
    }
    made += fmt::format("VIOLATED in {} seeds:\n", m_violating);
    for (const auto& [kind, one] : m_kinds) {
        made += fmt::format("  {} in {} seeds, first: {}\n    {}\n    snapsim run {} --seed {}\n",
                            kind, one.seeds, one.first, one.what, scenario, one.first);
    }
    return made;
}

} // namespace snapproto::campaign
