// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_HELD_HPP
#define SNAPPROTO_CONFORMANCE_HELD_HPP

// What a daemon holds, in words that are the same whether its filesystems are played or real:
// played ones are named by their source, real ones by their mount point.

#include "conformance/attach/played_guest.hpp"
#include "conformance/run_context.hpp"

#include <string>

namespace snapproto::conformance {

/// Ends the check as skipped: it needs a filesystem that fails, or another mount.
[[noreturn]] void skip_for_real_filesystems(run_context& run);

/// What an ordinary freeze has to hold: "/dev/vda1 /dev/vdb1 /dev/vdc1".
/// @param guest the played one; null: the freeze targets are what is frozen.
[[nodiscard]] std::string everything_in(run_context& run, const played_guest* guest);

/// What is held now, in the same order, separated by blanks; "nothing". Skips the check where that
/// cannot be seen.
[[nodiscard]] std::string held_in(run_context& run, const played_guest* guest);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_HELD_HPP
