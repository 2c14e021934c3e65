// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/host.hpp"

namespace snapproto::world {

void host::tell_outcome(environment& world, const attempt& what) {
    std::string text{"reports "};
    text.append(to_string(what.outcome)).append(", label ").append(to_string(what.label));
    if (!what.reason.empty()) {
        text.append(": ").append(what.reason);
    }
    world.tell("host", "reports", std::move(text));
}

} // namespace snapproto::world
