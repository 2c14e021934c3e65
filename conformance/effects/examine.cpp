// SPDX-License-Identifier: BSL-1.0
#include "conformance/effects/image.hpp"
#include "conformance/effects/tool.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include <unistd.h>

namespace snapproto::conformance::effects {
namespace {

/// The name under which a child process can open our descriptor.
std::string name_of(int image) {
    return fmt::format("/proc/{}/fd/{}", ::getpid(), image);
}

std::string last_line(const std::string& text) {
    const auto end = text.find_last_not_of(" \n");
    if (end == std::string::npos)
        return {};
    const auto start = text.find_last_of('\n', end);
    return text.substr(start == std::string::npos ? 0 : start + 1, end - start);
}

copy_report examine_ext(int image, duration bound) {
    if (*ext_needs_recovery(image))
        return {copy_verdict::needs_recovery, "the superblock says needs_recovery: its journal has "
                                              "to be replayed"};
    // The flag alone would also be absent if somebody had cleared it; the tool looks at everything.
    const auto checked = run_tool({"e2fsck", "-fn", name_of(image)}, bound);
    if (!checked)
        return {copy_verdict::clean, "the superblock needs no recovery (e2fsck was not there to "
                                     "look further)"};
    if (checked->status != 0)
        return {copy_verdict::needs_recovery,
                fmt::format("the superblock needs no recovery, but e2fsck -fn ends with {}: {}",
                            checked->status, last_line(checked->output))};
    return {copy_verdict::clean, "the superblock needs no recovery and e2fsck -fn finds no error"};
}

/// What is in an XFS log, as xfs_logprint -t tells it.
struct xfs_log {
    bool readable = false;
    bool clean = false;
    std::size_t items = 0;            ///< Logged items in all.
    std::size_t superblock_items = 0; ///< Of these, buffers of the superblock.
};

xfs_log read_xfs_log(const std::string& output) {
    xfs_log log;
    std::istringstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (line.find("state: <") != std::string::npos) {
            log.readable = true;
            log.clean = line.find("<CLEAN>") != std::string::npos;
        }
        const auto word = line.find_first_not_of(" \t");
        if (word == 0 && line.find(": cnt:") != std::string::npos)
            ++log.items;
        if (word != std::string::npos && line.compare(word, 4, "BUF:") == 0 &&
            line.find("start blkno:0x0 ") != std::string::npos)
            ++log.superblock_items;
    }
    return log;
}

// A frozen XFS does not have an empty log: the kernel "covers" it, that is, it writes everything
// out and then logs the superblock alone, so that a copy is still recovered (unlinked inodes are
// cleared), but nothing has to be replayed. xfs_repair -n calls both dirty, so the items are looked
// at.
copy_report examine_xfs(int image, duration bound) {
    const auto printed = run_tool({"xfs_logprint", "-t", name_of(image)}, bound);
    if (!printed)
        return {copy_verdict::unknown, "an XFS log is read by xfs_logprint, which is not there"};
    const xfs_log log = read_xfs_log(printed->output);
    if (!log.readable)
        return {copy_verdict::unknown,
                "xfs_logprint cannot read the log: " + last_line(printed->output)};
    if (log.clean || log.items == log.superblock_items)
        return {copy_verdict::clean, log.clean ? "the XFS log is clean"
                                               : "the XFS log is covered: it has nothing but the "
                                                 "superblock"};
    return {copy_verdict::needs_recovery, fmt::format("the XFS log has {} items to be replayed",
                                                      log.items - log.superblock_items)};
}

copy_report examine_btrfs(int image, duration bound) {
    if (*btrfs_needs_replay(image))
        return {copy_verdict::needs_recovery, "the superblock names a log tree, which has to be "
                                              "replayed"};
    const auto checked = run_tool({"btrfs", "check", "--readonly", name_of(image)}, bound);
    if (checked && checked->status != 0 && checked->status != 127)
        return {copy_verdict::needs_recovery,
                fmt::format("there is no log tree, but btrfs check ends with {}: {}",
                            checked->status, last_line(checked->output))};
    return {copy_verdict::clean, checked && checked->status == 0
                                     ? "there is no log tree and btrfs check finds no error"
                                     : "there is no log tree (btrfs check was not there to look "
                                       "further)"};
}

} // namespace

copy_report examine(int image, duration bound) {
    switch (type_of(image)) {
    case image_type::ext:
        return examine_ext(image, bound);
    case image_type::xfs:
        return examine_xfs(image, bound);
    case image_type::btrfs:
        return examine_btrfs(image, bound);
    case image_type::other:
        break;
    }
    return {copy_verdict::unknown, "the copy is neither ext2/3/4 nor XFS nor btrfs"};
}

} // namespace snapproto::conformance::effects
