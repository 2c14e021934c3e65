// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_QGA_ALPHABET_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_QGA_ALPHABET_HPP

// What the generated suites do to a QGA agent, and the words for what it answers.

#include "conformance/attach/target.hpp"
#include "conformance/run_context.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::suites {

/// One input of the alphabet.
enum class qga_input : std::uint8_t {
    freeze,            ///< guest-fsfreeze-freeze-list of the first freeze target.
    freeze_both,       ///< The same of the first two.
    freeze_none,       ///< The same of an empty list.
    freeze_unknown,    ///< The same of a mount point that does not exist.
    thaw,              ///< guest-fsfreeze-thaw.
    thaw_args,         ///< The same with an argument that it does not have.
    status,            ///< guest-fsfreeze-status.
    sync,              ///< 0xFF and guest-sync-delimited.
    garbage,           ///< A line that is no request, then `sync`.
    reconnect,         ///< The client goes, another one comes and synchronises.
    freeze_hook_fails, ///< `freeze` with a hook that fails.
    thaw_hook_fails,   ///< `thaw` with a hook that fails.
    limit,             ///< Time passes, longer than any hold limit.
    restart,           ///< The agent is killed and started again with the state it kept.
};

/// What an input is called, and what it needs.
struct qga_input_info {
    qga_input which;
    std::string_view name; ///< "freeze-both"
    std::string_view meaning;
    std::vector<capability> needs;
};

[[nodiscard]] const std::array<qga_input_info, 14>& qga_inputs();

/// The inputs that this target can be given, in order.
///
/// Those that would make a suite last for hours, waiting for a hold limit or for processes to
/// start, are left to targets on virtual time.
[[nodiscard]] std::vector<qga_input> alphabet_for(const target& agent);

[[nodiscard]] std::vector<std::string> names_of(const std::vector<qga_input>& inputs);

/// Gives one input on the context's main connection.
///
/// @return the answer in a few words: "returns 1", "error", "frozen", "in step", "no reply",
///         "closed", "nonsense"; "done" for what is not answered.
[[nodiscard]] std::string give(run_context& run, qga_input what);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_QGA_ALPHABET_HPP
