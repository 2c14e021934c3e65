// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/device_run.hpp"

#include <snapproto/dialect/hyperv/wire.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::fuzz {
namespace {

using conformance::guest_mount;
using conformance::played_guest;

constexpr std::array<std::string_view, version_answers> version_words{
    "the version", "another version", "3 bytes for the version", "a freeze in the version's place"};

constexpr std::array<std::string_view, guest_changes> change_words{
    "/dev/vdb1 refuses to be frozen (EIO)",
    "/dev/vda1, the root, refuses to be frozen (EIO)",
    "/dev/vdb1 refuses to be frozen (errno 128)",
    "/dev/vdb1 refuses to be frozen (errno 129)",
    "/dev/vdb1 refuses to be thawed (EIO)",
    "/dev/vda1, the root, refuses to be thawed (EIO)",
    "nothing is refused any more",
    "a tmpfs is mounted over /srv",
    "/dev/vdb1 is unmounted",
    "everything on a disk is unmounted",
    "the mount table is as at the beginning",
    "/dev/vdb1 is mounted read-only",
    "/dev/vdb1 is mounted with rw,errors=remount-ro",
    "/dev/vdb1 is mounted at /mnt/again, too",
    "/dev/vda1, the root, is mounted at /mnt/root, too",
    "/dev/vdd1 is mounted at /new",
    "/dev/vde1, a vfat, is mounted at /boot/efi",
    "/dev/loop0 is mounted at /loop",
    "/dev/vdb1 is a btrfs",
    "/dev/vdd1 is mounted at a place with a name of 3000 bytes",
    "40 disks are mounted",
    "somebody else freezes /dev/vdb1",
    "somebody else thaws /dev/vdb1",
    "somebody else freezes /dev/vda1, the root"};

std::string words_for_message(std::string_view bytes) {
    if (bytes.size() != hyperv::daemon_message_bytes) {
        return fmt::format("{} bytes", bytes.size());
    }
    const auto op = static_cast<std::uint8_t>(bytes.front());
    return op < value_count<hyperv::vss_op>
               ? std::string{to_string(static_cast<hyperv::vss_op>(op))}
               : fmt::format("operation {}", op);
}

} // namespace

std::string hex_of(std::string_view bytes) {
    std::string made;
    for (const char c : bytes) {
        made += fmt::format("{}{:02x}", made.empty() ? "" : " ", static_cast<unsigned char>(c));
    }
    return made;
}

std::string encode(const device_run& run) {
    std::string out;
    const auto byte = [&](std::size_t value) { out += static_cast<char>(value & 0xffU); };
    byte((run.stream ? 1U : 0U) | run.piece << 1U);
    for (const device_step& each : run.steps) {
        byte(static_cast<std::size_t>(each.what) | (each.hasty ? 8U : 0U));
        if (each.what == device_step::kind::message ||
            each.what == device_step::kind::end_in_work) {
            byte(each.bytes.size());
            out += each.bytes;
        } else {
            byte(each.value);
        }
    }
    return out;
}

device_run decode_device_run(std::string_view bytes) {
    const auto byte = [&]() -> std::size_t {
        if (bytes.empty()) {
            return 0;
        }
        const auto first = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        return first;
    };
    device_run run;
    const std::size_t kind = byte();
    run.stream = (kind & 1U) != 0;
    run.piece = kind >> 1U;
    while (!bytes.empty() && run.steps.size() < device_steps_max) {
        const std::size_t tag = byte();
        device_step made;
        made.what = static_cast<device_step::kind>((tag & 7U) % device_step_kinds);
        made.hasty = (tag & 8U) != 0;
        const std::size_t value = byte();
        if (made.what == device_step::kind::message ||
            made.what == device_step::kind::end_in_work) {
            made.bytes = bytes.substr(0, value);
            bytes.remove_prefix(made.bytes.size());
            if (made.bytes.empty()) {
                continue; // no bytes are no message
            }
        } else {
            made.value = static_cast<std::uint8_t>(value);
        }
        run.steps.push_back(std::move(made));
    }
    return run;
}

std::string describe(const device_step& step) {
    switch (step.what) {
    case device_step::kind::message:
        return fmt::format("{}{}: {}", words_for_message(step.bytes), step.hasty ? " in haste" : "",
                           hex_of(step.bytes));
    case device_step::kind::version:
        return fmt::format("from now on a registration is answered by {}",
                           version_words.at(step.value % version_answers));
    case device_step::kind::end:
        return "the device ends";
    case device_step::kind::end_in_work:
        return fmt::format("{}, and the device ends before the answer: {}",
                           words_for_message(step.bytes), hex_of(step.bytes));
    case device_step::kind::end_for_good:
        return "the device ends and cannot be opened again";
    case device_step::kind::change:
        return std::string{change_words.at(step.value % guest_changes)};
    case device_step::kind::terminate:
        return "the daemon is told to end (SIGTERM)";
    }
    return {};
}

std::string describe(const device_run& run) {
    std::string text;
    if (run.stream) {
        text = run.piece == 0 ? "the device keeps no boundaries\n"
                              : fmt::format("the device keeps no boundaries, and gives {} bytes at "
                                            "a time\n",
                                            run.piece);
    }
    for (std::size_t i = 0; i < run.steps.size(); ++i) {
        text += fmt::format("{:>3}. {}\n", i + 1, describe(run.steps[i]));
    }
    return text;
}

void apply(guest_change what, played_guest& guest) {
    auto& mounts = guest.mounts;
    const auto of = [&](const auto& change) {
        for (guest_mount& one : mounts) {
            if (one.source == "/dev/vdb1") {
                change(one);
            }
        }
    };
    switch (what) {
    case guest_change::hidden:
        mounts.push_back({"tmpfs", "/srv", "tmpfs"});
        break;
    case guest_change::gone:
        std::erase_if(mounts, [](const auto& one) { return one.source == "/dev/vdb1"; });
        break;
    case guest_change::all_gone:
        std::erase_if(mounts, [](const auto& one) { return one.source.starts_with("/dev/"); });
        break;
    case guest_change::ordinary: {
        played_guest ordinary;
        ordinary.reset();
        mounts = ordinary.mounts;
        break;
    }
    case guest_change::read_only:
        of([](guest_mount& one) { one.options = "ro,relatime"; });
        break;
    case guest_change::read_only_word:
        of([](guest_mount& one) { one.options = "rw,errors=remount-ro"; });
        break;
    case guest_change::second_place:
        mounts.push_back({"/dev/vdb1", "/mnt/again"});
        break;
    case guest_change::root_twice:
        mounts.push_back({"/dev/vda1", "/mnt/root"});
        break;
    case guest_change::new_disk:
        mounts.push_back({"/dev/vdd1", "/new"});
        break;
    case guest_change::vfat:
        mounts.push_back({"/dev/vde1", "/boot/efi", "vfat"});
        break;
    case guest_change::loop:
        mounts.push_back({"/dev/loop0", "/loop"});
        break;
    case guest_change::other_type:
        of([](guest_mount& one) { one.type = "btrfs"; });
        break;
    case guest_change::long_name:
        mounts.push_back({"/dev/vdd1", '/' + std::string(2999, 'n')});
        break;
    case guest_change::many_disks:
        for (int i = 0; i < 40; ++i) {
            mounts.push_back({fmt::format("/dev/sd{}", i), fmt::format("/disks/{}", i)});
        }
        break;
    case guest_change::frozen_by_other:
        guest.freeze_by_other("/dev/vdb1");
        break;
    case guest_change::thawed_by_other:
        guest.thaw_by_other("/dev/vdb1");
        break;
    case guest_change::root_frozen_by_other:
        guest.freeze_by_other("/dev/vda1");
        break;
    default:
        break;
    }
}

} // namespace snapproto::fuzz
