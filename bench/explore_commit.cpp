// SPDX-License-Identifier: BSL-1.0
// Two-phase commit with eight managers through the explorer, once, on one core: one side of
// bench/explore_spin.sh. Prints `STATES states, BYTES bytes a state`; states are compared in full
// and symmetric ones are not taken for one.
#include "simulator/explore/engine.hpp"
#include "tests/simulator/models/two_phase_commit.hpp"

#include <cstdio>

int main() {
    using namespace snapproto;
    const explore_models::two_phase_commit model{8};
    explore::explorer<explore_models::two_phase_commit> run{model, {.symmetry = false}};
    const auto found = run.run();
    std::printf("%zu states, %zu transitions; %.1f bytes a state\n", found.seen.states,
                found.seen.transitions, found.bytes_per_state());
    return found.end == explore::ending::complete ? 0 : 1;
}
