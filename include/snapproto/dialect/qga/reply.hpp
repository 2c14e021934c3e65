// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_DIALECT_QGA_REPLY_HPP
#define SNAPPROTO_DIALECT_QGA_REPLY_HPP

// A reply as a value: what an agent sends.

#include <snapproto/codec/json_writer.hpp>
#include <snapproto/dialect/qga/wire.hpp>

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace snapproto::qga {

/// The empty object: what guest-ping and commands without a result return.
struct nothing {
    friend constexpr bool operator==(nothing, nothing) noexcept { return true; }
};

/// One entry of guest-info's list.
struct command_entry {
    std::string_view name;
    bool enabled = true;
    bool success_response = true;
};

/// What guest-info returns.
struct agent_info {
    std::string_view version;
    std::span<const command_entry> commands;
};

/// Why a request was not done.
struct error_reply {
    reply_error kind = reply_error::generic;

    /// For people; cut to `desc_bytes_max`.
    std::string_view desc;
};

/// One reply. Borrows its texts.
struct reply {
    /// What is returned, or why nothing is. `raw_json` is for results that have no type here.
    std::variant<nothing, std::int64_t, freeze_state, agent_info, codec::raw_json, error_reply>
        body{};

    /// The request's id, as JSON text.
    codec::raw_json id{};

    /// True when the byte 0xFF goes before the line: for a guest-sync-delimited that succeeded
    /// and for nothing else (SP 22.2, SP 22.3).
    bool delimited = false;
};

} // namespace snapproto::qga

#endif // SNAPPROTO_DIALECT_QGA_REPLY_HPP
