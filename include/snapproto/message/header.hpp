// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MESSAGE_HEADER_HPP
#define SNAPPROTO_MESSAGE_HEADER_HPP

// What every message carries beside its own fields (SP 3.1).

#include <snapproto/core/ids.hpp>

namespace snapproto {

/// Where a message belongs. A dialect that lacks a field leaves it to its completion adapter.
struct message_header {
    session_id session{};
    txn_id txn{};
    sequence_number seq{};

    friend constexpr bool operator==(const message_header&, const message_header&) = default;
};

} // namespace snapproto

#endif // SNAPPROTO_MESSAGE_HEADER_HPP
