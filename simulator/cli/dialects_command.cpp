// SPDX-License-Identifier: BSL-1.0
// snapsim dialects: one scenario in all dialects, and how long the guest stays frozen in each.
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/report/frozen.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace snapproto::simulator {
namespace {

/// A scenario that one of them cannot play gives no table.
void check_all_can(world::scenario what) {
    if (what.swarm) {
        throw usage_error("each seed of a swarm is another scenario: name one without 'swarm'");
    }
    for (const auto& one : world::dialects) {
        what.dialect = one.name;
        try {
            world::check_playable(what);
        } catch (const world::scenario_error& wrong) {
            throw usage_error(wrong.what());
        }
    }
}

} // namespace

int run_dialects(const dialects_options& wanted) {
    const auto what = load(wanted.what);
    check_all_can(what);
    const auto rows = report::frozen_in_all_dialects(what);
    fmt::print("{}", report::frozen_table(rows));
    if (!wanted.docs.empty()) {
        try {
            write_file(wanted.docs, report::with_frozen_table(read_file(wanted.docs), rows));
        } catch (const std::invalid_argument& wrong) {
            throw usage_error(fmt::format("{}: {}", wanted.docs, wrong.what()));
        }
    }
    return exit_held;
}

} // namespace snapproto::simulator
