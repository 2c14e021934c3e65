// SPDX-License-Identifier: BSL-1.0
#include "conformance/held.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <vector>

namespace snapproto::conformance {

void skip_for_real_filesystems(run_context& run) {
    run.skip("needs mounts that the suite makes up: the filesystems are real ones");
}

std::string everything_in(run_context& run, const played_guest* guest) {
    return guest != nullptr ? std::string(ordinary_filesystems)
                            : fmt::format("{}", fmt::join(run.mounts(), " "));
}

std::string held_in(run_context& run, const played_guest* guest) {
    if (guest != nullptr) {
        return held_in(*guest);
    }
    std::vector<std::string> held;
    for (std::size_t i = 0; i < run.mounts().size(); ++i) {
        const auto seen = run.filesystem(i).is_frozen();
        if (!seen) {
            run.skip(
                fmt::format("whether {} is held cannot be seen: {}", run.mounts()[i], seen.why));
        }
        if (*seen) {
            held.push_back(run.mounts()[i]);
        }
    }
    return held.empty() ? "nothing" : fmt::format("{}", fmt::join(held, " "));
}

} // namespace snapproto::conformance
