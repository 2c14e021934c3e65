// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNTS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNTS_HPP

// Which filesystems there are to be frozen, and in which order.

#include "descriptor.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapagent {

/// A filesystem that can be frozen, with an open handle on it: the path may lead elsewhere when it
/// is to be thawed, and to look it up may need a filesystem that is frozen by then.
struct filesystem {
    std::string mount_point;
    std::string type;
    std::shared_ptr<const descriptor> handle;
};

/// What a look around has found.
struct filesystems {
    /// In hold order: what lies in a file of another filesystem comes before that one (SP 5.3).
    std::vector<filesystem> found;
    /// Sentences about what is left out although it holds data.
    std::vector<std::string> remarks;
    /// Why those asked for cannot be had; nothing is to be frozen then (SP 24.5).
    std::string refusal;
};

/// Looks at what is mounted now.
///
/// @param wanted  mount points; each filesystem once, by whatever path (SP 24.6, 24.22). Without
///                them all that have a device and can be written.
[[nodiscard]] filesystems find_filesystems(const std::optional<std::vector<std::string>>& wanted);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNTS_HPP
