// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_BACKING_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_BACKING_HPP

// What lies under a mount point: the superblock, its block device, the file in a loop device; and
// whether that is something that may be frozen at all.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace snapproto::conformance::effects {

/// A mount point is not fit for freezing; what() is a sentence for the user.
class unsuitable : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Where the bytes of a mounted filesystem are.
struct backing {
    std::string mount;                ///< The mount point, as the mount table spells it.
    std::string type;                 ///< ext4, xfs, btrfs ...
    std::string device;               ///< The block device: /dev/loop0.
    bool loop = false;                ///< True when the device is a loop device.
    std::string bytes;                ///< Where they are read: the loop's file, or the device.
    std::optional<std::string> alias; ///< A second mount point of the same superblock.
};

/// What the user allows beyond the safe default.
struct permissions {
    /// Also devices that are no loop devices. Freezing one stops all who write to it, and nobody
    /// but the suite will thaw it.
    bool any_device = false;
};

/// Finds out what is under a mount point.
///
/// Refused are: what is no mount point; what is not on one block device (tmpfs, overlay, network);
/// what holds the running system (the root, this program, its working and temporary directory,
/// files that it has open); and, unless permitted, everything that is no loop device.
/// @throws unsuitable
[[nodiscard]] backing find_backing(const std::string& mount, permissions allowed = {});

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_BACKING_HPP
