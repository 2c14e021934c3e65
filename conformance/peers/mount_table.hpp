// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_PEERS_MOUNT_TABLE_HPP
#define SNAPPROTO_CONFORMANCE_PEERS_MOUNT_TABLE_HPP

// What a process can see mounted, and whether that is a place where a freeze can do no harm.
// Used by the sandbox's own programs and by the evidence of effect; knows no protocol.

#include <cstddef>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::conformance::peers {

/// One line of a process's mount table (`/proc/PID/mountinfo`).
struct mount_entry {
    int id = 0;
    int parent = 0;
    unsigned device_major = 0;
    unsigned device_minor = 0;
    std::string root;
    std::string mount_point;
    std::string options;
    std::string type;
    std::string source;
    std::string super_options;

    /// True if neither the mount nor its superblock refuses writes.
    [[nodiscard]] bool writable() const {
        return options.rfind("rw", 0) == 0 && super_options.rfind("rw", 0) == 0;
    }
};

/// Replaces the kernel's octal escapes (`\040` for a space) by the bytes they stand for.
inline std::string unescape_mount_field(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 3 < text.size()) {
            plain += static_cast<char>(std::stoi(text.substr(at + 1, 3), nullptr, 8));
            at += 3;
        } else
            plain += text[at];
    }
    return plain;
}

/// Reads one line of a mount table.
/// @return the entry. Errors: `std::runtime_error` if the line does not have the kernel's form.
inline mount_entry parse_mount_entry(const std::string& line) {
    std::istringstream in(line);
    mount_entry entry;
    std::string device;
    std::string word;
    in >> entry.id >> entry.parent >> device >> entry.root >> entry.mount_point >> entry.options;
    while (in >> word && word != "-") {
    }
    in >> entry.type >> entry.source >> entry.super_options;
    const auto colon = device.find(':');
    if (!in || colon == std::string::npos)
        throw std::runtime_error("unreadable line in the mount table: " + line);
    entry.device_major = static_cast<unsigned>(std::stoul(device.substr(0, colon)));
    entry.device_minor = static_cast<unsigned>(std::stoul(device.substr(colon + 1)));
    entry.root = unescape_mount_field(entry.root);
    entry.mount_point = unescape_mount_field(entry.mount_point);
    entry.source = unescape_mount_field(entry.source);
    return entry;
}

/// The mounts that a process sees, in the kernel's order.
/// @param path  the table to read; by default the caller's own
/// @return the entries. Errors: `std::runtime_error` if it cannot be read.
inline std::vector<mount_entry> read_mount_table(const std::string& path = "/proc/self/mountinfo") {
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    std::vector<mount_entry> table;
    for (std::string line; std::getline(in, line);)
        table.push_back(parse_mount_entry(line));
    if (table.empty())
        throw std::runtime_error(path + " is empty");
    return table;
}

/// What a sandbox consists of; everything else visible in it is a breach.
struct sandbox_contents {
    std::string name;            ///< the source name that its tmpfs mounts carry
    std::vector<unsigned> loops; ///< minor numbers of its loop devices
};

/// Says why a mount table is not that of a sandbox, or nothing if it is.
///
/// Allowed are the sandbox's own tmpfs mounts, its own loop devices (btrfs shows an anonymous
/// device and is known by its source), and a read-only proc. Anything else could be frozen or
/// written by mistake, so one such line is enough to refuse to start an agent there.
/// @return an empty string, or the first objection as a sentence.
inline std::string objection_to(const std::vector<mount_entry>& table,
                                const sandbox_contents& contents) {
    constexpr unsigned loop_major = 7;
    bool own_root = false;
    for (const auto& entry : table) {
        const auto refuse = [&](const std::string& why) {
            return entry.mount_point + " (" + entry.type + " from " + entry.source + ", device " +
                   std::to_string(entry.device_major) + ":" + std::to_string(entry.device_minor) +
                   ") " + why;
        };
        bool own_loop = false;
        for (const unsigned minor : contents.loops)
            own_loop = own_loop ||
                       (entry.device_major == loop_major && entry.device_minor == minor) ||
                       (entry.device_major == 0 && entry.type == "btrfs" &&
                        entry.source == "/dev/loop" + std::to_string(minor));
        if (own_loop)
            continue;
        if (entry.device_major != 0)
            return refuse("is on a device that the sandbox did not make");
        if (entry.type == "proc" && !entry.writable())
            continue;
        if (entry.type == "devpts" && entry.source == contents.name)
            continue; // terminals of its own, and of nobody else
        if (entry.type != "tmpfs" || entry.source != contents.name)
            return refuse("does not belong to the sandbox");
        own_root = own_root || entry.mount_point == "/";
    }
    return own_root ? std::string() : "the root is not the sandbox's own";
}

} // namespace snapproto::conformance::peers

#endif // SNAPPROTO_CONFORMANCE_PEERS_MOUNT_TABLE_HPP
