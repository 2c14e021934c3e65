// SPDX-License-Identifier: BSL-1.0
#include "mounts.hpp"

#include "mount_table.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

namespace snapagent {
namespace {

bool can_be_frozen(const mount_line& one) {
    return one.writable && one.on_own_device();
}

/// Opens a mount, or nothing if another one hides it.
std::shared_ptr<const descriptor> opened(const mount_line& one) {
    descriptor handle{::open(one.mount_point.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
    struct statx seen {};
    if (!handle || ::statx(handle.get(), "", AT_EMPTY_PATH, STATX_MNT_ID, &seen) != 0 ||
        ((seen.stx_mask & STATX_MNT_ID) != 0 && seen.stx_mnt_id != one.id)) {
        return nullptr;
    }
    return std::make_shared<const descriptor>(std::move(handle));
}

/// The device on which the image of a loop device lies, or 0.
dev_t device_below(dev_t device) {
    constexpr unsigned loop_major = 7;
    if (major(device) != loop_major) {
        return 0;
    }
    std::ifstream in(
        fmt::format("/sys/dev/block/{}:{}/loop/backing_file", major(device), minor(device)));
    std::string image;
    struct stat seen {};
    return std::getline(in, image) && ::stat(image.c_str(), &seen) == 0 ? seen.st_dev : 0;
}

struct candidate {
    const mount_line* line;
    std::shared_ptr<const descriptor> handle;
};

/// What was mounted later comes first, and a loop device before what its image lies on.
std::vector<candidate> in_hold_order(std::vector<candidate> all) {
    std::reverse(all.begin(), all.end());
    for (std::size_t moved = 0; moved < all.size(); ++moved) { // bounded, if they form a circle
        bool changed = false;
        for (std::size_t upper = 1; upper < all.size(); ++upper) {
            const dev_t below = device_below(all[upper].line->device);
            const auto at =
                std::find_if(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(upper),
                             [&](const candidate& lower) { return lower.line->device == below; });
            if (below != 0 && at != all.begin() + static_cast<std::ptrdiff_t>(upper)) {
                std::rotate(at, all.begin() + static_cast<std::ptrdiff_t>(upper),
                            all.begin() + static_cast<std::ptrdiff_t>(upper) + 1);
                changed = true;
            }
        }
        if (!changed) {
            break;
        }
    }
    return all;
}

std::string without_trailing_slashes(std::string path) {
    while (path.size() > 1 && path.back() == '/') {
        path.pop_back();
    }
    return path;
}

} // namespace

filesystems find_filesystems(const std::optional<std::vector<std::string>>& wanted) {
    const auto table = mount_table();
    std::vector<const mount_line*> chosen;
    filesystems result;
    if (!wanted) {
        for (const auto& one : table) {
            if (can_be_frozen(one)) {
                chosen.push_back(&one);
            }
        }
    } else {
        for (const auto& path : *wanted) {
            // The last one there is the one that is seen.
            const auto at = std::find_if(table.rbegin(), table.rend(), [&](const mount_line& one) {
                return one.mount_point == without_trailing_slashes(path);
            });
            if (at == table.rend()) {
                result.refusal = fmt::format("no filesystem is mounted at {}", path);
                return result;
            }
            if (!can_be_frozen(*at)) {
                result.refusal =
                    fmt::format("the filesystem at {} ({}) cannot be frozen", path, at->type);
                return result;
            }
            chosen.push_back(&*at);
        }
        std::sort(chosen.begin(), chosen.end()); // as they were mounted
    }
    std::vector<candidate> all;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        const mount_line& one = *chosen[i];
        const auto same = [&](const candidate& other) { return same_filesystem(*other.line, one); };
        if (std::any_of(all.begin(), all.end(), same)) {
            continue;
        }
        if (auto handle = opened(one)) {
            all.push_back({&one, std::move(handle)});
        } else if (std::none_of(chosen.begin() + static_cast<std::ptrdiff_t>(i) + 1, chosen.end(),
                                [&](const auto* later) { return same_filesystem(*later, one); })) {
            result.remarks.push_back(fmt::format(
                "the filesystem at {} cannot be reached and is left out", one.mount_point));
        }
    }
    for (auto& one : in_hold_order(std::move(all))) {
        result.found.push_back({one.line->mount_point, one.line->type, std::move(one.handle)});
    }
    return result;
}

} // namespace snapagent
