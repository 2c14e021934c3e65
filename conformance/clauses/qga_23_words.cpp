// SPDX-License-Identifier: BSL-1.0
// What docs/checks/ says of the checks of SP 23: what is done, what passes, what to mend.
#include "conformance/clauses/words.hpp"

#include <array>

namespace snapproto::conformance::clauses {

std::span<const check_words> qga_23_words() {
    static constexpr std::array<check_words, 11> words{{
        {"23.1/1", "guest-info.",
         "An object with a string `version` and an array `supported_commands`, whose entries have "
         "a string `name` and the booleans `enabled` and `success-response`.",
         "A list of plain names is not enough: clients look at `enabled`."},
        {"23.2/1", "guest-info.", "The eight commands that a snapshot needs are listed.",
         "Make the list from the table that commands are looked up in, so that none is forgotten, "
         "guest-info itself included."},
        {"23.2/2",
         "The agent is started with guest-ping on its block list; guest-info and guest-ping.",
         "guest-ping is listed as disabled and refused with CommandNotFound; the status is listed "
         "as enabled.",
         "A blocked command stays in the list, with `enabled` false."},
        {"23.3/1", "Every command out of 22 harmless ones that guest-info lists.",
         "CommandNotFound from those that are disabled and from no other.",
         "Ask the same predicate when a command is served and when it is listed."},
        {"23.4/1", "guest-fsfreeze-status of an agent that was left alone.",
         "The string `\"thawed\"`.",
         "Return the word itself. An object around it has hung clients for good."},
        {"23.5/1",
         "A freeze, the status, the status on a second connection; a thaw, and the same again.",
         "`\"frozen\"` twice, then `\"thawed\"` twice.",
         "The state belongs to the agent, not to the connection, and a thaw has to reset it."},
        {"23.6/1", "A freeze; then the filesystem is thawed from outside; the status.",
         "`\"thawed\"`.",
         "Compare with the kernel when asked, or watch it, instead of a flag that only your own "
         "thaw clears."},
        {"23.7/1", "guest-info and the status, then both ten times.", "The same answers each time.",
         "Asking must not have effects: no counters in guest-info, no state that flips."},
        {"23.7/2", "The same while a filesystem is frozen, then a thaw.",
         "The same answers each time, the filesystem still frozen, and the count of the freeze.",
         "Find out whether a filesystem is frozen without thawing and freezing it again."},
        {"23.8/1", "guest-info.", "All names differ.",
         "If commands come from several tables merge them by name."},
        {"23.9/1", "Harmless commands that guest-info does not list.",
         "CommandNotFound for each; what is absent or disabled is noted.",
         "What is served has to be listed."},
    }};
    return words;
}

} // namespace snapproto::conformance::clauses
