// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_HYPERV_ALPHABET_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_HYPERV_ALPHABET_HPP

// What the generated suites do to a Hyper-V daemon, and the words for what it does then.

#include "conformance/hyperv_kernel.hpp"
#include "conformance/run_context.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::suites {

/// One input of the alphabet. What is said of the guest holds while the daemon deals with the
/// input, and not any longer.
enum class hyperv_input : std::uint8_t {
    freeze,       ///< The operation freeze.
    freeze_none,  ///< The same, and no filesystem of the guest is on a disk.
    freeze_fails, ///< The same, and one filesystem refuses.
    thaw,         ///< The operation thaw.
    thaw_fails,   ///< The same, and one filesystem refuses.
    thaw_hidden,  ///< The same, and another mount lies over one filesystem.
    check,        ///< The operation hot_backup.
    unknown,      ///< An operation that no daemon does.
    reopen,       ///< The device ends; the daemon may open it again.
    wrong_length, ///< A message of five bytes; the daemon may start over.
    terminate, ///< The daemon is told to end; afterwards it is started anew, in the guest as new.
};

/// All of them, in order.
[[nodiscard]] std::vector<hyperv_input> hyperv_alphabet();
/// What they are called: "freeze-fails".
[[nodiscard]] std::vector<std::string> names_of(const std::vector<hyperv_input>& inputs);

/// How many filesystems of the played guest a freeze has to hold.
inline constexpr std::size_t hyperv_filesystems = 3;

/// Gives one input.
///
/// @return the answer and what is held then: "success, 3 held", "failure, nothing held",
///         "registers, nothing held", "ends, 1 held"; "no reply", "closed" and "nonsense" instead
///         of an answer that was due.
/// @throws unreachable when the daemon has ended before
[[nodiscard]] std::string give(run_context& run, hyperv_kernel& kernel, hyperv_input what);

/// An answer with what is held then, as give() has it.
[[nodiscard]] std::string with_held(std::string_view answer, std::size_t held);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_HYPERV_ALPHABET_HPP
