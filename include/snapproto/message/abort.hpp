// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_ABORT_HPP
#define SNAPPROTO_MESSAGE_ABORT_HPP

// Undoing, and the messages that say that something did not go as asked (SP chapters 3 and 8).

#include <snapproto/message/header.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace snapproto {

/// O to A: undo the transaction; id zero means whatever is running.
struct abort_request {
    message_header header;
    std::string reason;

    friend bool operator==(const abort_request&, const abort_request&) = default;
};

/// A to O: nothing is held for the transaction any more.
struct aborted_report {
    message_header header;

    friend bool operator==(const aborted_report&, const aborted_report&) = default;
};

/// A to O: still alive, still at it. At least one every keep-alive period while busy or held.
struct progress_report {
    message_header header;
    agent_phase phase = agent_phase::off;
    std::uint32_t ordinal = 0;

    friend bool operator==(const progress_report&, const progress_report&) = default;
};

/// A to O: a request failed. Sent after the rollback, except for `stuck`.
struct error_report {
    message_header header;
    agent_phase phase = agent_phase::off;
    verdict reason = verdict::none;
    std::optional<participant_index> participant;
    bool retryable = false;

    friend bool operator==(const error_report&, const error_report&) = default;
};

/// A to O: a request is refused; nothing changed.
struct nak {
    message_header header;
    nak_code code = nak_code::bad_state;
    agent_phase phase = agent_phase::off;

    friend bool operator==(const nak&, const nak&) = default;
};

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_ABORT_HPP
