// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 33: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> hyperv_33_words() {
    static constexpr std::array<check_words, 18> words{{
        {"33.1/1", "hot_backup, a freeze, a thaw.", "Each reply has 12 bytes.",
         "Write the whole message of 12 bytes, whatever the operation was."},
        {"33.1/2", "The device is opened.", "The first message has 12 bytes.",
         "A registration is as long as any message."},
        {"33.2/1", "hot_backup, freeze and thaw are queued before the first is read.",
         "Three successes, and nothing held.",
         "Take one message with one read; do not empty the queue first."},
        {"33.3/1", "hot_backup, a freeze, a thaw.", "Each reply begins with four bytes of 0.",
         "Write the error over the operation: a reply has no room for both."},
        {"33.3/2", "A freeze of which one filesystem fails.",
         "The error is below 0 as a signed number.",
         "Send an HRESULT such as 0x80004005, never an errno: the host gets the number as it is."},
        {"33.4/1", "A freeze with flags.", "Bytes 4 to 11 come back in the success.",
         "Answer in the buffer of the request and change nothing but its first four bytes."},
        {"33.4/2", "A freeze with flags, of which one filesystem fails.",
         "Bytes 4 to 11 come back in the failure.", "As for a success."},
        {"33.5/1", "The device is opened.", "The first byte is 129.",
         "Register with operation 129; kernels do not count operation 128 any more."},
        {"33.5/2", "Nothing for a while after the registration, then the version, then hot_backup.",
         "Silence until the reply to hot_backup.", "Wait for the version; it is not answered."},
        {"33.5/3", "The version 0xfffffffe, hot_backup.", "A success.",
         "Read four bytes and do not judge the number."},
        {"33.5/4", "A freeze in the place of the version.", "No success, and nothing held.",
         "Serve nothing before the version; start over, or end."},
        {"33.5/5", "The end of the device, the next registration, the version, a freeze, a thaw.",
         "Both succeed.", "Register and read the version after each open of the device, not once."},
        {"33.6/1", "The device is opened.", "Bytes 1 to 11 are 0.",
         "Clear the buffer before you register."},
        {"33.6/2", "hot_backup with flags, the end of the device.",
         "Bytes 1 to 11 of the next registration are 0.",
         "Clear the buffer before each registration, or remains of the last request go out."},
        {"33.7/1", "Freezes that fail with the errnos 128 and 129.",
         "Failures, and no registration.", "Send one number for all failures."},
        {"33.8/1", "On a device without boundaries: the version and hot_backup in one write.",
         "hot_backup succeeds.",
         "Read exactly four bytes for the version. A read of twelve takes the beginning of the "
         "request with it."},
        {"33.8/2", "On a device without boundaries: freeze and thaw in one write.",
         "Two successes, and nothing held.", "Read exactly twelve bytes for each request."},
        {"33.8/3", "On a device without boundaries: 5 bytes of hot_backup, later the other 7.",
         "Silence, then a success.", "Collect bytes until a message is whole."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
