// SPDX-License-Identifier: BSL-1.0
#include "disks.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include <algorithm>
#include <filesystem>
#include <set>
#include <stdexcept>

namespace snaptake {

namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

const json::value* member(const json::object& of, std::string_view key) {
    return of.if_contains(key);
}

std::string text(const json::object& of, std::string_view key) {
    const auto* found = member(of, key);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
}

bool flag(const json::object& of, std::string_view key) {
    const auto* found = member(of, key);
    return found != nullptr && found->is_bool() && found->get_bool();
}

const json::object* part(const json::object& of, std::string_view key) {
    const auto* found = member(of, key);
    return found != nullptr ? found->if_object() : nullptr;
}

const json::array& entries(const json::value& reply) {
    const auto* all = reply.if_array();
    if (all == nullptr) {
        throw std::runtime_error("query-block returned no list");
    }
    return *all;
}

/// The disk of an entry; its node is empty when there is nothing in it.
disk disk_of(const json::object& entry) {
    disk made;
    made.device = text(entry, "device");
    made.qdev = text(entry, "qdev");
    if (const auto* inserted = part(entry, "inserted")) {
        made.node = text(*inserted, "node-name");
        made.image = text(*inserted, "file");
        made.format = text(*inserted, "drv");
        if (const auto* image = part(*inserted, "image")) {
            const auto* size = member(*image, "virtual-size");
            boost::system::error_code none;
            made.bytes = size != nullptr && size->is_number() ? size->to_number<std::uint64_t>(none)
                                                              : std::uint64_t{0};
        }
    }
    return made;
}

/// "disk0" is the device with that id, and "/machine/peripheral/disk0/virtio-backend" is it too.
bool is_called(const disk& one, const std::string& wanted) {
    if (wanted == one.device || wanted == one.node || wanted == one.qdev) {
        return true;
    }
    const std::string inside = one.qdev + "/";
    return inside.find("/" + wanted + "/") != std::string::npos;
}

std::string listed(const std::vector<disk>& all) {
    std::string words;
    for (const disk& one : all) {
        words += (words.empty() ? "" : ", ") + one.name();
    }
    return words.empty() ? "none" : words;
}

} // namespace

found_disks find_disks(const json::value& reply, const std::vector<std::string>& wanted) {
    found_disks found;
    std::vector<disk> writable;
    for (const auto& value : entries(reply)) {
        const auto* entry = value.if_object();
        if (entry == nullptr) {
            throw std::runtime_error("query-block returned a list of something else than disks");
        }
        const disk one = disk_of(*entry);
        if (one.node.empty() || one.image.empty()) {
            found.remarks.push_back(
                fmt::format("{}: is empty", one.device.empty() ? one.qdev : one.device));
        } else if (flag(*part(*entry, "inserted"), "ro")) {
            found.remarks.push_back(fmt::format("{}: cannot be written", one.name()));
        } else {
            writable.push_back(one);
        }
    }
    for (const std::string& one : wanted) {
        const auto at = std::find_if(writable.begin(), writable.end(),
                                     [&](const disk& d) { return is_called(d, one); });
        if (at == writable.end()) {
            throw std::runtime_error(fmt::format("no disk that can be written is called {}: {} are",
                                                 one, listed(writable)));
        }
        found.disks.push_back(*at);
        writable.erase(at);
    }
    if (wanted.empty()) {
        found.disks = std::move(writable);
    } else {
        for (const disk& one : writable) {
            found.remarks.push_back(fmt::format("{}: was not asked for", one.name()));
        }
    }
    if (found.disks.empty()) {
        throw std::runtime_error("it has no disk that can be written");
    }
    return found;
}

std::string_view name(file_state what) noexcept {
    switch (what) {
    case file_state::absent:
        return "absent";
    case file_state::made:
        return "made";
    case file_state::removed:
        return "removed";
    case file_state::left:
        return "left";
    case file_state::unknown:
        break;
    }
    return "unknown";
}

std::vector<disk_copy> plan_copies(const std::vector<disk>& disks, const settings& how,
                                   const std::string& prefix) {
    std::vector<disk_copy> copies;
    std::set<std::string> used;
    for (const disk& one : disks) {
        const fs::path image = one.image;
        // A device, an address or a "json:" has no folder in which anybody would look for a copy.
        const bool plain = image.is_absolute() && !one.image.starts_with("/dev/");
        if (!plain && how.into.empty()) {
            throw std::runtime_error(
                fmt::format("{}: {} is no plain file, so --into has to say where a copy goes",
                            one.name(), one.image));
        }
        const fs::path folder = how.into.empty() ? image.parent_path() : fs::path(how.into);
        const std::string stem = plain ? image.stem().string() : one.name();
        const std::string head =
            (folder / (prefix.empty() ? stem : fmt::format("{}-{}", prefix, stem))).string();
        disk_copy made;
        made.of = one;
        const std::string_view end = how.method == cut_method::overlay ? "qcow2" : "raw";
        for (int n = 1; made.file.empty() || !used.insert(made.file).second; ++n) {
            made.file =
                fmt::format("{}.{}{}.{}", head, how.tag, n == 1 ? "" : fmt::format("-{}", n), end);
        }
        // QEMU bounds the names of nodes to 31 bytes.
        made.node = fmt::format("st{}-{}", how.tag, copies.size());
        made.job = fmt::format("{}-job", made.node);
        copies.push_back(std::move(made));
    }
    return copies;
}

json::object cut_arguments(const std::vector<disk_copy>& copies, cut_method how) {
    json::array actions;
    for (const disk_copy& one : copies) {
        json::object data;
        if (how == cut_method::overlay) {
            data[one.of.device.empty() ? "node-name" : "device"] = one.of.name();
            data["snapshot-file"] = one.file;
            data["snapshot-node-name"] = one.node;
            data["format"] = "qcow2";
            data["mode"] = "existing"; // to make it would take most of the time of the cut
        } else {
            data["job-id"] = one.job;
            data["device"] = one.of.node;
            data["target"] = one.node;
            data["sync"] = "full";
            data["auto-dismiss"] = false; // what became of it can be asked when it is over
        }
        actions.push_back(json::object{
            {"type", how == cut_method::overlay ? "blockdev-snapshot-sync" : "blockdev-backup"},
            {"data", std::move(data)}});
    }
    return {{"actions", std::move(actions)}};
}

json::object target_arguments(const disk_copy& one) {
    return {{"driver", "raw"},
            {"node-name", one.node},
            {"file", json::object{{"driver", "file"}, {"filename", one.file}}}};
}

json::object overlay_file_arguments(const disk_copy& one) {
    return {{"job-id", one.job},
            {"options", json::object{{"driver", "file"}, {"filename", one.file}, {"size", 0}}}};
}

json::object overlay_node_arguments(const disk_copy& one) {
    return {{"driver", "file"}, {"node-name", one.node}, {"filename", one.file}};
}

json::object overlay_image_arguments(const disk_copy& one) {
    return {{"job-id", one.job},
            {"options", json::object{{"driver", "qcow2"},
                                     {"file", one.node},
                                     {"size", one.of.bytes},
                                     {"backing-file", one.of.image},
                                     {"backing-fmt", one.of.format}}}};
}

bool is_in_use(const json::value& reply, const std::string& file) {
    const auto& all = entries(reply);
    return std::any_of(all.begin(), all.end(), [&](const json::value& value) {
        const auto* entry = value.if_object();
        const auto* inserted = entry != nullptr ? part(*entry, "inserted") : nullptr;
        const auto* image = inserted != nullptr ? part(*inserted, "image") : nullptr;
        if (inserted != nullptr && text(*inserted, "file") == file) {
            return true;
        }
        for (; image != nullptr; image = part(*image, "backing-image")) {
            if (text(*image, "filename") == file) {
                return true;
            }
        }
        return false;
    });
}

} // namespace snaptake
