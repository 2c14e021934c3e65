// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_SUPPORT_JUDGING_HPP
#define SNAPPROTO_FUZZ_SUPPORT_JUDGING_HPP

// The monitors as an oracle: what they say of a recording, without the properties that the other
// side, which here is the input, has to keep.

#include "fuzz/support/target.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace snapproto::fuzz {

/// The recording as `snapcheck trace` reads it.
inline std::string lines_of(const std::vector<trace::record>& recording) {
    std::string lines;
    for (const auto& each : recording) {
        trace::append_jsonl(lines, each);
    }
    return lines;
}

/// Something that an agent's owner does, which the agent itself cannot record.
inline trace::record done_to_agent(trace::record_kind what, instant now) {
    trace::record made;
    made.at = now;
    made.who = trace::role::agent;
    made.what = what;
    made.agent = 0;
    return made;
}

/// Ends the process when the recording breaks a property, unless that is excused:
/// `excuses(violation, recording, all violations)`.
template <class Excuses>
void judge(const std::vector<trace::record>& recording, instant end, const monitor::rules& measures,
           Excuses&& excuses) {
    monitor::all_monitors judges{measures};
    for (const auto& each : recording) {
        judges.observe(each);
    }
    judges.finish(end);
    const auto found = judges.violations();
    for (const auto& one : found) {
        if (excuses(one, recording, found)) {
            continue;
        }
        require(false, "the monitors have nothing to say",
                lines_of(recording) + "SP 18." + std::to_string(one.property) + " at record " +
                    std::to_string(one.record) + ": " + one.sentence);
    }
}

/// Excuses what the orchestrator does, where it is the input and only the agent is tested. SP 18.13
/// is also about what it sends, and 18.26 about what it does when an agent is silent.
struct orchestrator_is_input {
    static constexpr auto its_own = std::to_array<std::uint8_t>({1, 2, 3, 17, 20, 24});

    bool operator()(const monitor::violation& one, const std::vector<trace::record>& recording,
                    const auto&) const {
        const bool sent_by_it = one.record < recording.size() &&
                                recording[one.record].what == trace::record_kind::received;
        return std::find(its_own.begin(), its_own.end(), one.property) != its_own.end() ||
               (one.property == 13 && sent_by_it) ||
               (one.property == 26 && one.governed_by == clause{15, 8});
    }
};

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_SUPPORT_JUDGING_HPP
