// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_TOOL_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_TOOL_HPP

// Runs a filesystem's own tool (e2fsck, xfs_logprint, btrfs) on a copy and gives its words.

#include "conformance/time.hpp"

#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance::effects {

struct tool_result {
    int status = 0;     ///< Exit status.
    std::string output; ///< Standard output and error, the first 4 MiB.
};

/// Runs a program to its end. @param words the program, looked for in PATH and the sbin
/// directories, and its arguments. @return absent if there is no such program, or if it did not end
/// by itself within `bound` (it is killed then).
[[nodiscard]] std::optional<tool_result> run_tool(const std::vector<std::string>& words,
                                                  duration bound);

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_TOOL_HPP
