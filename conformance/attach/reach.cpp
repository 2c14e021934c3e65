// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace snapproto::conformance {
namespace {

struct mount_entry {
    std::string device; ///< "major:minor".
    std::string point;
    std::string type;
};

/// One line of a mountinfo file: id, parent, device, root, mount point, options, optional fields up
/// to a dash, type.
mount_entry parse_line(const std::string& line) {
    std::istringstream words(line);
    mount_entry entry;
    std::string skipped;
    words >> skipped >> skipped >> entry.device >> skipped >> entry.point;
    while (words >> skipped && skipped != "-") {
    }
    words >> entry.type;
    return entry;
}

/// Filesystems without a block device cannot be frozen, but for those that manage devices of
/// their own.
bool can_be_frozen(const mount_entry& entry) {
    return !entry.device.starts_with("0:") || entry.type == "btrfs" || entry.type == "bcachefs";
}

std::vector<mount_entry> parse(std::string_view mountinfo) {
    std::istringstream lines{std::string(mountinfo)};
    std::vector<mount_entry> all;
    for (std::string line; std::getline(lines, line);) {
        all.push_back(parse_line(line));
    }
    return all;
}

bool is_hidden(const std::vector<mount_entry>& all, std::size_t which) {
    const std::string& point = all[which].point;
    for (std::size_t later = which + 1; later < all.size(); ++later) {
        const std::string& above = all[later].point;
        if (point == above || point.starts_with(above + '/')) {
            return true;
        }
    }
    return false;
}

std::string mountinfo_of(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/mountinfo", process), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

} // namespace

support reaches_only(std::string_view mountinfo, const std::vector<std::string>& mounts,
                     const std::vector<std::string>& devices) {
    const auto among = [](const std::vector<std::string>& list, const std::string& one) {
        return std::find(list.begin(), list.end(), one) != list.end();
    };
    const auto all = parse(mountinfo);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (can_be_frozen(all[i]) && !is_hidden(all, i) && !among(mounts, all[i].point) &&
            !among(devices, all[i].device)) {
            return support::no(
                fmt::format("a freeze of everything would also freeze {}", all[i].point));
        }
    }
    return all.empty() ? support::no("the mounts of the agent cannot be read") : support::yes();
}

support has_hidden_mount(std::string_view mountinfo) {
    const auto all = parse(mountinfo);
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (can_be_frozen(all[i]) && is_hidden(all, i)) {
            return support::yes();
        }
    }
    return support::no("no mount that the agent sees is hidden under a later one");
}

support has_hidden_mount(pid_t process) {
    return has_hidden_mount(mountinfo_of(process));
}

support reaches_only(pid_t process, const std::vector<std::string>& mounts) {
    std::vector<std::string> devices;
    for (const auto& mount : mounts) {
        struct stat seen {};
        if (::stat(mount.c_str(), &seen) == 0) {
            devices.push_back(fmt::format("{}:{}", major(seen.st_dev), minor(seen.st_dev)));
        }
    }
    return reaches_only(mountinfo_of(process), mounts, devices);
}

} // namespace snapproto::conformance
