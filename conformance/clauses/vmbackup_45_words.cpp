// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 45: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> vmbackup_45_words() {
    static constexpr std::array<check_words, 22> words{{
        {"45.1/1", "A start.", "The event reset, then the answer, then a commit.",
         "Report that the operation has begun before you answer."},
        {"45.2/1", "A start, and while frozen another.",
         "`ERROR Quiesce operation already in progress.`, and no event.",
         "One operation at a time."},
        {"45.2/2", "A start, and while frozen another.", "Everything stays held.",
         "Refuse before you touch anything."},
        {"45.4/1", "A start.", "When the commit comes everything is held.",
         "Send the commit when the last FIFREEZE has come back."},
        {"45.4/2", "A start, three seconds, snapshotDone.", "One commit.",
         "The host cuts a copy for each."},
        {"45.5/1", "A start, and while frozen snapshotDone.",
         "It is accepted, nothing is held at done, and no failure is told.",
         "Thaw by the descriptors that you froze by."},
        {"45.6/1", "snapshotDone before and after an operation.",
         "`ERROR Error: no quiesce operation in progress` both times.", "Answer by your state."},
        {"45.6/2", "A start, and while frozen two snapshotDone.", "The second is refused.",
         "Leave the frozen state with the first."},
        {"45.7/1", "A start, and while frozen an abort.",
         "It is accepted, one req.aborted comes, and nothing is held at done.",
         "An abort is a thaw without a copy: release everything and tell the hooks."},
        {"45.7/2", "A start, and while frozen two aborts.",
         "Both are accepted, or the second is refused after done; one req.aborted.",
         "Answer a second abort and do nothing more."},
        {"45.7/3", "An abort while nothing runs.",
         "`ERROR Error: no quiesce operation in progress`.", "Answer by your state."},
        {"45.8/1", "A start, whose commit the host refuses.", "Nothing is held at done.",
         "Look at the answer to each event: who refuses the commit sends no snapshotDone."},
        {"45.9/1", "A start with a limit of 4 s, and nothing more.",
         "Nothing is held at done, within 8 s, and a failure is told.",
         "Arm a timer at the start, and undo when it fires."},
        {"45.10/1", "An abort while frozen; a start with a limit of 4 s, and nothing more.",
         "The two req.aborted differ.", "Give the limit a code or a text of its own."},
        {"45.11/1", "A start of which the root filesystem cannot be frozen.",
         "A failure is told, no commit, and nothing is held at done.",
         "Undo what you held when one fails."},
        {"45.11/2", "A start of which the second hook fails.",
         "A failure is told, no commit, and nothing is held at done.",
         "A hook that fails may refuse the snapshot: do not go on without it."},
        {"45.11/3", "A start, somebody thaws /srv, snapshotDone.", "A failure is told before done.",
         "EINVAL from FITHAW says that it was not frozen any more: the copy is not consistent."},
        {"45.12/1", "An operation that goes well, and four seconds.", "One done, at the end.",
         "Stop the timer of the keep-alive with the operation."},
        {"45.12/2", "An operation that goes well.", "At done nothing is held.",
         "Send done when the last release has come back."},
        {"45.13/1", "snapshotCompleted while nothing runs.", "An error.", "Answer by your state."},
        {"45.13/2", "A start, and while frozen snapshotCompleted.",
         "An error, and everything stays held.", "It is not the end of the hold."},
        {"45.18/1", "A start, whose commit the host refuses.",
         "req.error or req.aborted before done.",
         "Whatever made you undo, say so: done alone looks like a success."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
