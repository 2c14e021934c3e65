// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_SETTINGS_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_SETTINGS_HPP

// What the command line says.

#include <snapproto/core/time.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {

/// How the snapshot point is fixed.
enum class cut_method {
    overlay, ///< The machine goes on in a new file, the old one is the copy.
    backup   ///< A job copies the old state to a new file.
};

/// One machine of the snapshot.
struct machine_settings {
    std::string name;
    std::string agent;               ///< The socket of its guest agent.
    std::string qmp;                 ///< The socket of its monitor.
    std::vector<std::string> disks;  ///< By device, node or qdev; empty: all that can be written.
    std::vector<std::string> mounts; ///< In the guest; empty: all.
};

/// One snapshot.
struct settings {
    std::vector<machine_settings> machines;
    cut_method method = cut_method::overlay;
    std::string into; ///< The folder of new files; empty: beside each image.
    std::string tag;  ///< A part of their names.
    snapproto::consistency wanted = snapproto::consistency::filesystem;
    bool crash_ok = false;      ///< A copy of a guest that cannot be reached is better than none.
    bool keep_degraded = false; ///< So is one whose hold was cut short.
    bool dry_run = false;
    bool json = false;
    bool verbose = false;
    snapproto::duration reach_limit = std::chrono::seconds{5}; ///< For agents and monitors.
    snapproto::duration hold_limit = std::chrono::seconds{10}; ///< From the freeze to the thaw.
    snapproto::duration cut_limit = std::chrono::seconds{10};
    snapproto::duration thaw_limit = std::chrono::seconds{30};
    snapproto::duration settle_limit = std::chrono::seconds{60}; ///< For what went wrong.
};

/// A span as people write it: a number and one of the units ms, s, m and h, without a blank.
/// Errors: `std::runtime_error`, which says what is allowed.
[[nodiscard]] snapproto::duration parse_span(std::string_view text);

/// A span as it can be parsed again: "500ms", "10s".
[[nodiscard]] std::string span_words(snapproto::duration span);

/// A machine as it is described in one word: KEY=VALUE, separated by commas; two commas stand for
/// one in a value. Keys: name, agent, qmp, and disk and mount as often as needed.
/// Errors: `std::runtime_error`, which says what is wrong.
[[nodiscard]] machine_settings parse_machine(std::string_view text);

/// Completes and checks what was said about machines: each has sockets, names differ.
/// Errors: `std::runtime_error`, which says what is wrong.
void check_machines(std::vector<machine_settings>& machines);

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_SETTINGS_HPP
