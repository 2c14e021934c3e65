// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_RECORDING_HPP
#define SNAPPROTO_MONITOR_RECORDING_HPP

// What a recording shows of how it was made, for whoever has nothing but the recording.

#include <snapproto/monitor/rules.hpp>
#include <snapproto/trace/record.hpp>

#include <span>

namespace snapproto::monitor {

/// The rules by which a whole recording can be judged: at which end it was made, and whether a
/// provider is in it.
/// @param negotiates the dialect has the abstract Hello on the wire.
[[nodiscard]] inline rules rules_of(std::span<const trace::record> recording, bool negotiates) {
    rules made;
    made.negotiates = negotiates;
    made.records_provider = false;
    bool at_agent = false;
    bool at_orchestrator = false;
    for (const trace::record& one : recording) {
        const bool message =
            one.what == trace::record_kind::sent || one.what == trace::record_kind::received;
        at_agent |= message && one.who == trace::role::agent;
        at_orchestrator |= message && one.who == trace::role::orchestrator;
        made.records_provider |= one.who == trace::role::provider;
    }
    if (at_agent != at_orchestrator) {
        made.seen_from = at_agent ? viewpoint::agent_end : viewpoint::orchestrator_end;
    }
    return made;
}

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_RECORDING_HPP
