// SPDX-License-Identifier: BSL-1.0
// What does a change of one row of the agent's table break? The explorer plays every conversation
// that there is with it, one fault included, and shows a shortest one in which a property fails.
#include "simulator/explore/mutation.hpp"
#include "simulator/explore/snapshot/chart.hpp"
#include "simulator/explore/snapshot/run.hpp"

#include <iostream>
#include <string_view>

using namespace snapproto;

namespace {

/// @return whether all that is explored keeps all properties
bool keeps_all(const char* title, const explore::config& what) {
    const auto result = explore::explore_snapshot(what, {}, false);
    std::cout << title << ": " << result.found.seen.states << " states, ";
    if (!result.counterexample) {
        std::cout << "nothing is broken\n";
        return result.found.end == explore::ending::complete;
    }
    std::cout << explore::name_of(result.counterexample->broken) << "\n\n"
              << explore::step_list(what, *result.counterexample) << '\n';
    return false;
}

} // namespace

int main() {
    explore::config what; // one guest with an application and a filesystem
    const bool as_it_is = keeps_all("the table as it is", what);
    // "When the hold limit has passed, undo": without that row a guest whose host has gone stays
    // frozen. Other rows and changes: `snapsim mutate --list`.
    what.mutation = explore::mutation_from("agent:frozen:hold_expired::deletion");
    const bool changed = keeps_all("without the end of a hold", what);
    return as_it_is && !changed ? 0 : 1;
}
