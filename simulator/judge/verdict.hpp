// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_JUDGE_VERDICT_HPP
#define SNAPPROTO_SIMULATOR_JUDGE_VERDICT_HPP

// What to think of a run: was the conversation held as the specification says, is what the host
// claims of its copies true, and what are they worth? The judges read what is left of the run and
// take no part in it.

#include "simulator/judge/contents.hpp"
#include "simulator/world/history.hpp"

#include <snapproto/monitor/violation.hpp>

#include <string>
#include <vector>

namespace snapproto::judge {

/// A property that was broken, and at which end it was seen.
struct broken_property {
    std::string seen_at;
    monitor::violation what;
};

/// The judgement of one snapshot.
struct judged_attempt {
    contents found;
    std::string untrue; ///< Why its label claims too much; empty when it does not.
};

struct verdict {
    std::vector<broken_property> conversation;
    std::vector<judged_attempt> attempts; ///< As in the history.
    std::vector<std::string> liveness;    ///< What should have ended and has not.
    std::vector<std::string> identity;    ///< What a restored copy has in common with its original.

    /// Over all attempts.
    [[nodiscard]] worth worst() const noexcept;
    [[nodiscard]] bool claims_are_true() const noexcept;
    /// Everything is as it should be: nobody broke a rule, and no copy is less than it seems.
    [[nodiscard]] bool held() const noexcept;
};

[[nodiscard]] verdict judge(const world::history& run);

/// What a scenario expected and did not get: a sentence for each; empty when all came as foretold.
[[nodiscard]] std::vector<std::string> surprises(const world::history& run, const verdict& made);

} // namespace snapproto::judge

#endif // SNAPPROTO_SIMULATOR_JUDGE_VERDICT_HPP
