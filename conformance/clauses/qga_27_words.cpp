// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 27: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_27_words() {
    static constexpr std::array<check_words, 23> words{{
        {"27.1/1",
         "A freeze with a hook of 0.4 s from a client that leaves meanwhile; the next one "
         "synchronises, asks the status, thaws.",
         "In step; a status that the kernel agrees with; a thaw whose count goes with it; thawed.",
         "Finish or undo the freeze when its client has gone, and keep on reading. A reply that "
         "cannot be sent is dropped."},
        {"27.1/2",
         "A freeze with 2000 names of one filesystem from a client that leaves at once; then as "
         "above.",
         "In step; a status that the kernel agrees with; a thaw whose count goes with it; thawed.",
         "A failed write of the reply must not lose the state: the filesystem is frozen, whoever "
         "is told."},
        {"27.1/3", "A freeze from a client that leaves with the reply unread; then as above.",
         "In step; a status that the kernel agrees with; a thaw whose count goes with it; thawed.",
         "A socket that is closed with bytes unread is reset. Handle ECONNRESET as the end of a "
         "client."},
        {"27.2/1", "A freeze; its client leaves; the next one as above, 200 ms later.",
         "In step; a status that the kernel agrees with; a thaw whose count goes with it; thawed.",
         "The hold does not belong to the connection. Whether you keep it or thaw, the status has "
         "to say which."},
        {"27.3/1", "Two clients with five pings each, every ping with an id that names its sender.",
         "Each gets the replies to its own pings, in order, and nothing else.",
         "A buffer and a parser for each client, and a reply goes to the client that asked."},
        {"27.4/1",
         "A second client sends a ping while the first is connected; then the first leaves.",
         "The second is refused, served at once, or served when the first has gone; which is "
         "noted.",
         "A client that was accepted has to be read at some time: do not leave it in the backlog "
         "for ever."},
        {"27.5/1",
         "A freeze with a hook of 0.4 s and twenty guest-info from a client that leaves; the next "
         "one listens, then pings.",
         "Silence before the first request, then the reply to it.",
         "Throw away what is owed to a client that has gone."},
        {"27.6/1", "A freeze, then SIGTERM.",
         "Either it has gone and nothing is frozen, or it stays, tells the truth, and thaws.",
         "Thaw in the handler's wake before you exit, or ignore the signal while frozen."},
        {"27.7/1", "A freeze, then SIGTERM.",
         "Everything is released and the process has ended within 2 s.",
         "Remember the request, thaw, then end. One that is ignored is forgotten, and somebody "
         "will use SIGKILL next."},
        {"27.8/1", "A freeze with a hook of 0.5 s; SIGTERM meanwhile.",
         "Either the freeze fails and nothing is held, or it succeeds and the agent stays, frozen, "
         "until the thaw.",
         "Look at the request to end before the reply is sent: a success that is undone at once is "
         "worse than an error."},
        {"27.9/1",
         "A freeze of two filesystems, SIGKILL, a start with the same state directory; the status, "
         "a thaw; one more round.",
         "`\"frozen\"`, both held, 2; then 1 and 1.",
         "Record the freeze on a filesystem that is not frozen, before freezing, and read the "
         "record at start."},
        {"27.9/2", "A freeze, SIGKILL, a start; guest-info, a freeze, a thaw.",
         "Exactly the allow-list is enabled; the freeze is refused or returns 1; the thaw returns "
         "1.",
         "The restriction follows from the state that was read, not from the freeze command."},
        {"27.10/1",
         "A freeze of two filesystems, SIGKILL, a start without the state directory; a thaw.",
         "2, and thawed.",
         "Without a record try every filesystem: FITHAW of one that is not frozen does no harm."},
        {"27.11/1",
         "A freeze, SIGKILL, a thaw from outside, a start with the record that is now wrong; a "
         "thaw; one more round.",
         "0, then 1 and 1.",
         "Compare the record with the kernel. A guest that was rebooted has a record and nothing "
         "frozen."},
        {"27.12/1",
         "Two rounds with state directory, log and pid file on the filesystem that is frozen.",
         "Counts and status as usual.",
         "While frozen write nothing: keep the log in memory, and write the record before the "
         "freeze."},
        {"27.12/2", "The same with SIGKILL and a start while frozen.",
         "Frozen, and 1 from the thaw.",
         "At start open nothing for writing before you know that it is not frozen."},
        {"27.13/1", "SIGTERM while thawed.", "The process ends within 5 s.",
         "Install no handler that only sets a flag which nobody reads while waiting."},
        {"27.13/2", "A freeze, a thaw, SIGTERM.", "The process ends within 5 s.",
         "Undo after the thaw whatever kept the signal off while frozen."},
        {"27.14/1", "A ping and the status, then the sending side is closed.",
         "Both replies, then the end of the connection within 2 s.",
         "End of file on reading means \"no more requests\", not \"no more replies\"."},
        {"27.14/2", "A freeze, then the sending side is closed; the next client asks and thaws.",
         "1 for the freeze; frozen, and 1 from the thaw of the next one.",
         "Serve what was complete before the end of file, and do not thaw because of it."},
        {"27.15/1", "Twenty clients that connect and leave without a word; the status.", "Thawed.",
         "Close descriptors, and take an empty read for what it is."},
        {"27.16/1", "A freeze, SIGKILL, a start without the record; the status, a freeze, a thaw.",
         "`\"frozen\"`; thawed in the end.",
         "Ask the kernel for the status when there is no record."},
        {"27.17/1",
         "A freeze; 20 000 guest-info from a client that never reads and then leaves; the next one "
         "synchronises and thaws.",
         "In step, and 1 from the thaw.",
         "A write that blocks must not stop everything: give up when the client has gone, and "
         "bound what is kept for it."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
