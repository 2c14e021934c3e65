// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_WIRE_HPP
#define SNAPPROTO_DIALECT_QGA_WIRE_HPP

// The words of the QEMU guest agent's protocol, and nothing about what they do.
//
// Source: the QAPI schema of the QEMU guest agent (qga/qapi-schema.json), and its behaviour.

#include <snapproto/codec/scan.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto::qga {

/// The byte that an orchestrator sends to drop what an agent holds of a half request, and that an
/// agent sends directly before the reply to guest-sync-delimited. Valid in no JSON text.
inline constexpr unsigned char sentinel = 0xff;

/// What a request asks for. `unknown` is every name that this binding has no use for; an agent may
/// still have such a command.
enum class verb : std::uint8_t {
    unknown,
    ping,
    sync,
    sync_delimited,
    info,
    freeze_status,
    freeze,
    freeze_list,
    thaw,
    get_fsinfo,
    get_time,
    set_time,
    get_osinfo,
    get_host_name
};

/// The number of verbs, for walks over all of them.
inline constexpr std::size_t verb_count = static_cast<std::size_t>(verb::get_host_name) + 1;

/// What is known of one command.
struct command_shape {
    verb what;
    std::string_view name;

    /// The name of its one argument; empty when it has none.
    std::string_view argument;

    /// What the argument must be, for people.
    std::string_view argument_type;

    /// True when the argument must be there.
    bool argument_required;

    /// True when an agent answers it while frozen (SP 24.11, SP 24.13).
    bool while_frozen;
};

/// All commands, in the order of `verb`.
inline constexpr std::array<command_shape, verb_count> commands{{
    {verb::unknown, "", "", "", false, false},
    {verb::ping, "guest-ping", "", "", false, true},
    {verb::sync, "guest-sync", "id", "an integer of 64 signed bits", true, true},
    {verb::sync_delimited, "guest-sync-delimited", "id", "an integer of 64 signed bits", true,
     true},
    {verb::info, "guest-info", "", "", false, true},
    {verb::freeze_status, "guest-fsfreeze-status", "", "", false, true},
    {verb::freeze, "guest-fsfreeze-freeze", "", "", false, false},
    {verb::freeze_list, "guest-fsfreeze-freeze-list", "mountpoints", "an array of strings", false,
     false},
    {verb::thaw, "guest-fsfreeze-thaw", "", "", false, true},
    {verb::get_fsinfo, "guest-get-fsinfo", "", "", false, false},
    {verb::get_time, "guest-get-time", "", "", false, false},
    {verb::set_time, "guest-set-time", "time", "an integer of 64 signed bits", false, false},
    {verb::get_osinfo, "guest-get-osinfo", "", "", false, false},
    {verb::get_host_name, "guest-get-host-name", "", "", false, false},
}};

/// What is known of a command.
[[nodiscard]] constexpr const command_shape& shape(verb what) noexcept {
    return commands[static_cast<std::size_t>(what)];
}

/// The command's name on the wire; empty for `unknown`.
[[nodiscard]] constexpr std::string_view to_string(verb what) noexcept {
    return shape(what).name;
}

namespace detail {

inline constexpr std::string_view name_prefix = "guest-";
inline constexpr std::size_t slot_count = 32;

/// Where a name stands in the table of names: a number that is another one for each command.
/// @pre the name is longer than the prefix.
[[nodiscard]] constexpr std::size_t slot_of(std::string_view name) noexcept {
    const auto first = static_cast<unsigned char>(name[name_prefix.size()]);
    const auto near_end = static_cast<unsigned char>(name[name.size() - name_prefix.size()]);
    return (6 * name.size() + first + 2U * near_end) % slot_count;
}

inline constexpr std::array<verb, slot_count> verbs_by_slot = [] {
    std::array<verb, slot_count> table{};
    for (const command_shape& command : commands) {
        if (command.what != verb::unknown) {
            table[slot_of(command.name)] = command.what;
        }
    }
    return table;
}();

} // namespace detail

/// The verb of a name. Names are compared whole and with case (SP 21.17).
[[nodiscard]] constexpr verb verb_of(std::string_view name) noexcept {
    const verb found = name.size() > detail::name_prefix.size()
                           ? detail::verbs_by_slot[detail::slot_of(name)]
                           : verb::unknown;
    return codec::detail::equal_text(name, to_string(found)) ? found : verb::unknown;
}

static_assert(
    [] {
        for (const command_shape& command : commands) {
            if (verb_of(command.name) != command.what) {
                return false;
            }
        }
        return true;
    }(),
    "no two commands share a slot");

/// The state that guest-fsfreeze-status tells.
enum class freeze_state : std::uint8_t { thawed, frozen };

[[nodiscard]] constexpr std::string_view to_string(freeze_state state) noexcept {
    return state == freeze_state::frozen ? "frozen" : "thawed";
}

[[nodiscard]] constexpr std::optional<freeze_state> freeze_state_of(
    std::string_view text) noexcept {
    if (text == to_string(freeze_state::frozen)) {
        return freeze_state::frozen;
    }
    return text == to_string(freeze_state::thawed) ? std::optional{freeze_state::thawed}
                                                   : std::nullopt;
}

/// The classes of error replies. QAPI has more; agents send these two.
enum class reply_error : std::uint8_t {
    generic,           ///< everything that is not the other one
    command_not_found, ///< there is no such command, or it is disabled in the present state
    other              ///< a class that this binding does not know
};

[[nodiscard]] constexpr std::string_view to_string(reply_error kind) noexcept {
    return kind == reply_error::command_not_found ? "CommandNotFound" : "GenericError";
}

[[nodiscard]] constexpr reply_error reply_error_of(std::string_view name) noexcept {
    if (name == "GenericError") {
        return reply_error::generic;
    }
    return name == "CommandNotFound" ? reply_error::command_not_found : reply_error::other;
}

/// The members of a request, a reply and an error.
inline constexpr std::string_view member_execute = "execute";
inline constexpr std::string_view member_arguments = "arguments";
inline constexpr std::string_view member_id = "id";
inline constexpr std::string_view member_return = "return";
inline constexpr std::string_view member_error = "error";
inline constexpr std::string_view member_class = "class";
inline constexpr std::string_view member_desc = "desc";

/// The longest `desc` that is sent, in bytes before escaping; longer ones are cut. Six bytes of
/// escape for each still leave an error reply without id below 4096 bytes (SP 20.28).
inline constexpr std::size_t desc_bytes_max = 512;

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_WIRE_HPP
