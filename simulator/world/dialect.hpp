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
    std::string_view meaning; ///< Who speaks it, and how.

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
    {.name = "qga",
     .meaning = "QEMU's guest agent: lines of JSON on a serial port, each with its reply",
     .ends_with_process = false,
     .knows_generations = true},
    {.name = "native",
     .meaning = "the specification's own: numbered frames, with transactions and signs of life",
     .negotiates = true,
     .has_transactions = true,
     .knows_generations = true},
    {.name = "hyperv",
     .meaning = "Hyper-V and Linux' hv_vss_daemon: short records of a device, each with its answer",
     .keeps_messages = true,
     .knows_lengths = true,
     .has_hooks = false},
    {.name = "vmbackup",
     .meaning = "VMware's hosts and Tools: commands one way, events of the guest the other",
     .keeps_messages = true},
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
