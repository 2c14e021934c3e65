// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/results.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::fleet {

void results::add(const results& other) {
    const auto sum = [&](auto member) { this->*member += other.*member; };
    const auto greatest = [&](auto member) {
        this->*member = std::max(this->*member, other.*member);
    };
    for (const auto member :
         {&results::snapshots, &results::retries, &results::planned, &results::covered,
          &results::overrun, &results::holds_expired, &results::cuts_in_vain,
          &results::messages_lost, &results::host_crashes, &results::inputs, &results::events,
          &results::monitored, &results::violations, &results::digest}) {
        sum(member);
    }
    greatest(&results::longest_queue);
    greatest(&results::longest_at_once);
    greatest(&results::longest_wait);
    greatest(&results::last_end);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        outcomes[i] += other.outcomes[i];
    }
    for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] += other.labels[i];
    }
    for (const auto& [why, count] : other.reasons) {
        reasons[why] += count;
    }
    stopped.add(other.stopped);
    held.add(other.held);
    violated.insert(violated.end(), other.violated.begin(), other.violated.end());
    std::sort(violated.begin(), violated.end());
    violated.resize(std::min(violated.size(), violated_max));
}

void results::violate(std::string what) {
    ++violations;
    if (violated.size() < violated_max) {
        violated.push_back(std::move(what));
    }
}

double results::whole_percent() const noexcept {
    return planned == 0 ? 0.0 : 100.0 * static_cast<double>(covered) / static_cast<double>(planned);
}

} // namespace snapproto::fleet
