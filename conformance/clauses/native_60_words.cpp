// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the native dialect's checks of SP 60.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> native_60_words() {
    static constexpr std::array<check_words, 19> words{{
        {"60.1/1", "A Hello and a Ping.", "HelloAck and Pong.",
         "Read four bytes of length, the most significant first, then so many bytes."},
        {"60.2/1", "Two Pings in one frame.", "One Nak malformed.",
         "Refuse what follows the first message of a frame."},
        {"60.3/1", "A Ping, one byte at a time.", "One Pong.",
         "Collect bytes until the frame is complete."},
        {"60.3/2", "Half a length, a second of silence, the rest.", "Nothing, then Pong.",
         "The length may be cut as well."},
        {"60.4/1", "Five Pings in one write.", "Five Pongs in their order.",
         "Go on with what is left behind a frame."},
        {"60.5/1", "A length of 0, and a Ping.", "Nak malformed and Pong.",
         "Refuse it once; the next byte begins a length."},
        {"60.5/2", "A length of more than 65536, and so many bytes that look like Pings.",
         "One Nak malformed; a Ping behind them is answered.", "Count down and store nothing."},
        {"60.5/3", "A line of HTTP, three Pings, a mark, a Ping.",
         "One Nak malformed, then nothing, and behind the mark Pong.",
         "No length begins with such a byte: look for a mark."},
        {"60.5/4", "A length of 1 MiB, some bytes of it, a mark, a Ping.",
         "Nak malformed and Pong.", "Look for a mark while you pass over."},
        {"60.6/1", "A length, a few bytes, a mark, a Ping.", "Pong.",
         "Nine bytes 0xFF end whatever came before."},
        {"60.6/2", "Marks of more than nine bytes, each with a Ping behind it.",
         "Pong, and no other answer.", "Pass over every further 0xFF behind a mark."},
        {"60.6/3", "A Ping with cookie and transaction 2^64 - 1.", "Pong with the same cookie.",
         "Eight bytes 0xFF are a number; nine are a mark."},
        {"60.7/1", "Eight channels with up to 300 bytes of anything, a mark and a Hello on each.",
         "HelloAck and Pong each time.", "A mark works in every state of your reader."},
        {"60.7/2", "The beginning of a frame, a mark and a Hello.",
         "HelloAck, and Pong in the new session.", "Drop what the mark has cut."},
        {"60.8/1", "A Hello twice.", "Each HelloAck stands directly behind a mark.",
         "Send nine bytes 0xFF before HelloAck."},
        {"60.9/1", "The first six bytes of a Ping, a mark, a Ping.",
         "Nothing for the first, Pong for the second.",
         "What a mark cuts has been taken back: refuse nothing."},
        {"60.10/1", "An Abort cut after 4 bytes, after 9, and ten bytes before its end.",
         "No answer in a second, and none when a mark comes.",
         "Wait for the rest; it has no effect until it is there."},
        {"60.11/1", "A Ping, and a frame that holds no message.",
         "Nak malformed with the session, transaction 0 and the Ping's number.",
         "Keep the number of the latest request that could be read."},
        {"60.13/1", "A mark, then a Ping.", "Nine bytes 0xFF, then Pong.",
         "When you have read a mark, send one before what you send next."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
