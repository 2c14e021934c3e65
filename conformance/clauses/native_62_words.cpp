// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the native dialect's checks of SP 62 and 63.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> native_62_words() {
    static constexpr std::array<check_words, 15> words{{
        {"62.1/1", "Pings in frames of 65535, 65536 and 65537 bytes, filled up by what is ignored.",
         "Pong, Pong, Nak malformed.", "Count the body without its length."},
        {"62.1/2", "Pings with lists in each other, 7, 8, 9, 1001 and 60001 deep with the message.",
         "Pong up to 8, Nak malformed beyond.",
         "Count the message itself, and stop before you recurse."},
        {"62.1/3", "Pings with lists of 255, 256, 257 and an announced 2^64 - 1 entries.",
         "Pong up to 256, Nak malformed beyond.",
         "Compare the announced count before you reserve room."},
        {"62.1/4", "Hellos of 15, 16 and 17 versions.",
         "Version 1.0 up to 16, Nak malformed beyond.", "Refuse the list as a whole."},
        {"62.1/5", "Aborts with reasons of 4095, 4096 and 4097 bytes.",
         "Aborted up to 4096, Nak malformed beyond.", "Count bytes, not characters."},
        {"62.1/6", "Prepares of 255, 256 and 257 mounts that do not exist.",
         "Another answer than Nak malformed up to 256, and that beyond.",
         "Read the whole scope before you look for its mounts."},
        {"62.3/1", "A Prepare of 256 participants with names of 500 bytes.",
         "Prepared that a reader with the limits reads, with 256 names.",
         "Cut names to 128 bytes: then they always fit."},
        {"62.4/1", "A Prepare with a participant whose name is Latin-1.",
         "Prepared, with a question mark for the byte.",
         "A name is for people: mend it, and do not fail."},
        {"63.1/1", "A Freeze, and the end of the channel.", "Nothing is frozen, in less than 5 s.",
         "Treat the end of the channel as an undo."},
        {"63.1/2", "A Freeze while programs write, and the end of the channel.",
         "The writers go on.", "Thaw when the channel ends, whatever is owed."},
        {"63.2/1", "Half a Ping, a new channel, the other half.", "No answer; a Hello begins anew.",
         "Empty your reader with each channel."},
        {"63.2/2", "A session, a new channel, a Ping of the old session.", "Nak no_session.",
         "A session ends with its channel."},
        {"63.3/1", "A Freeze, and a second channel with a Hello.",
         "The second is served, nothing is frozen, and the first ends.",
         "Take the new channel, and let the former count as lost."},
        {"63.4/1", "A session, 12 s of patience, a Ping.", "Nothing, then Pong.",
         "Send Progress while busy or held only."},
        {"63.5/1", "A Freeze, and silence.",
         "Nothing is frozen when the limit and the tolerance have passed.",
         "Rely on your own hold limit, not on the transport."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
