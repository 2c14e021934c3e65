// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_THAW_HPP
#define SNAPPROTO_MESSAGE_THAW_HPP

// Out of the hold, and what follows: thaw, complete, recover (SP chapters 7 and 9).

#include <snapproto/core/time.hpp>
#include <snapproto/message/header.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace snapproto {

/// O to A: release everything.
struct thaw_request {
    message_header header;
    cut_outcome outcome = cut_outcome::unknown;

    friend bool operator==(const thaw_request&, const thaw_request&) = default;
};

/// A to O: everything is released, and this is what became of the hold.
struct thawed_report {
    message_header header;
    verdict outcome = verdict::none;
    duration held_for{};
    std::uint32_t released = 0;
    std::vector<std::string> warnings;

    friend bool operator==(const thawed_report&, const thawed_report&) = default;
};

/// O to A: the copy was kept or not; applications may truncate their logs or must not.
struct complete_request {
    message_header header;
    copy_result result = copy_result::unknown;

    friend bool operator==(const complete_request&, const complete_request&) = default;
};

/// A to O: the participants know.
struct completed_report {
    message_header header;

    friend bool operator==(const completed_report&, const completed_report&) = default;
};

/// O to A: let the applications repair the copy while it is writable.
struct recover_request {
    message_header header;
    std::string copy;

    friend bool operator==(const recover_request&, const recover_request&) = default;
};

/// A to O: the copy is repaired.
struct recovered_report {
    message_header header;

    friend bool operator==(const recovered_report&, const recovered_report&) = default;
};

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_THAW_HPP
