// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_IO_HPP
#define SNAPPROTO_ENDPOINT_IO_HPP

// What endpoints ask their surroundings to do.
//
// The one rule of every endpoint: after each call that takes something in, call `poll()` until it
// yields a `deadline`. A time-out that comes too early does nothing.

#include <snapproto/core/time.hpp>
#include <snapproto/message/any_message.hpp>

#include <string>
#include <variant>

namespace snapproto::endpoint {

/// Nothing more to do. Call again when something happens, at the latest at `at`.
struct deadline {
    instant at = never;

    friend constexpr bool operator==(const deadline&, const deadline&) noexcept = default;
};

/// Send a message to the peer.
struct transmit {
    any_message message;
};

/// Find the participants of a transaction, in hold order, and answer with
/// `agent_endpoint::participants_found` or `participants_failed`. Nothing is in work then: the
/// numbers of the former transaction's participants are used no more (SP 14.15).
struct find_participants {
    snapshot_scope scope;
    quiesce_level level = quiesce_level::application;
    bool run_hooks = true;
};

/// What is asked of a participant.
enum class operation : std::uint8_t {
    prepare, ///< Get ready. Answered by prepared or vetoed.
    hold,    ///< Stop changes. Answered by held or vetoed.
    release, ///< Let changes go on. Answered by released, not_held or release_failed.
    finish,  ///< Learn the result. Not answered.
    recover  ///< Repair the copy. Answered by finished or vetoed.
};

/// Have a participant do something, and answer with `agent_endpoint::participant_answered` when it
/// is done.
struct operate {
    participant_index participant = 0;
    operation what = operation::prepare;
    copy_result result = copy_result::unknown;

    friend constexpr bool operator==(const operate&, const operate&) noexcept = default;
};

/// Have an operation in work end soon. It must still be answered, with what really happened.
struct cancel {
    participant_index participant = 0;

    friend constexpr bool operator==(const cancel&, const cancel&) noexcept = default;
};

/// End the channel.
struct close_channel {};

/// End the process: nothing is held any more.
struct exit_process {};

/// Renew the guest's identities and randomness before anything else.
struct reseed {};

/// Something is wrong that the protocol has no message for; a sentence for the log. Not to be
/// written to a held filesystem (SP 6.10).
struct warning {
    std::string_view what;
};

/// What an agent's endpoint yields.
using agent_output = std::variant<deadline, transmit, find_participants, operate, cancel,
                                  close_channel, exit_process, reseed, warning>;

} // namespace snapproto::endpoint

namespace snapproto::detail {
template <>
struct spelling<endpoint::operation> {
    static constexpr auto names =
        std::to_array<std::string_view>({"prepare", "hold", "release", "finish", "recover"});
};
} // namespace snapproto::detail

#endif // SNAPPROTO_ENDPOINT_IO_HPP
