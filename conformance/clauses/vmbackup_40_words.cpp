// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 40 to 43: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> vmbackup_40_words() {
    static constexpr std::array<check_words, 18> words{{
        {"40.2/1", "ping, reset, an abort, a snapshotDone, and a command that there is not.",
         "Each answer begins with `OK ` or `ERROR `, its space included.",
         "Write the space also where no text follows."},
        {"40.2/2", "reset and ping, three times.", "The answer to each, in order.",
         "Answer once, when the command is done, and take the next one then."},
        {"40.6/1", "Four texts that are no command.", "`ERROR Unknown Command` for each.",
         "Compare whole names, capitals included, and have no default that acts."},
        {"40.6/2", "A start, and while frozen a command that there is not.",
         "`ERROR Unknown Command`, and everything stays held.",
         "What is not known must not end an operation."},
        {"40.7/1", "ping.", "`OK ` and no text.",
         "Answer a ping in every state, and with nothing."},
        {"40.7/2", "reset.", "`OK ATR ` and a name.",
         "The host learns from the name which of the guest's channels it has."},
        {"40.7/3", "A start, and while frozen reset and ping.", "Everything stays held.",
         "A snapshot can reset the channel by itself: keep the operation."},
        {"41.1/1", "`vmbackup.start` and nothing behind it.", "A commit.",
         "Take missing arguments for their defaults."},
        {"41.1/2", "A start with a number and two volumes.", "A commit with /srv held.",
         "The volumes are the rest of the line. Who does not use them holds everything."},
        {"41.2/1", "A start with options of version 1.", "A commit with everything held.",
         "Skip the one space, then read words of four bytes, the most significant first."},
        {"41.3/1", "A snapshotDone with two names.", "It is accepted, and nothing is held at done.",
         "What is named matters to providers alone."},
        {"41.6/1", "A start, and while frozen an abort with an argument.",
         "It is accepted, and nothing is held at done.",
         "Look at the name of a command; an abort must never fail for what follows it."},
        {"42.2/1", "Options of which the last fields are missing, then an ordinary start.",
         "An error, and then a commit.", "Check that each word is there before you take it."},
        {"42.4/1", "Options whose argument has 257 bytes, then an ordinary start.",
         "An error, and then a commit.", "Compare a length with its bound before anything else."},
        {"42.6/1", "Options of version 3.", "`ERROR Incompatible quiesce parameter version`.",
         "Look at the version before you read on."},
        {"43.1/1", "An operation that goes well, and one that is given up.",
         "Each event has a name of the table, a code of 0 to 5 and a text.",
         "`vmbackup.eventSet`, name, code and text, with one space before each."},
        {"43.4/1", "A start.", "The first event is `vmbackup.eventSet reset 0 `.",
         "Write the space before the text always."},
        {"43.5/1", "An operation that goes well, and one that is given up.",
         "Each ends with `vmbackup.eventSet req.done 0 `.",
         "How it went is told by the events before; hosts take another code for no event."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
