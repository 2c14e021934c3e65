// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/backing.hpp"

#include "conformance/effects/file_writer.hpp"
#include "conformance/peers/mount_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace snapproto::conformance::effects {
namespace {

namespace fs = std::filesystem;
using peers::mount_entry;

constexpr unsigned loop_major = 7;

[[noreturn]] void refuse(const std::string& mount, const std::string& why) {
    throw unsuitable(mount + " cannot be a freeze target: " + why);
}

/// The mount that a path leads to: of several on one point, the last hides the others.
const mount_entry& find_entry(const std::vector<mount_entry>& table, const std::string& mount) {
    const auto found = std::find_if(table.rbegin(), table.rend(), [&](const mount_entry& entry) {
        return entry.mount_point == mount;
    });
    if (found == table.rend())
        refuse(mount, "it is not a mount point (the mount table has no such line)");
    return *found;
}

bool same_superblock(const mount_entry& one, const mount_entry& other) {
    return one.device_major == other.device_major && one.device_minor == other.device_minor;
}

/// The system must not freeze the ground that it stands on.
void refuse_if_system(const std::string& mount, dev_t superblock) {
    const auto holds = [&](const std::string& path) {
        struct stat seen {};
        return ::stat(path.c_str(), &seen) == 0 && seen.st_dev == superblock;
    };
    const char* const temporary = std::getenv("TMPDIR");
    for (const std::string path : {"/", "/usr", "/etc", "/var", "/tmp", "/dev", "/proc/self/exe",
                                   "/proc/self/cwd", temporary != nullptr ? temporary : "/tmp"})
        if (holds(path))
            refuse(mount, "the running system is on it (" + path + ")");
    // A report or a log that is written there would wait for the thaw that it has to tell about.
    // Directories are held open by targets made earlier, and a writer made earlier may be about to
    // end; nothing waits for these.
    std::error_code none;
    for (const auto& open_file : fs::directory_iterator("/proc/self/fd", none)) {
        if (!holds(open_file.path().string()) || fs::is_directory(open_file.path(), none))
            continue;
        const fs::path name = fs::read_symlink(open_file.path(), none);
        if (name.filename().string().rfind(file_writer::name_prefix, 0) != 0)
            refuse(mount, "this program has a file open on it (" + name.string() + ")");
    }
}

/// The name of the file in a loop device.
std::string loop_file(const std::string& mount, unsigned number) {
    const std::string place = "/sys/block/loop" + std::to_string(number) + "/loop/backing_file";
    std::string file;
    if (std::ifstream in(place); !in || !std::getline(in, file))
        refuse(mount, "the file in its loop device is unknown (" + place + " cannot be read)");
    struct stat seen {};
    if (::stat(file.c_str(), &seen) != 0 || !S_ISREG(seen.st_mode))
        refuse(mount, "the file in its loop device cannot be seen from here (" + file + ")");
    return file;
}

} // namespace

backing find_backing(const std::string& mount, permissions allowed) {
    if (mount.empty() || mount.front() != '/')
        refuse(mount, "a mount point is named by its absolute path");
    const auto table = peers::read_mount_table();
    const mount_entry& entry = find_entry(table, mount);
    struct stat root {};
    if (::stat(mount.c_str(), &root) != 0 || !S_ISDIR(root.st_mode))
        refuse(mount, "it cannot be looked at");
    refuse_if_system(mount, root.st_dev);

    backing found;
    found.mount = mount;
    found.type = entry.type;
    unsigned device_major = entry.device_major;
    unsigned device_minor = entry.device_minor;
    struct stat node {};
    const bool has_node = ::stat(entry.source.c_str(), &node) == 0 && S_ISBLK(node.st_mode);
    // btrfs has an anonymous device number; its source names one of its devices.
    if (device_major == 0 && entry.type == "btrfs" && has_node) {
        device_major = major(node.st_rdev);
        device_minor = minor(node.st_rdev);
    }
    if (device_major == 0)
        refuse(mount, entry.type + " is not on a block device");
    found.loop = device_major == loop_major;
    if (!found.loop && !allowed.any_device)
        refuse(mount, "it is on " + entry.source +
                          ", which is no loop device; freezing it stops "
                          "everybody who writes there");
    if (found.loop) {
        found.device = "/dev/loop" + std::to_string(device_minor);
        found.bytes = loop_file(mount, device_minor);
    } else {
        if (!has_node)
            refuse(mount, "its device " + entry.source + " cannot be seen from here");
        found.device = entry.source;
        found.bytes = entry.source;
    }
    for (const auto& other : table)
        if (same_superblock(other, entry) && other.mount_point != mount && other.root == entry.root)
            found.alias = other.mount_point;
    return found;
}

} // namespace snapproto::conformance::effects
