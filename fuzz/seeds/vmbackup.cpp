// SPDX-License-Identifier: BSL-1.0
#include "fuzz/seeds/seeds.hpp"

#include <snapproto/dialect/vmbackup/packet.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::fuzz {
namespace {

/// Name and content of each input; the first byte is the form, as the target has them.
std::vector<std::pair<std::string, std::string>> vmbackup_inputs() {
    using namespace vmbackup;
    std::vector<std::pair<std::string, std::string>> made;
    std::string stream;
    const auto add = [&](std::string_view name, char form, const auto& what) {
        std::string content{form};
        codec::container_sink sink{content};
        encode(sink, what);
        codec::container_sink all{stream};
        encode(all, packet{packet_type::data, as_bytes(content).subspan(1), form == 2});
        made.emplace_back(name, std::move(content));
    };
    for (const command what : {command::ping, command::reset, command::capabilities,
                               command::snapshot_completed, command::abort}) {
        add(to_string(what), 0, host_command{plain_command{what}});
    }
    add("set_option", 0, host_command{set_option_command{"name", "a value"}});
    add("start", 0, host_command{start_command{}});
    add("start_volumes", 0, host_command{start_command{1, "/ /home"}});
    add("snapshot_done", 0, host_command{snapshot_done_command{"one two"}});
    start_options options{.manifest = true,
                          .script_argument = "weekly",
                          .timeout_s = 120,
                          .disks = "6000C29a 6000C29b"};
    add("options_1", 0, host_command{start_with_options_command{options}});
    options.vss = vss_options{0x10, 5, true, true};
    add("options_2", 0, host_command{start_with_options_command{options}});
    add("reply_ok", 1, guest_reply{true, "ATR toolbox"});
    for (std::size_t i = 0; i < value_count<refusal>; ++i) {
        add("refusal_" + std::string{to_string(static_cast<refusal>(i))}, 1,
            refuse(static_cast<refusal>(i)));
    }
    for (std::size_t i = 0; i < value_count<event>; ++i) {
        const auto what = static_cast<event>(i);
        const bool told = what == event::error || what == event::aborted;
        add("event_" + std::string{to_string(what)}, 2,
            event_report{what, told ? event_code::sync_error : event_code::success,
                         told ? "why" : ""});
    }
    add("host_taken", 3, host_reply{});
    add("host_refuses", 3, host_reply{false, "no"});
    add("packet_count_first", 4, packet{packet_type::data, as_bytes("ping"), true});
    made.back().second.erase(1, packet_count_bytes);
    made.back().first = "packet";
    made.emplace_back("packet_other_fields",
                      '\4' + made.back().second.substr(1) +
                          std::string("\0\0\0\3\0\0\0\x9\0\0\0\1\0\0\0\1\0\0\0\0"
                                      "\0\0\0\4\0\0\0\xa\0\0\0\1\0\0\0\1x",
                                      37));
    made.emplace_back("stream", std::string{'\5', '\7'} + stream);
    made.emplace_back("history_good", std::string{'\6', 0, 1, 3, 11, 6, 10});
    made.emplace_back("history_ends_early", std::string{'\6', 0, 1, 3, 1, 10});
    return made;
}

} // namespace

void add_vmbackup(tree& to) {
    std::size_t number = 0;
    for (const auto& [name, content] : vmbackup_inputs()) {
        to["corpus/vmbackup_codec/" + numbered(name, number++)] = content;
    }
    std::string words{licence};
    const auto add = [&](std::string_view word) { words += "\"" + std::string{word} + "\"\n"; };
    for (std::size_t i = 0; i < value_count<vmbackup::command>; ++i) {
        add(vmbackup::wire_name(static_cast<vmbackup::command>(i)));
    }
    for (std::size_t i = 0; i < value_count<vmbackup::event>; ++i) {
        add(vmbackup::wire_name(static_cast<vmbackup::event>(i)));
    }
    for (const std::string_view word :
         {"vmbackup.eventSet ", "OK ", "ERROR ", "\\x00\\x00\\x00\\x01", "\\x00\\x00\\x00\\x02",
          "\\x00\\x00\\x00\\x03", "\\x00\\x00\\x00\\x04"}) {
        add(word);
    }
    to["dictionaries/vmbackup_codec.dict"] = words;
}

} // namespace snapproto::fuzz
