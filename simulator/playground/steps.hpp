// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_PLAYGROUND_STEPS_HPP
#define SNAPPROTO_SIMULATOR_PLAYGROUND_STEPS_HPP

// A run as steps that a person goes through: what was told, and where the machines were by then.

#include "simulator/playground/recorder.hpp"
#include "simulator/world/history.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace snapproto::playground {

/// One of them. Changes of state come before what the same event told, for they decided it.
struct step {
    world::ticks at = 0;
    std::string who; ///< An actor, with its number behind it when it is not the first: "agent-2".
    std::string what;
    std::string text;
    std::string to;             ///< Of a message: whom it is for.
    bool lost = false;          ///< Of a message: it never arrives.
    std::string state;          ///< Of a change of state: where the machine is now,
    std::string event;          ///< what brought it there,
    std::string clause;         ///< and which clause demands it.
    std::string moment;         ///< What a fault that is to begin here calls it,
    std::size_t occurrence = 0; ///< and the how manieth of that name it is.
};

/// The steps of a run, but for what repeats without meaning for its snapshots.
/// @param seen the moments that a recorder noted in the same run.
[[nodiscard]] std::vector<step> steps_of(const world::history& run,
                                         const std::vector<moment>& seen);

[[nodiscard]] std::string to_json(const step& from);

} // namespace snapproto::playground

#endif // SNAPPROTO_SIMULATOR_PLAYGROUND_STEPS_HPP
