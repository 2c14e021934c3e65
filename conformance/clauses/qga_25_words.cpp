// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 25: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_25_words() {
    static constexpr std::array<check_words, 12> words{{
        {"25.1/1", "Four rounds with two filesystems, one, two and one.",
         "The thaw returns 2, 1, 2, 1.", "Count the thaws that succeeded in this call."},
        {"25.2/1", "Writers on two filesystems, a freeze of both, a thaw.",
         "Both writers go on, the kernel holds neither, the status is thawed.",
         "Thaw every filesystem that you froze before you reply, with FITHAW on a descriptor of "
         "that very filesystem."},
        {"25.3/1", "Three thaws while thawed; then a freeze and a thaw.",
         "0 each time and thawed; then 1 and 1.",
         "A thaw while thawed is no error. Clients thaw to be safe when they do not know the "
         "state."},
        {"25.4/1",
         "A freeze of two filesystems; one is thawed from outside; a thaw. Then an undisturbed "
         "round.",
         "1, then 2 and 2.",
         "Count what FITHAW thawed now (EINVAL means: was not frozen). The count of the freeze, "
         "returned again, hides that the copy is worthless."},
        {"25.4/2",
         "A freeze of one filesystem, which is thawed from outside; a thaw. Then an undisturbed "
         "round.",
         "0, then 1 and 1.",
         "As for one of two; with nothing left to thaw you are thawed all the same."},
        {"25.5/1", "A freeze; three thaws with arguments; a thaw without.",
         "GenericError, frozen and held three times; then 1.",
         "Refuse arguments before anything is released."},
        {"25.6/1", "Somebody else holds the first filesystem; a freeze of the second, a thaw.",
         "1, the second released, the first still held.",
         "Remember which filesystems you froze and thaw those. Thawing all that can be reached "
         "ends other people's freezes."},
        {"25.6/2", "Somebody else holds a filesystem; a thaw while thawed.",
         "0, and the filesystem still held.",
         "Without a freeze of your own there is nothing to thaw."},
        {"25.7/1",
         "guest-info, a freeze, a harmless command, a thaw, guest-info and the command again.",
         "Refused in between, enabled and served afterwards as before.",
         "Derive the restriction from the state instead of switching commands off and on; a block "
         "list stays as it was."},
        {"25.8/1", "The agent is started with guest-fsfreeze-thaw blocked; a freeze, a thaw.",
         "The freeze is refused, or the thaw returns 1 and releases.",
         "If thaw is blocked refuse to freeze."},
        {"25.9/1", "A freeze and two thaws.", "1, then 0.", "Clear the count with the first thaw."},
        {"25.9/2", "A freeze; two thaws in one write.", "1, then 0.",
         "Finish the first before the second is looked at."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
