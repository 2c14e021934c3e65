// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_EFFECTS_IMAGE_HPP
#define SNAPPROTO_CONFORMANCE_EFFECTS_IMAGE_HPP

// The bytes under a filesystem as a snapshot taken now would have them: their digest, a copy of
// them, and what the copy says about itself.
//
// For a loop device the bytes are read from its file, never through the device: the device has a
// page cache, in which changes lie that no snapshot would see, and reading around that cache would
// flush them out and so repair what is to be judged.

#include "conformance/attach/descriptor.hpp"
#include "conformance/attach/freeze_target.hpp"
#include "conformance/time.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace snapproto::conformance::effects {

/// A digest over all bytes of a file or device: 32 hexadecimal digits.
///
/// Blocks of zeros count by their place only, so a hole and written zeros are the same, as they are
/// for a reader of the device. @throws std::runtime_error if it cannot be read.
[[nodiscard]] std::string digest_of(const std::string& path);

/// A private copy in memory, without the blocks of zeros.
///
/// Bounds: at most 1 GiB of data. @throws std::runtime_error if it cannot be read or is larger.
[[nodiscard]] descriptor copy_of(const std::string& path);

/// What kind of filesystem the bytes are, by their own words.
enum class image_type { ext, xfs, btrfs, other };

[[nodiscard]] image_type type_of(int image);

/// True if the ext2/3/4 superblock says that the journal must be replayed ("needs_recovery").
/// Absent if there is no such superblock.
[[nodiscard]] std::optional<bool> ext_needs_recovery(int image);

/// True if the btrfs superblock points to a log tree, which must be replayed.
/// Absent if there is no such superblock.
[[nodiscard]] std::optional<bool> btrfs_needs_replay(int image);

/// Judges a copy: the superblock, and where they are installed the filesystem's own tools.
///
/// ext4 says needs_recovery as long as it is mounted and not frozen. XFS and btrfs come to rest by
/// themselves when nobody writes, and are then clean without a freeze: there the verdict is
/// evidence of a freeze only while a writer is at work.
/// @param image a descriptor as made by copy_of(), or of a file
/// @param bound for each of the tools
[[nodiscard]] copy_report examine(int image, duration bound = std::chrono::seconds(20));

} // namespace snapproto::conformance::effects

#endif // SNAPPROTO_CONFORMANCE_EFFECTS_IMAGE_HPP
