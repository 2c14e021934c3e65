// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_DISKS_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_DISKS_HPP

// A machine's disks, the files that a snapshot of them makes, and the commands for it. Pure: what
// QEMU has said goes in, what it is to be told comes out.

#include "settings.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snaptake {

/// A disk of a machine.
struct disk {
    std::string device; ///< By -drive; empty for one by -blockdev and -device.
    std::string node;   ///< Its node in QEMU's graph.
    std::string qdev;   ///< The emulated device: an id or a path.
    std::string image;  ///< Where its data is: a path, or what QEMU calls a file name.
    std::string format; ///< Of the image.
    std::uint64_t bytes = 0;

    /// How people and QEMU's older commands call it.
    [[nodiscard]] const std::string& name() const { return device.empty() ? node : device; }
};

/// What query-block says.
struct found_disks {
    std::vector<disk> disks;
    std::vector<std::string> remarks; ///< What is left out, and why.
};

/// The disks that a snapshot is about.
/// @param reply   what query-block returned
/// @param wanted  their names by device, node or qdev; empty: all that can be written
/// Errors: `std::runtime_error`: no disk, one that is not there or not to be written, a reply that
/// is none.
[[nodiscard]] found_disks find_disks(const boost::json::value& reply,
                                     const std::vector<std::string>& wanted);

/// What is known of a file of the snapshot.
enum class file_state {
    absent,  ///< It was never made.
    made,    ///< It is there, and complete.
    removed, ///< It was there and is no more.
    left,    ///< It is there, and should not be.
    unknown  ///< Nobody answers who could tell.
};

[[nodiscard]] std::string_view name(file_state what) noexcept;

/// One disk's part in a snapshot.
struct disk_copy {
    disk of;
    std::string file; ///< The new one.
    std::string node; ///< And its node.
    std::string job;  ///< That makes an overlay, or a backup.
    file_state state = file_state::absent;
    std::string trouble; ///< Why it is not as it should be.

    /// The file that has the state of the snapshot point, once all went well.
    [[nodiscard]] const std::string& copy(cut_method how) const {
        return how == cut_method::overlay ? of.image : file;
    }
};

/// Names the files of a snapshot: beside each image, or in the folder that the settings name.
/// @param prefix  of their names: the machine's, where there are several
/// Errors: `std::runtime_error`: an image that is no plain file has no "beside".
[[nodiscard]] std::vector<disk_copy> plan_copies(const std::vector<disk>& disks,
                                                 const settings& how, const std::string& prefix);

/// The arguments of the `transaction` that fixes the snapshot point of all these disks.
[[nodiscard]] boost::json::object cut_arguments(const std::vector<disk_copy>& copies,
                                                cut_method how);

/// The arguments of the `blockdev-add` that opens the target of a backup.
[[nodiscard]] boost::json::object target_arguments(const disk_copy& one);

/// The arguments of the `blockdev-create` that makes the file of an overlay, of the `blockdev-add`
/// that opens it, and of the `blockdev-create` that then makes an image of it.
[[nodiscard]] boost::json::object overlay_file_arguments(const disk_copy& one);
[[nodiscard]] boost::json::object overlay_node_arguments(const disk_copy& one);
[[nodiscard]] boost::json::object overlay_image_arguments(const disk_copy& one);

/// True if the reply to query-block has a disk that is written to this file, or has it below.
[[nodiscard]] bool is_in_use(const boost::json::value& reply, const std::string& file);

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_DISKS_HPP
