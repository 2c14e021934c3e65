// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 22: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_22_words() {
    static constexpr std::array<check_words, 15> words{{
        {"22.1/1",
         "guest-sync with nine integers up to the ends of the range, and with twenty random ones.",
         "Each time exactly that integer.",
         "Return the argument itself, as a 64-bit integer: neither a string, nor an object around "
         "it, nor the last one."},
        {"22.2/1", "guest-sync-delimited with nine integers.",
         "One 0xFF, directly before the opening brace of the reply, and the integer.",
         "Write the byte 0xFF and the reply in one piece, with nothing between them."},
        {"22.3/1",
         "Six guest-sync-delimited that are refused, for a missing, ill-typed or further argument, "
         "each with two pings behind it.",
         "An error and two successes, none of them with a 0xFF.",
         "Decide on the 0xFF when the reply is a success. A flag that is set before the arguments "
         "are checked leaks into the next reply."},
        {"22.3/2",
         "One guest-sync-delimited, then guest-sync and six other requests; then malformed input.",
         "A 0xFF before the first reply and before no other.",
         "The 0xFF belongs to one reply, not to the connection."},
        {"22.4/1",
         "0xFF and guest-sync-delimited on a clean stream, five times, once with a line feed "
         "behind the 0xFF.",
         "At most one error line before the answer; a ping is answered.",
         "A 0xFF with nothing pending may be reported once, or better not at all."},
        {"22.5/1",
         "Nine halves of a guest-ping, cut in strings, escapes, lists and objects; then 0xFF and "
         "guest-sync-delimited.",
         "The answer, with nothing but errors before it.",
         "Drop what is pending at the first 0xFF, whatever state the parser is in."},
        {"22.5/2",
         "Six kinds of garbage (a login prompt, brackets, escape sequences, replies, a greeting of "
         "QMP), then 0xFF and guest-sync-delimited.",
         "At least one error before the answer, and no success.",
         "Lines that look like replies or greetings are no requests: refuse them and go on."},
        {"22.6/1",
         "Six kinds of leftovers from a client that then leaves; the next one sends 0xFF and "
         "guest-sync-delimited.",
         "The answer, with nothing but errors before it.",
         "A new client's 0xFF must clear what the former one left, also the half of a "
         "synchronisation."},
        {"22.6/2",
         "300 guest-info at once from a client that leaves without reading; the next one "
         "synchronises.",
         "The answer within 4 s.",
         "Give a write up when its client goes, and throw away what waits for it."},
        {"22.6/3",
         "Three times a ping and junk from a client that leaves with the reply unread, so that its "
         "socket is reset; the next one synchronises.",
         "The answer each time.",
         "A reset (`ECONNRESET`, `EPIPE`, SIGPIPE) is the end of one client, not of the agent."},
        {"22.7/1",
         "Both synchronisations with ten ids that are no 64-bit integers, and without one.",
         "One GenericError for each, without a 0xFF.",
         "See 21.12 and 21.13: the id of a synchronisation is an argument like others."},
        {"22.8/1",
         "0xFF once, twice, three times, 64 and 5000 times; then requests with 0xFF between them.",
         "At most one error line for each 0xFF; a ping is answered; the requests between are "
         "served.",
         "A 0xFF in the initial state does nothing beside that one line."},
        {"22.9/1", "Pings, synchronisations of both kinds and an unknown command in one write.",
         "Seven replies in the order of the requests; the status is thawed.",
         "Serve synchronisations in the queue like every other command."},
        {"22.9/2", "A ping with an id of 60 000 bytes, then 0xFF and guest-sync-delimited.",
         "The whole reply to the ping, without a 0xFF in it, then the answer.",
         "Finish a reply that is being written. The 0xFF of the client concerns input only."},
        {"22.9/3", "A freeze, then both synchronisations, the status, a thaw.",
         "The ids, `\"frozen\"`, and a filesystem that the kernel still holds.",
         "A synchronisation is not a new session: what is held stays held."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
