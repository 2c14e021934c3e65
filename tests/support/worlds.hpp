// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SUPPORT_WORLDS_HPP
#define SNAPPROTO_TESTS_SUPPORT_WORLDS_HPP

// The shipped scenarios, played and judged.

#include "simulator/campaign/finding.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"
#include "tests/support/console.hpp"
#include "tests/support/tree.hpp"

#include <string>
#include <string_view>

namespace snapproto::tests {

/// A scenario that comes with the program, in a dialect.
[[nodiscard]] inline world::scenario shipped(const std::string& name, std::string_view dialect) {
    auto made = world::scenario_from(
        name, contents_of(source_path("simulator/scenarios/" + name + ".json")));
    made.dialect = dialect;
    return made;
}

/// What no circumstances excuse in a run of it, a line each.
[[nodiscard]] inline std::string findings(const world::scenario& what) {
    const auto run = world::play(what);
    std::string text;
    for (const auto& one : campaign::findings_of(run, judge::judge(run))) {
        text.append(one.kind).append(": ").append(one.what).append("\n");
    }
    return text;
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_SUPPORT_WORLDS_HPP
