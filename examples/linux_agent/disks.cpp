// SPDX-License-Identifier: BSL-1.0
#include "disks.hpp"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <boost/algorithm/string/split.hpp>

#include <array>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace snapagent {
namespace fs = std::filesystem;
namespace {

/// Devices on devices on devices; a circle would have no end.
constexpr int layers_max = 16;

void add_disks(const fs::path& device, int layers, std::vector<disk>& to) {
    std::error_code none;
    const fs::path slaves = device / "slaves";
    std::size_t below = 0;
    if (layers < layers_max) {
        for (const auto& one : fs::directory_iterator{slaves, none}) {
            add_disks(fs::canonical(one.path(), none), layers + 1, to);
            ++below;
        }
    }
    if (below == 0) {
        to.push_back(disk_at(device.string()));
    }
}

} // namespace

disk disk_at(std::string_view sysfs_path) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> buses{{
        {"virtio", "virtio"},
        {"nvme", "nvme"},
        {"ata", "sata"},
        {"usb", "usb"},
        {"mmc", "mmc"},
        {"host", "scsi"},
    }};
    disk made;
    std::vector<std::string> parts;
    boost::split(parts, sysfs_path, [](char c) { return c == '/'; });
    for (const std::string& part : parts) {
        unsigned domain = 0, bus = 0, slot = 0, function = 0;
        int end = 0;
        if (std::sscanf(part.c_str(), "%8x:%2x:%2x.%1x%n", &domain, &bus, &slot, &function, &end) ==
                4 &&
            static_cast<std::size_t>(end) == part.size()) {
            made.pci = {static_cast<int>(domain), static_cast<int>(bus), static_cast<int>(slot),
                        static_cast<int>(function)}; // the last one is the disk's own controller
        }
        int host = 0, channel = 0, target = 0, unit = 0;
        if (std::sscanf(part.c_str(), "%d:%d:%d:%d%n", &host, &channel, &target, &unit, &end) ==
                4 &&
            static_cast<std::size_t>(end) == part.size()) {
            made.channel = channel;
            made.target = target;
            made.unit = unit;
        }
        for (const auto& [prefix, word] : buses) {
            const bool numbered = part.size() > prefix.size() && part.starts_with(prefix) &&
                                  part[prefix.size()] >= '0' && part[prefix.size()] <= '9';
            // Disks of SATA and USB have a SCSI host too; with virtio it is virtio-scsi.
            if (numbered && (word != "scsi" || made.bus == "unknown" || made.bus == "virtio")) {
                made.bus = word;
            }
        }
    }
    if (!parts.empty()) {
        made.device = "/dev/" + parts.back();
    }
    return made;
}

std::vector<disk> disks_of(dev_t device) {
    std::error_code none;
    const auto path =
        fs::canonical(fmt::format("/sys/dev/block/{}:{}", major(device), minor(device)), none);
    std::vector<disk> all;
    if (!none) { // btrfs and what has no device of its own
        add_disks(path, 0, all);
    }
    return all;
}

} // namespace snapagent
