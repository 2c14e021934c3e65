// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_REACH_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_REACH_HPP

// Which filesystems a freeze of everything would reach. Asked before one is ever tried: on a
// machine that is not a sandbox it would take the root filesystem with it.

#include "conformance/attach/capability.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace snapproto::conformance {

/// Whether all that can be frozen in the mount namespace of this process is among these mounts, and
/// if not, what else there is. A second mount of one of them counts as it; a mount that is hidden
/// under a later one does not count, since nobody can open it.
[[nodiscard]] support reaches_only(pid_t process, const std::vector<std::string>& mounts);

/// The same for the text of a mountinfo file and the device numbers ("7:1") of the mounts; for
/// tests.
[[nodiscard]] support reaches_only(std::string_view mountinfo,
                                   const std::vector<std::string>& mounts,
                                   const std::vector<std::string>& devices);

/// Whether a mount in the namespace of this process is hidden under a later one, so that it is in
/// the mount table and cannot be opened.
[[nodiscard]] support has_hidden_mount(pid_t process);
[[nodiscard]] support has_hidden_mount(std::string_view mountinfo);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_REACH_HPP
