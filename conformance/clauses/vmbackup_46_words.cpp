// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 46: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> vmbackup_46_words() {
    static constexpr std::array<check_words, 20> words{{
        {"46.1/1", "Another filesystem, of another type, and a start.",
         "All four filesystems are held.", "Walk the whole mount table; do not choose by type."},
        {"46.1/2", "A filesystem that is mounted read-only, and a start.", "It is not held.",
         "What nobody can write to needs no freeze."},
        {"46.2/1", "A guest without a filesystem on a device, and a start.",
         "A failure is told, and no commit.",
         "A null provider makes a copy that is no better than after a power cut: say so."},
        {"46.3/1", "A start of which the second hook fails.", "No FIFREEZE at all.",
         "Run the hooks first: what they write has to reach the disk."},
        {"46.3/2", "An operation that goes well.",
         "The hooks run with freeze by their names, and with thaw in the reverse order.",
         "What was held last is released first."},
        {"46.4/1", "A start of which the second hook fails.", "It is run with freezeFail.",
         "It may have done half of its work: tell it too."},
        {"46.4/2", "A start, and while frozen an abort.",
         "Both hooks are run with freezeFail, the second one first.",
         "Whatever ends an operation, the hooks must learn of it."},
        {"46.5/1", "An operation that goes well.", "FITHAW in the reverse order of FIFREEZE.",
         "What was held last is released first."},
        {"46.5/2", "A start, another filesystem mounted over /srv, snapshotDone.",
         "Nothing is held at done.", "Keep the descriptor by which you froze, and thaw by it."},
        {"46.5/3", "Somebody else freezes what is mounted read-only; an operation.",
         "It is still frozen.", "Thaw what you froze and nothing else."},
        {"46.6/1", "A start of which the first hook fails.", "The second is not run with freeze.",
         "Stop at the first failure."},
        {"46.7/1", "A start, and twelve seconds of patience.",
         "An event every five seconds, at most one second late.",
         "Send req.keepAlive after 2.5 s without another event."},
        {"46.8/1", "A start, and while frozen the end of the command channel.",
         "Nothing is held soon after.",
         "Nobody can thaw you any more: a channel that ends is an abort."},
        {"46.9/1", "A start, and while frozen SIGTERM.",
         "Nothing is held when the guest has ended.",
         "Handle SIGTERM: thaw, then end. The kernel does not thaw for you."},
        {"46.9/2", "A start, and while frozen SIGTERM.",
         "When done comes nothing is held. Not applicable where none comes.",
         "Release before you say that it is over."},
        {"46.9/3", "SIGTERM while nothing runs.", "The guest ends.", "Do not ignore SIGTERM."},
        {"46.10/1", "A start, /srv refuses to be thawed, snapshotDone.",
         "Only /srv is still held, and a failure is told.",
         "Go on with the others, and tell of the failure."},
        {"46.10/2", "The same, and later /srv does not refuse any more.",
         "Nothing is held some seconds later.", "Try again at a growing distance."},
        {"46.11/1", "A start that fails, and one that does not.", "The second goes well.",
         "Begin each operation as if it were the first."},
        {"46.11/2", "Twenty operations, every fourth given up.", "Nothing is held after any.",
         "Close what you open."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
