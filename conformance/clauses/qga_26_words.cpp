// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 26: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_26_words() {
    static constexpr std::array<check_words, 25> words{{
        {"26.1/1",
         "A freeze with a hook that records its arguments and whether the filesystem is frozen.",
         "One call with the only argument `freeze`, before anything is frozen; held when the reply "
         "comes.",
         "Run the hook first, wait for its end, then freeze."},
        {"26.1/2", "A writer and a hook of 0.4 s; a freeze.",
         "The writer moves while the hook runs, and is blocked after the reply.",
         "Wait for the hook before the first FIFREEZE: applications write while they come to "
         "rest."},
        {"26.2/1", "A freeze of two filesystems and a thaw.",
         "One call with the only argument `thaw`, with nothing frozen any more.",
         "Thaw all filesystems, then run the hook."},
        {"26.2/2", "A writer and a thaw hook of 0.4 s; a freeze and a thaw.",
         "The writer moves while the thaw hook runs.",
         "As above: applications that are woken up have to be able to write."},
        {"26.3/1", "A round with two filesystems and hooks of 0.1 s.",
         "The calls are freeze and thaw, once each, and each has ended when its reply comes.",
         "Call the hook for the round and not for each filesystem, and wait for the process."},
        {"26.3/2", "Three rounds.", "freeze, thaw, freeze, thaw, freeze, thaw.",
         "Look for a flag \"hook has run\" that is never cleared."},
        {"26.3/3", "A round with hooks that print a mebibyte and succeed.",
         "Counts as usual, and both calls.",
         "Read the hook's output while it runs, or send it to a file: a full pipe stops the hook."},
        {"26.4/1", "A freeze with a hook that ends with status 1; then a round with a good hook.",
         "GenericError, thawed, nothing held; then 1 and 1.",
         "Look at the exit status, and give the freeze up before anything is frozen."},
        {"26.4/2", "The same with status 255.", "GenericError, thawed, nothing held; then 1 and 1.",
         "Every status but 0 is a failure; do not take the number for signed."},
        {"26.5/1", "A freeze with a hook that fails.",
         "The hook is called with freeze, then with thaw.",
         "A hook that failed half way has stopped half of the applications. Let it start them "
         "again."},
        {"26.6/1",
         "A round of two filesystems with a thaw hook that ends with status 3; then a round with a "
         "good hook.",
         "GenericError from the thaw, with everything released and thawed; then 2 and 2.",
         "Release first and tell the hook's failure afterwards; do not stay frozen because of it."},
        {"26.7/1", "A freeze of an empty list with a hook.",
         "0, and the calls are freeze and thaw, or none at all.",
         "If the freeze hook has run the thaw hook has to run, whatever was frozen. Best is to run "
         "neither for an empty list."},
        {"26.8/1", "A freeze with a hook of 0.4 s; meanwhile five pings and the status.",
         "The count, five replies in order, `\"frozen\"`, and nothing more.",
         "Keep what arrives while you are busy, and serve it afterwards, once."},
        {"26.9/1",
         "A freeze with a hook that takes longer than the watch: an hour of virtual time, or 2 s.",
         "An error while the hook still runs, and thawed.",
         "Give the hook a limit, kill it when it has passed, and treat that as a failure. On the "
         "real clock a longer limit than the watch cannot be told from none."},
        {"26.10/1", "A freeze whose hook leaves a child of 3 s behind that keeps its output open.",
         "1 within 1.5 s.", "Wait for the process of the hook, not for the end of its output."},
        {"26.11/1", "A freeze with a hook that prints a mebibyte and fails.",
         "GenericError in a line of at most 64 KiB.",
         "Quote only the first kibibyte of the hook's output."},
        {"26.12/1", "guest-fsfreeze-freeze with a mount whose freeze fails, and a hook.",
         "GenericError; the hook was called with freeze and thaw, the latter with nothing frozen.",
         "Rolling back includes the hook, after the filesystems and before the reply."},
        {"26.13/1", "Freezes with wrong arguments, one while frozen, and a thaw with an argument.",
         "The hook is not called for any of them.",
         "Check arguments and state before the hook is started."},
        {"26.13/2", "The agent is started with freeze-list blocked; a freeze.",
         "CommandNotFound, thawed, and no call.",
         "The block list is asked where commands are looked up, before any work."},
        {"26.14/1", "A thaw while thawed.", "No call.",
         "Applications that nobody stopped need not be started. Run the thaw hook only if the "
         "freeze hook has run."},
        {"26.15/1", "A freeze with a hook that is not there; then a round with a good one.",
         "GenericError, thawed, nothing held; then 1 and 1.",
         "A hook that is configured and cannot be started is a failure, not \"no hook\"."},
        {"26.15/2", "The same with a hook without the permission to execute.",
         "GenericError, thawed, nothing held; then 1 and 1.",
         "Report the error of `exec`; do not test for existence only."},
        {"26.15/3", "A freeze with a hook that kills itself; then a round with a good one.",
         "GenericError, thawed, nothing held; then 1 and 1.",
         "`WIFEXITED` has to be asked before `WEXITSTATUS`, which is 0 for many signals."},
        {"26.15/4", "A round of two filesystems with a thaw hook that kills itself.",
         "GenericError from the thaw, with everything released; then 2 and 2.",
         "The same question for the thaw hook."},
        {"26.16/1", "Status, info, ping, synchronisations and connections, thawed and frozen.",
         "The hook is called by the freeze and the thaw around them, and by nothing else.",
         "Only the two commands run hooks."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
