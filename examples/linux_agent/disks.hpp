// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_DISKS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_DISKS_HPP

// Which disks of the virtual machine a block device lies on, and where the host has put them.

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace snapagent {

/// Where a host finds a disk among those it gave the machine. What is not known is -1.
struct disk {
    std::string device;          ///< "/dev/vda1": what the filesystem, or the device above, uses
    std::string bus = "unknown"; ///< a word of qemu-ga's GuestDiskBusType
    struct {
        int domain = -1, bus = -1, slot = -1, function = -1;
    } pci{};
    int channel = 0; ///< of SCSI; 0 for others
    int target = 0;
    int unit = 0;
};

/// The disks below a block device: of what device-mapper or md makes of several, all of them.
[[nodiscard]] std::vector<disk> disks_of(dev_t device);

/// What the path of a device in /sys/devices says of it.
[[nodiscard]] disk disk_at(std::string_view sysfs_path);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_DISKS_HPP
