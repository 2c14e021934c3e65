// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_DIALECT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_DIALECT_HPP

// The dialects that hosts and agents of a world can speak, and what is different about each.

#include "simulator/world/options.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace snapproto::world {

struct dialect {
    std::string_view name;

    /// The channel carries messages, each once, in its order and as it was sent; otherwise bytes in
    /// pieces. A message can still be lost, whole.
    bool keeps_messages = false;
    /// Messages have one length each, so that one which lost its end is noticed.
    bool knows_lengths = false;
    /// The channel ends with the agent's process; otherwise it is a part of the machine.
    bool ends_with_process = true;
    /// The agent has hooks for applications; otherwise it freezes filesystems alone.
    bool has_hooks = true;
    /// The abstract protocol's Hello is on the wire, so that SP 18.13 can be judged.
    bool negotiates = false;
    /// So are its transactions; otherwise either end makes some up for itself.
    bool has_transactions = false;
    /// A restored copy is told that it is one by the agent's own endpoint.
    bool knows_generations = false;
};

inline constexpr std::array dialects = std::to_array<dialect>({
    {.name = "qga", .ends_with_process = false, .knows_generations = true},
    {.name = "native", .negotiates = true, .has_transactions = true, .knows_generations = true},
    {.name = "hyperv", .keeps_messages = true, .knows_lengths = true, .has_hooks = false},
    {.name = "vmbackup", .keeps_messages = true},
});

/// @pre the name is of one of them.
[[nodiscard]] const dialect& dialect_named(std::string_view name);

/// Whether a kind of fault cannot happen: to the channel of its dialect, or to a Windows guest.
[[nodiscard]] bool is_impossible(const scenario& what, std::string_view fault);

/// Whether its agents hold applications: by hooks of their own, or by the writers of Windows.
[[nodiscard]] bool has_hooks(const scenario& what);

/// Why a scenario cannot be played in its dialect, as a sentence; empty when it can.
[[nodiscard]] std::string unplayable(const scenario& what);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_DIALECT_HPP
