// SPDX-License-Identifier: BSL-1.0
#include "fuzz/seeds/seeds.hpp"
#include "fuzz/support/encoded.hpp"

#include <span>
#include <vector>

namespace snapproto::fuzz {
namespace {

std::vector<std::string> requests() {
    const std::vector<std::string_view> mounts{"/", "/var/lib/\xc3\xa9"};
    std::vector<std::string> made;
    for (const qga::command_shape& command : qga::commands) {
        if (command.what == qga::verb::unknown) {
            continue;
        }
        auto request = qga::make_request(command.what, codec::raw_json{"[1, {\"a\": null}]"});
        request.sync_id = 9007199254740993;
        request.time_ns = -1;
        request.mountpoints = std::span<const std::string_view>{mounts};
        made.push_back(encoded(request));
        request.id = {};
        request.mountpoints = {};
        request.time_ns = {};
        made.push_back(encoded(request));
    }
    return made;
}

std::vector<std::string> replies() {
    const std::vector<qga::command_entry> commands{{"guest-ping"}, {"guest-info", false, false}};
    const codec::raw_json id{"7"};
    return {encoded(qga::reply{qga::nothing{}}),
            encoded(qga::reply{std::int64_t{-42}, id, true}),
            encoded(qga::reply{qga::freeze_state::frozen, id}),
            encoded(qga::reply{qga::agent_info{"10.0", commands}, id}),
            encoded(qga::reply{codec::raw_json{"[1.5e3, \"\\ud83d\\ude00\"]"}}),
            encoded(qga::reply{qga::error_reply{qga::reply_error::command_not_found, "no"}, id}),
            "{\"event\": \"x\"}\r\n\n",
            "nonsense\n{\"return\": \xff{}}\n"};
}

void add_inputs(tree& to) {
    std::size_t number = 0;
    std::string all;
    for (const auto& each : requests()) {
        to["corpus/qga_codec/" + numbered("request", number)] = std::string("\0\5", 2) + each;
        to["corpus/json/" + numbered("request", number++)] = "\3" + each;
        all += each;
    }
    to["corpus/qga_codec/" + numbered("requests", number)] =
        std::string("\0\7", 2) + "\xff" + all + "{\"execute\": [}\n" + all;
    for (const auto& each : replies()) {
        to["corpus/qga_codec/" + numbered("reply", number)] = "\1\5" + each;
        to["corpus/json/" + numbered("reply", number++)] = "\3" + each;
    }
}

void add_dictionary(tree& to) {
    std::string words = json_words();
    for (const qga::command_shape& command : qga::commands) {
        if (!command.name.empty()) {
            words += entry("\"" + std::string{command.name} + "\"");
        }
        if (!command.argument.empty()) {
            words += entry("\"" + std::string{command.argument} + "\": ");
        }
    }
    for (const std::string_view member :
         {qga::member_execute, qga::member_arguments, qga::member_id, qga::member_return,
          qga::member_error, qga::member_class, qga::member_desc}) {
        words += entry("\"" + std::string{member} + "\": ");
    }
    to["dictionaries/qga_codec.dict"] = words;
}

} // namespace

void add_qga(tree& to) {
    add_inputs(to);
    add_dictionary(to);
    to["dictionaries/json.dict"] = json_words();
}

} // namespace snapproto::fuzz
