// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 29: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_29_words() {
    static constexpr std::array<check_words, 11> words{{
        {"29.1/1",
         "A writer at work; a freeze, the status, a second freeze; the device's contents at the "
         "reply and 0.3 s later; a thaw.",
         "The same contents both times, and others after the thaw.",
         "Freeze with FIFREEZE and hold it. Flushing is not freezing, and a thaw and a new freeze "
         "in between let writes through."},
        {"29.1/2", "The same on the second freeze target.",
         "The same contents both times, and others after the thaw.",
         "Take the filesystem that was named, not the first of the table."},
        {"29.2/1", "A writer at work, a freeze, a thaw.",
         "The writer stands still from the reply to the thaw and then goes on.",
         "A filesystem that was made read-only fails writers, and one that is only flushed lets "
         "them go on: neither is frozen."},
        {"29.2/2", "A writer on each freeze target, a freeze of all, a thaw.",
         "All of them stand still and then go on; the count is that of the targets.",
         "Hold everything that you count."},
        {"29.3/1", "A writer on the second target; a freeze of the first.", "The writer goes on.",
         "Freeze what the list names and nothing else."},
        {"29.4/1", "A writer at work; a freeze; a copy of the device is examined; a thaw.",
         "The copy needs no recovery of its journal.",
         "FIFREEZE leaves the filesystem clean. Stopping writers or the device does not."},
        {"29.4/2", "The same on the second target.", "The copy needs no recovery of its journal.",
         "See 29.1/2."},
        {"29.5/1", "A writer at work, three rounds of freeze and thaw.",
         "The writer loses no step and goes on after each thaw.",
         "Thaw every filesystem that was counted; do not kill or fail what is blocked."},
        {"29.6/1", "A file is written and not flushed; a freeze; a copy is examined; a thaw.",
         "All of the file is in the copy.",
         "Freezing flushes what was written before. Suspending the device under the filesystem "
         "does not."},
        {"29.7/1",
         "A writer at work; freezes of nothing, of an unknown name, and with wrong arguments.",
         "0 or an error each time, and the writer goes on.", "Roll back before the error is sent."},
        {"29.7/2", "A writer at work; a freeze whose hook fails.",
         "GenericError, and the writer goes on.",
         "Freeze after the hook, never before its result is known."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
