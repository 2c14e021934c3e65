// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the native dialect's checks of SP 61.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> native_61_words() {
    static constexpr std::array<check_words, 22> words{{
        {"61.1/1", "A list, a number and a text as messages.", "Nak malformed each time.",
         "A message is a map."},
        {"61.1/2", "Pings with a text, -1 and false as keys.", "Nak malformed each time.",
         "Keys are unsigned numbers."},
        {"61.2/1", "Pings with numbers and the map's length in longer forms than they need.",
         "Nak malformed each time.", "Compare each head with the shortest one."},
        {"61.2/2", "A map and a text that end with a break.", "Nak malformed each time.",
         "Refuse additional information 31."},
        {"61.2/3", "A Ping with two neighbouring entries exchanged, for each pair.",
         "Nak malformed each time.", "Refuse a key that is not above the one before."},
        {"61.2/4", "A Ping with an entry twice, for each entry.", "Nak malformed each time.",
         "Refuse a key that equals the one before."},
        {"61.2/5", "Pings with a key 64 whose value is not in the deterministic form.",
         "Nak malformed each time.", "Check what you ignore."},
        {"61.3/1",
         "Byte strings, tags, floats, simple values, a break, in a field and in what is ignored.",
         "Nak malformed each time.", "Refuse every type that the dialect does not use."},
        {"61.3/2", "Abort reasons that are no UTF-8, six ways.", "Nak malformed each time.",
         "Check the text, with overlong forms and surrogates."},
        {"61.4/1", "A Ping with an item behind it, and one without its last byte.",
         "Nak malformed each time.", "The frame ends where the map does."},
        {"61.5/1", "Every request without each of its fields.", "Nak malformed each time.",
         "Require each field; there are no defaults."},
        {"61.5/2", "Fields with values of another type, thirteen ways.", "Nak malformed each time.",
         "Check the type; convert nothing."},
        {"61.6/1", "Pings with keys 64, 65, 1000 and 2^64 - 1.", "Pong each time.",
         "Skip the value of a key that you do not know."},
        {"61.6/2", "Pings with keys 5, 24 and 63.", "Nak malformed each time.",
         "Below 64 a key has to be understood."},
        {"61.7/1", "Messages 21, 255 and 2^64 - 1, and one without key 0.",
         "Nak malformed each time.", "Refuse kinds that table 61.1 does not have."},
        {"61.8/1", "Each of the twelve messages of an agent.", "Nak malformed each time.",
         "An agent reads what orchestrators send."},
        {"61.9/1", "A Thaw, a Complete and Prepares with numbers that have no word.",
         "Nak malformed each time.", "Bound each word by its table; map nothing to the nearest."},
        {"61.9/2", "A Hello that wants all 32 capabilities.", "None above bit 6 is granted.",
         "Grant what you know."},
        {"61.10/1", "Versions, capabilities and durations beyond their types.",
         "Nak malformed each time.", "Check before you narrow a number."},
        {"61.11/1", "A Prepare with a limit of 2^63 - 1 ns, and a snapshot.",
         "Prepared; the hold is cut down to what was announced.",
         "Add durations so that they cannot overflow."},
        {"61.12/1", "A whole snapshot with Queries.",
         "Every answer is read by a strict reader, and its fields are true.",
         "Compare your answers with docs/vectors/native.json."},
        {"61.13/1", "A Hello that offers 1.0.", "HelloAck selects 1.0.",
         "Speak version 1.0, whatever else you speak."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
