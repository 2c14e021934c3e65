// SPDX-License-Identifier: BSL-1.0
#include "fuzz/seeds/seeds.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/hyperv/freebsd.hpp>
#include <snapproto/dialect/hyperv/negotiate.hpp>
#include <snapproto/dialect/hyperv/vss.hpp>

#include <array>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::fuzz {
namespace {

/// Name and content of each input; the first byte is the form, as the target has them.
std::vector<std::pair<std::string, std::string>> hyperv_inputs() {
    using namespace hyperv;
    std::vector<std::pair<std::string, std::string>> made;
    const auto add = [&](std::string name, char form, byte_view bytes) {
        made.emplace_back(std::move(name), form + std::string{as_text(bytes)});
    };
    std::vector<std::byte> buffer(13312);
    const auto add_ic = [&](std::string name, result<std::size_t> size) {
        SNAPPROTO_ASSERT(size);
        const auto packet = std::span{buffer}.first(*size);
        add(name + "_request", 0, packet);
        answer_in_place(packet, static_cast<std::uint32_t>(hresult::fail));
        add(name + "_answer", 1, packet);
    };
    constexpr ic_header header{.message = {7, 0}};
    const std::array framework{version{1, 0}, version{3, 0}};
    const std::array message{version{5, 0}, version{7, 0}};
    add_ic("negotiate", encode_offer(buffer, header, framework, message));

    std::vector<std::byte> room(lun_list_bytes);
    const std::array disks{lun{1, {9, 8, 7}, 1, 2, 3}, lun{1, {1, 2, 3}, 0, 1, 0}};
    const auto luns = write_luns(room, disks);
    const std::vector<std::byte> statuses(8, std::byte{1});
    const std::array<vss_body, 10> bodies{
        set_body{vss_op::create, {1, 2, 3}, 1},
        set_body{vss_op::remove, {1, 2, 3}, std::nullopt},
        flags_body{vss_op::hot_backup, hot_backup_flags},
        flags_body{vss_op::get_dm_info, 0},
        flags_body{vss_op::backup_complete, 1},
        flags_body{vss_op::thaw, 0},
        disks_body{vss_op::freeze, 1, 2, *luns, std::nullopt},
        disks_body{vss_op::freeze, 1, 2, *luns, *luns},
        disks_body{vss_op::auto_recover, 1, 2, *luns, std::nullopt},
        cluster_body{{4, 5, 6}, 2, *luns, lun_status_list{statuses}, 7}};
    for (const vss_body& body : bodies) {
        add_ic(std::string{to_string(op_of(body))} + "_" + std::to_string(made.size()),
               encode_vss(buffer, direction::request, header, body));
    }

    add("version", 4, encode(version_reply{}));
    std::vector<std::byte> stream;
    const auto append = [&](byte_view bytes) {
        stream.insert(stream.end(), bytes.begin(), bytes.end());
    };
    append(encode(version_reply{}));
    for (const vss_op op : {vss_op::hot_backup, vss_op::freeze, vss_op::thaw}) {
        const auto request = encode(kernel_request{static_cast<std::uint8_t>(op), 0});
        add("kernel_" + std::string{to_string(op)}, 4, request);
        append(request);
        add("daemon_failed_" + std::string{to_string(op)}, 5,
            *encode(reply_to(request, daemon_failed)));
    }
    add("registration", 5, encode(registration{}));
    add("stream", 6, stream);
    add("freebsd_freeze", 2, encode(freebsd::record{freebsd::op::freeze, true, 77}));
    add("freebsd_failed", 3, encode(freebsd::record{freebsd::op::thaw, false, 78}));
    return made;
}

} // namespace

void add_hyperv(tree& to) {
    std::size_t number = 0;
    for (const auto& [name, content] : hyperv_inputs()) {
        to["corpus/hyperv_codec/" + numbered(name, number++)] = content;
    }
    std::string words{licence};
    for (const std::string_view word :
         {"\\x01\\x00\\x00\\x00", "\\x03\\x00\\x00\\x00\\x05\\x00", "\\x05\\x40\\x00\\x80",
          "\\x81\\x00\\x00\\x00", "\\x04\\x01\\x00\\x00", "\\x05\\x01\\x00\\x00"}) {
        words += "\"" + std::string{word} + "\"\n";
    }
    to["dictionaries/hyperv_codec.dict"] = words;
}

} // namespace snapproto::fuzz
