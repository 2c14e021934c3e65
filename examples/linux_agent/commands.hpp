// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_COMMANDS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_COMMANDS_HPP

// The commands of qemu-ga that hosts use around a snapshot and that freeze nothing: which disks a
// filesystem is on, the clock, and what system this is. Their results have qemu-ga's form
// (qga/qapi-schema.json).

#include <snapproto/dialect/qga/wire.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace snapagent {

/// Those that there are.
inline constexpr std::array further_commands{
    snapproto::qga::verb::get_fsinfo, snapproto::qga::verb::get_time,
    snapproto::qga::verb::set_time, snapproto::qga::verb::get_osinfo,
    snapproto::qga::verb::get_host_name};

/// JSON text, or why there is none.
struct command_result {
    std::string json;
    std::string failure;
};

/// Does it. May wait for disks and clocks.
///
/// @param time_ns of set_time: nanoseconds since 1970; nothing: the hardware clock's time is taken
[[nodiscard]] command_result do_command(snapproto::qga::verb what,
                                        std::optional<std::int64_t> time_ns);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_COMMANDS_HPP
