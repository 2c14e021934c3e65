// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 24: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_24_words() {
    static constexpr std::array<check_words, 35> words{{
        {"24.1/1", "A freeze-list with the first freeze target, the status, a thaw.",
         "1, `\"frozen\"`, a filesystem that the kernel holds, 1 and `\"thawed\"`.",
         "Freeze before you reply (FIFREEZE on Linux), count what succeeded, and keep the count "
         "for nothing but comparison."},
        {"24.1/2", "A freeze-list with both freeze targets, the status, a thaw.",
         "2, `\"frozen\"`, both held by the kernel, 2.",
         "Go through the whole list, and count every filesystem that is held."},
        {"24.2/1", "guest-fsfreeze-freeze, the status, a thaw.",
         "The number of filesystems in the test's mount namespace, each counted once and held; the "
         "thaw returns the same.",
         "Count filesystems (device numbers), not lines of the mount table; a bind mount is no "
         "filesystem of its own."},
        {"24.2/2", "guest-fsfreeze-freeze-list without a list.",
         "The same as guest-fsfreeze-freeze.",
         "An omitted list means everything; only an empty one means nothing."},
        {"24.3/1", "A freeze-list with an empty list, the status, a thaw.", "0, `\"thawed\"`, 0.",
         "Tell an empty list from an absent one where arguments are decoded."},
        {"24.4/1",
         "Freezes of unknown mount points, of an empty name, of 3000 letters and of a name outside "
         "of ASCII.",
         "0 or an error, `\"thawed\"`, nothing held.", "Count what is frozen, not what is named."},
        {"24.4/2",
         "Freezes of six names that are nearly the mount point: shortened, lengthened, without its "
         "slash, with a blank or a line feed.",
         "0 or an error, `\"thawed\"`, nothing held.", "Compare mount points whole."},
        {"24.5/1", "Freezes of an unknown mount point alone and together with a known one.",
         "An error each time, `\"thawed\"`.",
         "Look all names up before anything is frozen, and refuse the list if one is unknown: a "
         "typing error should not make a copy inconsistent in silence."},
        {"24.6/1", "A freeze of one mount point named three times, a thaw.", "1 and 1.",
         "Make a set of the filesystems first. A second freeze of the same one would fail with "
         "EBUSY, or count twice."},
        {"24.7/1", "A freeze of the second path of a filesystem that is mounted twice.",
         "1, frozen and held; or 0 or an error, thawed and not held.",
         "Use the same key (the filesystem, not the path) for counting, freezing and the status."},
        {"24.7/2", "A freeze of both paths of one filesystem.", "1, held once; the thaw returns 1.",
         "As for a name given twice: two paths of one filesystem are one."},
        {"24.7/3",
         "Freezes of the mount point with a slash more in front, behind, or with a dot, alone and "
         "together with the exact name.",
         "Either frozen and counted, or neither, each time.",
         "Normalise names once, before they are used, or not at all."},
        {"24.8/1",
         "A freeze of nothing, one of a filesystem, and one with an ill-typed list, with the "
         "status after each.",
         "Thawed after 0 and after the error, frozen after 1.",
         "Set the state by the count of what is held, after the work has been done."},
        {"24.8/2", "Somebody else freezes the filesystem; then a freeze of it, the status, a thaw.",
         "A count or an error, and a status that goes with it: frozen for a positive count, thawed "
         "otherwise.",
         "EBUSY means that somebody else holds it. Whether you count it or not, count and state "
         "have to be one story."},
        {"24.9/1",
         "A freeze of the first target; then, while frozen, freezes of the other one, of the same, "
         "of both and of nothing.",
         "Answers each time, `\"frozen\"`, the first held and the second not; the thaw returns 1.",
         "Refuse a second freeze before it does anything, and do not touch the list of what is "
         "held."},
        {"24.9/2",
         "A freeze of one target; then guest-fsfreeze-freeze and a freeze-list without a list.",
         "An error or the former count, nothing more held, and 1 from the thaw.",
         "The same guard belongs in front of both freeze commands."},
        {"24.9/3", "A writer at work, a freeze, five more freezes.",
         "The writer makes no step until the thaw, and goes on after it.",
         "Do not thaw and freeze again to \"refresh\" a freeze."},
        {"24.10/1", "Two freezes of one filesystem, a thaw.",
         "The second is an error, or 1 like the first; the thaw returns 1.",
         "Return the count that you have, or refuse; 0 or a new count would tell the client that "
         "its freeze is gone."},
        {"24.10/2",
         "With one and then with two filesystems held, freeze-lists of one, of the other, of both, "
         "of nothing and of an unknown name, the status after each; a thaw.",
         "An error each time, or the count of the first freeze; `\"frozen\"`; the count of the "
         "first "
         "freeze.",
         "Look at the state before you look at the list."},
        {"24.11/1",
         "A freeze; then every command that guest-info lists and that is not on the allow-list, as "
         "far as it is safe to try.",
         "CommandNotFound for each; the thaw returns 1.",
         "Check the allow-list where commands are looked up, so that a new command is refused "
         "until it is added."},
        {"24.11/2",
         "A freeze of one target; guest-file-open for writing on the other one; a thaw; "
         "guest-file-open for reading.",
         "Refused while frozen, and the file is not there afterwards.",
         "Refuse before the command runs."},
        {"24.12/1", "guest-info before a freeze and while frozen.",
         "While frozen exactly the allow-list is enabled, and the list is as long as before.",
         "guest-info and the look-up of commands have to ask the same function."},
        {"24.13/1", "A freeze; then ping, info, both synchronisations, the status, a thaw.",
         "Each works as it does when thawed.",
         "Do not refuse more than must be: monitoring pings, and a client that has lost its way "
         "needs the rest to thaw."},
        {"24.14/1",
         "The agent is started with a mount whose freeze fails; guest-fsfreeze-freeze, the status; "
         "then a freeze of one target.",
         "GenericError and thawed, nothing held; the next round works.",
         "When one freeze fails thaw what was frozen before it, then reply."},
        {"24.15/1",
         "Seven freeze-lists with elements that are no strings, or with an argument that is not "
         "known.",
         "GenericError for each, thawed, nothing held.",
         "Decode the whole list into strings before anything is frozen."},
        {"24.15/2", "Five freeze-lists whose list is none, and guest-fsfreeze-freeze with a list.",
         "GenericError for each, thawed, nothing held.",
         "A value of the wrong type is not an absent one; that mistake freezes everything."},
        {"24.16/1", "Freeze, status, thaw and status in one write, a line each.",
         "1, `\"frozen\"`, 1, `\"thawed\"`.",
         "Do not look at a request before the one ahead of it has been answered."},
        {"24.16/2", "The same four without anything between them.", "The same four answers.",
         "Both the order of work and the framing by brackets are needed here; see 20.3/1 and "
         "24.16/1."},
        {"24.17/1", "Freezes of `/proc`, alone and together with a freeze target.",
         "0 or an error for the first; for the second 1, or an error with nothing held.",
         "EOPNOTSUPP is not success: do not count what cannot be frozen."},
        {"24.18/1", "guest-fsfreeze-freeze where the image of one filesystem lies on another one.",
         "All are counted and held within 5 s, and thawed.",
         "Freeze in reverse order of mounting, or by dependency: a frozen lower filesystem makes "
         "the upper one's freeze wait for ever."},
        {"24.19/1", "The same, with the lower filesystem mounted a second time, later.",
         "All are counted and held within 5 s, and thawed.",
         "Order filesystems by their first mount, and visit each of them once."},
        {"24.20/1", "Freezes of a known and an unknown mount point, in both orders.",
         "Both refused with nothing held, or both count 1.",
         "Decide about unknown names before the first freeze, not on the way."},
        {"24.21/1", "guest-fsfreeze-freeze with a mount hidden under another one.",
         "A positive count, and thawed after the thaw.",
         "Opening a hidden mount point leads to the filesystem above it, or nowhere. Compare "
         "device numbers, and pass over what cannot be reached."},
        {"24.22/1",
         "Freezes of the mount point with a slash at its end, before and after one by its exact "
         "name.",
         "The same answer both times, and one story of count, status and kernel.",
         "Whether you recognise it must not depend on what was cached."},
        {"24.23/1", "Five rounds of freeze and thaw.", "1 and 1 in every round, held in between.",
         "Look for what a round leaves behind: descriptors, a flag, a list that is appended to."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
