// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 28: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_28_words() {
    static constexpr std::array<check_words, 15> words{{
        {"28.1/1", "A freeze; then three times each command of the allow-list but thaw.",
         "Each is answered within 1 s.",
         "Touch no frozen filesystem while frozen: name look-ups, logs and configuration files "
         "wait for the thaw."},
        {"28.2/1", "A freeze that nobody thaws, watched for two hours of virtual time, or 2 s.",
         "Released by the agent; then thawed, 0 from a thaw, and a round that works.",
         "Set a timer with the freeze and thaw when it fires. On the real clock a longer limit "
         "than the watch cannot be told from none."},
        {"28.3/1", "A freeze, SIGKILL, and the same watch.", "Released without the agent.",
         "A second process, or a descriptor whose close thaws, has to outlive the agent."},
        {"28.4/1",
         "Twice a string, a list, brackets and nested objects of up to 1 MiB that never end, each "
         "with 0xFF behind it.",
         "Every synchronisation and ping is answered; thawed in the end.",
         "Bound what one message may take, and free it at the 0xFF."},
        {"28.4/2", "The same, four rounds, with the agent's memory read before and after.",
         "It grows by less than half of what was sent.",
         "Free the parser's buffers and tokens when input is dropped."},
        {"28.4/3",
         "A request of half a million elements that is left open, with the agent's memory read "
         "meanwhile.",
         "Less than 512 MiB for 1 MiB of text.",
         "Keep tokens small, or parse while reading; a heap object for each comma is too much."},
        {"28.5/1", "A freeze with a hook of 1.5 s; the status on a second connection meanwhile.",
         "An answer within 1 s, and 1 for the freeze.",
         "Run hook and freeze beside the loop that reads, not in it."},
        {"28.6/1", "A freeze of an idle filesystem.", "1 within 30 s.",
         "Nothing but the kernel should be waited for."},
        {"28.7/1", "A freeze and a thaw.", "1 within 30 s.",
         "No pause belongs in a thaw; what the applications need is up to the hook."},
        {"28.8/1", "A thousand pings with ids, one after the other.",
         "A thousand replies, each with its id, each within 5 s.",
         "Look for what runs out: descriptors, a counter of one byte, memory."},
        {"28.8/2", "A thousand pings with ids in one write.", "A thousand replies in order.",
         "Read on when replies have been sent, and let the client wait instead of dropping "
         "requests."},
        {"28.8/3",
         "Six thousand requests of five kinds, with the agent's memory read after the first two "
         "thousand and at the end.",
         "It grows by at most 100 bytes for each request.",
         "Free requests, replies and errors. History that is kept \"for debugging\" needs a "
         "bound."},
        {"28.9/1", "A ping with an id of 3.4 MiB of text outside of ASCII.",
         "No line of reply is longer than 10 MiB.",
         "Refuse ids beyond a limit, or write text as UTF-8 instead of escapes of six bytes."},
        {"28.10/1", "Nothing, for 2 s, without a client.", "Less than 1 % of the processor.",
         "Wait in `poll` without a time-out instead of looking again and again. A virtio port "
         "without a host is always readable: wait for the host to come."},
        {"28.10/2", "Nothing, for 2 s, with a client that is silent.",
         "Less than 1 % of the processor.",
         "A read that returns 0 or EAGAIN must not be tried again at once."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
