// SPDX-License-Identifier: BSL-1.0
#include "mount_table.hpp"

#include <sys/sysmacros.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

namespace snapagent {
namespace {

/// Octal escapes of the kernel, as for a space, are replaced by what they stand for.
std::string unescaped(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size()) {
            plain += static_cast<char>(std::stoi(text.substr(at + 1, 3), nullptr, 8));
            at += 3;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

} // namespace

std::vector<mount_line> mount_table() {
    std::ifstream in("/proc/self/mountinfo");
    std::vector<mount_line> table;
    for (std::string text; std::getline(in, text);) {
        std::istringstream words(text);
        mount_line one;
        std::string parent;
        std::string device;
        std::string root;
        std::string options;
        std::string word;
        std::string super_options;
        words >> one.id >> parent >> device >> root >> one.mount_point >> options;
        while (words >> word && word != "-") {
        }
        words >> one.type >> one.source >> super_options;
        const auto colon = device.find(':');
        if (!words || colon == std::string::npos) {
            continue; // not of the kernel's form
        }
        one.device = makedev(static_cast<unsigned>(std::stoul(device.substr(0, colon))),
                             static_cast<unsigned>(std::stoul(device.substr(colon + 1))));
        one.mount_point = unescaped(one.mount_point);
        one.source = unescaped(one.source);
        one.writable = super_options.starts_with("rw");
        table.push_back(std::move(one));
    }
    return table;
}

bool mount_line::on_own_device() const {
    constexpr std::array<std::string_view, 6> of_others{"nfs",  "nfs4",  "cifs",
                                                        "smb3", "smbfs", "ceph"};
    return source.starts_with('/') &&
           std::find(of_others.begin(), of_others.end(), type) == of_others.end() &&
           !type.starts_with("fuse");
}

bool same_filesystem(const mount_line& a, const mount_line& b) {
    return a.device == b.device || (a.type == "btrfs" && b.type == "btrfs" && a.source == b.source);
}

} // namespace snapagent
