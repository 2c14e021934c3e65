// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_FREEZE_HPP
#define SNAPPROTO_MESSAGE_FREEZE_HPP

// Into the hold: prepare and freeze (SP chapters 4 and 5).

#include <snapproto/core/time.hpp>
#include <snapproto/message/header.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace snapproto {

/// Which filesystems a transaction covers. No list means all that can be frozen; an empty list
/// means none.
struct snapshot_scope {
    std::optional<std::vector<std::string>> mounts;

    friend bool operator==(const snapshot_scope&, const snapshot_scope&) = default;
};

/// One entry of the manifest: what takes part in the transaction.
struct participant_summary {
    std::string name;
    participant_kind kind = participant_kind::filesystem;

    friend bool operator==(const participant_summary&, const participant_summary&) = default;
};

/// O to A: get ready; nothing is held yet.
struct prepare_request {
    message_header header;
    snapshot_scope scope;
    quiesce_level level = quiesce_level::application;
    backup_kind kind = backup_kind::full;
    bool writable_copy = false;
    bool run_hooks = true;
    duration hold_limit{};
    std::string hook_argument;

    friend bool operator==(const prepare_request&, const prepare_request&) = default;
};

/// A to O: every participant is prepared.
struct prepared_report {
    message_header header;
    std::vector<participant_summary> participants;

    friend bool operator==(const prepared_report&, const prepared_report&) = default;
};

/// O to A: hold applications, then filesystems. A limit here only lowers the one in force.
struct freeze_request {
    message_header header;
    std::optional<duration> hold_limit;
    /// Only with implicit prepare: the scope that a prepare would have carried.
    snapshot_scope scope;

    friend bool operator==(const freeze_request&, const freeze_request&) = default;
};

/// A to O: everything in scope is held; the window is open until the deadline.
struct frozen_report {
    message_header header;
    std::uint32_t held = 0;
    instant held_since{};
    instant hold_deadline{};

    friend bool operator==(const frozen_report&, const frozen_report&) = default;
};

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_FREEZE_HPP
