// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 21: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_21_words() {
    static constexpr std::array<check_words, 29> words{{
        {"21.1/1", "guest-ping without arguments.", "`{\"return\": {}}`.",
         "Success has nothing to tell here: an empty object, neither null nor true nor a text."},
        {"21.2/1",
         "Eight requests, three that succeed and five that are refused, each with an id and "
         "without one.",
         "One reply to each, with `return` or with `error` of the class that the case asks for, "
         "never both or neither. Further members are noted.",
         "Build replies in one place that takes either a value or an error."},
        {"21.3/1",
         "Three commands with twenty ids: numbers at the ends of the range, fractions, strings, "
         "true, false, null, arrays, objects that look like requests.",
         "A success with an equal id for each.",
         "Keep the id as the JSON value it is and write it back. Storing it as a number or as a "
         "string loses the others, and null is an id too."},
        {"21.4/1", "Five requests that are refused, with the same twenty ids.",
         "An error of the right class with an equal id for each.",
         "Read the id before anything else of the request is judged, so that every way to an error "
         "has it."},
        {"21.5/1",
         "Requests with the id `\"before\"` and requests without one in turn, of all eight kinds.",
         "No reply to a request without an id has one.",
         "Reset the id for each request, and leave the member out instead of writing null."},
        {"21.6/1", "Five requests that are refused, and one that is malformed.",
         "Each error is an object with the strings `class` and `desc`.",
         "Neither a bare text nor a code: clients look at `class`, and show `desc`."},
        {"21.7/1", "A command of a name that nobody has, then a ping.",
         "An error of class CommandNotFound; the ping is answered.",
         "Answer unknown commands, with that class: clients tell \"cannot\" from \"failed\" by "
         "it."},
        {"21.7/2",
         "Seven unlikely names, the empty one, commands of QMP and a name of 64 KiB among them.",
         "CommandNotFound for each.",
         "Look names up whole in a table; no special case for an empty name, and no prefix."},
        {"21.8/1", "Four objects without `execute`, and one of them with an id that is an array.",
         "One GenericError for each, with the id where there is one.",
         "Check for the member before you look at its value; the id comes back all the same."},
        {"21.8/2",
         "Eight requests whose `execute` is null, a boolean, a number, an array or an object.",
         "One GenericError for each.", "Check the type; do not convert."},
        {"21.9/1",
         "Seven requests for guest-ping with a member that is not known, in front and behind, also "
         "`Arguments` and `return`.",
         "One GenericError for each.",
         "Go through all members and refuse the first that is not execute, arguments or id."},
        {"21.9/2", "`exec-oob` and `Execute` in the place of `execute`.",
         "One GenericError for each, and nothing is executed.",
         "Out-of-band execution belongs to QMP. Here it is an unknown member."},
        {"21.10/1",
         "Eight requests whose arguments are null, an array, a string, a number or false.",
         "One GenericError for each.", "Accept an object or nothing."},
        {"21.11/1",
         "Eight requests for snapshot commands with an argument that they do not have, also `ID` "
         "for `id`.",
         "One GenericError for each; the status is thawed in the end.",
         "Let each command name the arguments it knows, none for most, and refuse others before it "
         "runs."},
        {"21.11/2",
         "guest-sync without its id, and with ids that are a string, null, true, an array or an "
         "object.",
         "One GenericError for each.",
         "There are no defaults for required arguments and no conversions."},
        {"21.11/3",
         "guest-fsfreeze-freeze-list with a list that is none, with elements that are no strings, "
         "and with an unknown argument.",
         "One GenericError for each, and the status stays thawed.",
         "Check the whole list before the first filesystem or hook is touched. A list of the wrong "
         "type is not \"no list\", which would freeze everything."},
        {"21.12/1",
         "guest-sync with seventeen integers up to both ends of the signed 64-bit range.",
         "Each comes back exactly.",
         "Parse integers as 64-bit integers. A parser that reads numbers as doubles loses the "
         "digits beyond 2^53."},
        {"21.12/2", "guest-sync with eight integers beyond the range.",
         "One GenericError for each.",
         "Check for overflow while reading digits; do not wrap, cut or saturate."},
        {"21.13/1", "guest-sync with `1.0`, `1e0`, `-0.0`, `1e400` and others like them.",
         "One GenericError for each.",
         "A number with a point or an exponent is no integer here, also if its value is whole."},
        {"21.14/1",
         "200 requests of eight kinds in one write, chosen at random, with the ids 0 to 199.",
         "200 replies in that order, each what its request deserves.",
         "One request after the other. A pool of workers needs a queue that puts replies back into "
         "order, errors included."},
        {"21.14/2", "100 such requests, cut at random into pieces of up to 200 bytes.",
         "100 replies in that order.",
         "Look for an edge of a buffer: a request that straddles it is lost or answered twice."},
        {"21.15/1",
         "guest-info and the status; then seven requests that are refused in one write; then both "
         "again.",
         "Errors only, and the same information and status as before.",
         "Judge a request completely before any of it takes effect."},
        {"21.16/1",
         "A new connection that says nothing for 150 ms, or for an hour of virtual time; then a "
         "ping, an unknown command, and silence again.",
         "No byte beside the replies.",
         "Nothing goes to the channel but replies: no greeting, no keep-alive, no log line, no "
         "event."},
        {"21.17/1",
         "Ten names that are nearly those of commands: other case, shortened, lengthened, with "
         "blanks.",
         "CommandNotFound for each.",
         "Compare whole strings, byte by byte; do not trim and do not fold."},
        {"21.18/1", "guest-sync with its three members in all six orders.",
         "The number and the id for each.", "Collect the members first, then look at them."},
        {"21.19/1", "Four commands without arguments and with an empty object for them.",
         "The same result both times.", "Treat an empty object and an absent member alike."},
        {"21.20/1", "A ping and an unknown command with an id of 64 KiB.",
         "The id comes back whole, with the success and with the error.",
         "Write until everything is written: one `write` may take only a part."},
        {"21.21/1", "Five requests that are refused.", "`desc` is not empty; the wording is noted.",
         "Say in a sentence what was wrong, for the people who read the log."},
        {"21.22/1", "guest-info.",
         "No snapshot command has `success-response` false; which others have is noted.",
         "Only commands that end the guest or put it to sleep may stay silent after success."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
