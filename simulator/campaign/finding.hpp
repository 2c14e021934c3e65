// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CAMPAIGN_FINDING_HPP
#define SNAPPROTO_SIMULATOR_CAMPAIGN_FINDING_HPP

// What must not come of a run, whatever goes wrong in it. A faulty world may make snapshots fail;
// it may not make a claim false, break a rule of the conversation, leave a guest frozen once the
// world is sound again, or leave a session without an end.

#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"

#include <string>
#include <vector>

namespace snapproto::campaign {

/// Something that is wrong.
struct finding {
    std::string kind; ///< A few words, the same for all runs in which it is wrong.
    std::string what; ///< What happened here.

    friend bool operator==(const finding&, const finding&) = default;
};

/// All that is wrong with a run, the worst first; empty when it is as it may be.
[[nodiscard]] std::vector<finding> findings_of(const world::history& run,
                                               const judge::verdict& made);

} // namespace snapproto::campaign

#endif // SNAPPROTO_SIMULATOR_CAMPAIGN_FINDING_HPP
