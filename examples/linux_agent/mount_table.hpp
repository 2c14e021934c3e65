// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNT_TABLE_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNT_TABLE_HPP

// What is mounted, as the kernel lists it.

#include <sys/types.h>

#include <string>
#include <vector>

namespace snapagent {

/// One line of /proc/self/mountinfo (proc(5)).
struct mount_line {
    unsigned long long id = 0;
    dev_t device = 0;
    std::string mount_point;
    bool writable = false;
    std::string type;
    std::string source;

    /// It has a device of this machine: what is shared with others is neither ours to freeze nor
    /// on a disk of the virtual machine.
    [[nodiscard]] bool on_own_device() const;
};

/// All lines, in the order in which they were mounted.
[[nodiscard]] std::vector<mount_line> mount_table();

/// btrfs shows an anonymous device for each subvolume.
[[nodiscard]] bool same_filesystem(const mount_line& a, const mount_line& b);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_MOUNT_TABLE_HPP
