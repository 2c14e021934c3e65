// SPDX-License-Identifier: BSL-1.0
// What the pages in docs/checks/ say of the checks of hosts of vmbackup: what is done, what passes,
// what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> vmbackup_orchestrator_words() {
    static constexpr std::array<check_words, 30> words{{
        {"12.8/7", "The guest commits after three tenths of the hold limit.",
         "The cut begins after the commit and ends before snapshotDone.",
         "Wait for prov.snapshotCommit; the answer to the start says only that the operation has "
         "begun."},
        {"12.8/8", "Two guests; the second commits after three tenths of the hold limit.",
         "The cut lies inside the hold of both, and the snapshot is consistent.",
         "Collect the commits of all before the cut."},
        {"12.9/5", "Nothing unusual.", "The guest is released within 1 s of the end of the cut.",
         "Send snapshotDone when the snapshot point is fixed, not when the copy has been written."},
        {"12.10/6", "The cut fails.", "The guest is released and the snapshot ends.",
         "Send abort on every way out."},
        {"12.12/10", "The start is refused: Error initializing quiesce operation.",
         "No cut, no claim, and an end.",
         "Look at the answer to the start: ERROR means that no operation runs."},
        {"12.27/12", "The cut fails.", "The snapshot is not claimed to be consistent.",
         "Report the failure of the cut even if the guest did all that it was asked for."},
        {"12.27/13", "Nothing unusual.", "A consistent snapshot, and a guest that is released.",
         "If right tools are not enough for a success, look at the transcript where it ends."},
        {"12.29/13", "The guest answers nothing at all.",
         "The snapshot ends within the patience, without a claim.",
         "Bound every wait, the first reset too."},
        {"12.29/14", "The guest falls silent once it is frozen.",
         "The snapshot ends within the patience, without a claim.",
         "Bound the wait for the answer to snapshotDone, and that for req.done."},
        {"12.29/15", "Every command is answered with messages that are none.",
         "The snapshot ends within the patience, without a claim.",
         "What cannot be read is no answer; end the channel when the answer is late."},
        {"12.29/16", "The guest closes its channel on every command.",
         "The snapshot ends within the patience, without a claim.",
         "Bound how often one snapshot opens a channel."},
        {"40.1/1", "Nothing unusual.", "A strict reader reads every command.",
         "Write a name, one space and the arguments, and nothing behind the last field of the "
         "options."},
        {"40.3/1", "Nothing unusual.", "One answer, 1 or 0, to every event.",
         "Answer req.keepAlive and req.done too."},
        {"41.4/1", "The cut fails where it can be made to.",
         "reset, Capabilities_Register and abort come without arguments.",
         "A guest may refuse an abort for its arguments, and stay frozen."},
        {"47.1/1",
         "The guest lets go during the cut and says req.done; snapshotDone is answered with OK "
         "all the same.",
         "No claim, and an end.",
         "req.done before snapshotDone shows that the guest let go by itself."},
        {"47.1/2", "req.error comes during the cut.", "No claim, and an end.",
         "An operation with req.error has failed, whatever follows."},
        {"47.1/3", "req.writerError comes during the cut.", "No claim, and an end.",
         "An application that failed is a failure of the operation."},
        {"47.1/4", "req.aborted comes during the cut.", "No claim, and an end.",
         "The guest is undoing the operation: discard the copy."},
        {"47.1/5", "The first snapshotDone is refused: unexpected state for quiesce done message.",
         "No claim, a guest that is released, and an end.",
         "A refused snapshotDone says that the hold was over; end the operation by abort."},
        {"47.3/1", "Nothing unusual.",
         "A cut that begins after the commit and ends before snapshotDone.",
         "Wait until the provider says that the snapshot point is fixed."},
        {"47.4/1", "The cut fails.", "abort, and no snapshotDone.",
         "snapshotDone tells the guest that there is a copy; hooks and writers act on it."},
        {"47.5/1", "The guest sends no req.keepAlive, and the cut takes 7 s.", "No claim.",
         "Watch the time since the last event: more than 5 s of silence is suspicious."},
        {"47.6/1",
         "prov.snapshotCommit and req.done come before the start; the right commit comes 2 s "
         "after it.",
         "No cut before the right one, and a consistent snapshot.",
         "Ignore events while no operation runs; they are of a former host's."},
        {"48.1/1", "The cut never ends.",
         "The guest is released within the hold limit and 1 s, no claim, an end.",
         "The guest's 900 s are no hold limit: have a timer of your own."},
        {"48.1/2", "The cut takes 5 s longer than the hold limit.",
         "No claim, and a guest that is released.", "What is cut after the release is discarded."},
        {"48.2/1", "Nothing unusual.", "An abort before the first start.",
         "The host that used the channel before may have died with an operation running."},
        {"48.2/2", "An operation of an earlier host runs; it ends 3 s after its abort.",
         "The start comes after its req.done, and the snapshot is consistent.",
         "When the abort is answered with OK, wait for req.done."},
        {"48.3/1", "The start is not answered.",
         "Nothing more is asked on the channel, and it ends. No claim, nothing left frozen.",
         "End the channel: what comes next on it could be the answer to either command."},
        {"48.3/2", "snapshotDone is neither done nor answered.",
         "Nothing more is asked on the channel, and it ends. No claim, nothing left frozen.",
         "Do not repeat a command on the same channel; open another one and abort there."},
        {"48.3/3", "A second answer to the start comes during the cut.",
         "Nothing more is asked on the channel, and it ends. No claim, nothing left frozen.",
         "An answer that no command waits for means that the channel is one behind."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
