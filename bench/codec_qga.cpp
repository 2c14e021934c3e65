// SPDX-License-Identifier: BSL-1.0
// Decoding and encoding of QGA messages beside the document trees of nlohmann/json and Boost.JSON.
//
// Reading: all are given the same bytes, one message with its newline, and end with the same
// values: the command's name as a verb, its arguments and the id; or what is returned, the class
// and text of an error, the id, the version and each name and flag of guest-info. All check the
// whole text. All find the end of the message: nlohmann/json must be given it, so it pays for
// memchr; the parser of Boost.JSON stops there by itself, as ours does. Beyond that, ours copies
// the bytes (its texts outlive the caller's buffer), refuses members that occur twice or do not
// belong, and is ready for a message that is not complete; the others do none of it.
//
// Writing: all write the same message from the same values. "tree only" is what the libraries need
// when the tree is there already.
//
// "pool" is Boost.JSON with one parser for all messages and a monotonic resource over a buffer
// that is used again, its fastest way. It is compiled here and not taken from the system's library,
// so that all have the same options. The counter `allocations` is the number of calls of operator
// new for one message.

#include "bench/counted.hpp"

#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/reply_decoder.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>

#include <boost/json.hpp>
#include <boost/json/src.hpp>
#include <nlohmann/json.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using bench::measure;
using bench::measure_ours;

constexpr std::array<std::string_view, 8> mountpoints{
    "/",        "/boot",        "/boot/efi",      "/home",
    "/var/lib", "/srv/data/01", "/srv/data/0002", "/mnt/backup of \xc3\xa9tienne"};

// The commands of a Debian 12 agent, so that the reply has its real size.
constexpr std::array<std::string_view, 42> names{"guest-ssh-remove-authorized-keys",
                                                 "guest-ssh-add-authorized-keys",
                                                 "guest-ssh-get-authorized-keys",
                                                 "guest-get-diskstats",
                                                 "guest-get-cpustats",
                                                 "guest-get-disks",
                                                 "guest-get-osinfo",
                                                 "guest-get-timezone",
                                                 "guest-get-users",
                                                 "guest-get-host-name",
                                                 "guest-exec",
                                                 "guest-exec-status",
                                                 "guest-get-memory-block-info",
                                                 "guest-set-memory-blocks",
                                                 "guest-get-memory-blocks",
                                                 "guest-set-user-password",
                                                 "guest-get-fsinfo",
                                                 "guest-get-devices",
                                                 "guest-set-vcpus",
                                                 "guest-get-vcpus",
                                                 "guest-network-get-interfaces",
                                                 "guest-suspend-hybrid",
                                                 "guest-suspend-ram",
                                                 "guest-suspend-disk",
                                                 "guest-fstrim",
                                                 "guest-fsfreeze-thaw",
                                                 "guest-fsfreeze-freeze-list",
                                                 "guest-fsfreeze-freeze",
                                                 "guest-fsfreeze-status",
                                                 "guest-file-flush",
                                                 "guest-file-seek",
                                                 "guest-file-write",
                                                 "guest-file-read",
                                                 "guest-file-close",
                                                 "guest-file-open",
                                                 "guest-shutdown",
                                                 "guest-info",
                                                 "guest-set-time",
                                                 "guest-get-time",
                                                 "guest-ping",
                                                 "guest-sync",
                                                 "guest-sync-delimited"};

const std::vector<qga::command_entry>& entries() {
    static const std::vector<qga::command_entry> all = [] {
        std::vector<qga::command_entry> made;
        for (const std::string_view name : names) {
            const bool silent = name.starts_with("guest-suspend") || name == "guest-shutdown";
            made.push_back({name, true, !silent});
        }
        return made;
    }();
    return all;
}

qga::request sample_request(std::string_view which) {
    if (which == "sync") {
        return qga::make_sync(1'732'350'000'123);
    }
    if (which == "freeze-list") {
        return qga::make_freeze_list(mountpoints, {"\"libvirt-17\""});
    }
    return qga::make_request(qga::verb::ping);
}

qga::reply sample_reply(std::string_view which) {
    if (which == "info") {
        return {qga::agent_info{"7.2.22", entries()}};
    }
    if (which == "error") {
        return {qga::error_reply{qga::reply_error::command_not_found,
                                 "Command guest-get-fsinfo has been disabled: the agent is in "
                                 "frozen state"},
                {"\"libvirt-17\""}};
    }
    return {std::int64_t{3}};
}

template <class Message>
std::string line_of(const Message& message) {
    std::string out;
    codec::container_sink sink{out};
    qga::encode(sink, message);
    return out;
}

// Reading -----------------------------------------------------------------------------------

void use(const qga::request& got) {
    benchmark::DoNotOptimize(got.verb);
    benchmark::DoNotOptimize(got.sync_id);
    benchmark::DoNotOptimize(got.id.text.data());
    if (got.mountpoints) {
        for (const std::string_view mountpoint : *got.mountpoints) {
            benchmark::DoNotOptimize(mountpoint.data());
        }
    }
}

template <class Text>
std::string_view view(const Text& text) {
    return {text.data(), text.size()};
}

// As a user writes it: until everything is taken.
template <class Decoder, class Use>
void drain(Decoder& decoder, std::string_view line, Use&& use_message) {
    byte_view bytes = as_bytes(line);
    while (!bytes.empty()) {
        bytes = bytes.subspan(decoder.feed(bytes));
        if (const auto got = decoder.next()) {
            use_message(*got);
        }
    }
}

void read_request(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_request(which));
    qga::request_decoder decoder;
    measure_ours(state, line.size(),
                 [&] { drain(decoder, line, [](const qga::request& got) { use(got); }); });
}

nlohmann::json parse_nlohmann(std::string_view bytes) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    return nlohmann::json::parse(line.begin(), line.end());
}

void read_request_nlohmann(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_request(which));
    measure(state, line.size(), [&] {
        const nlohmann::json tree = parse_nlohmann(line);
        qga::request got;
        got.verb = qga::verb_of(tree.at("execute").get_ref<const std::string&>());
        if (const auto arguments = tree.find("arguments"); arguments != tree.end()) {
            if (got.verb == qga::verb::sync) {
                got.sync_id = arguments->at("id").get<std::int64_t>();
            } else {
                for (const auto& mountpoint : arguments->at("mountpoints")) {
                    benchmark::DoNotOptimize(mountpoint.get_ref<const std::string&>().data());
                }
            }
        }
        if (const auto id = tree.find("id"); id != tree.end()) {
            benchmark::DoNotOptimize(&*id);
        }
        use(got);
    });
}

void use_request(const boost::json::value& tree) {
    const boost::json::object& root = tree.as_object();
    qga::request got;
    got.verb = qga::verb_of(view(root.at("execute").as_string()));
    if (const boost::json::value* arguments = root.if_contains("arguments")) {
        if (got.verb == qga::verb::sync) {
            got.sync_id = arguments->as_object().at("id").as_int64();
        } else {
            for (const auto& mountpoint : arguments->as_object().at("mountpoints").as_array()) {
                benchmark::DoNotOptimize(mountpoint.as_string().data());
            }
        }
    }
    if (const boost::json::value* id = root.if_contains("id")) {
        benchmark::DoNotOptimize(id);
    }
    use(got);
}

void read_request_boost(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_request(which));
    measure(state, line.size(), [&] { use_request(boost::json::parse(line)); });
}

// One parser and one buffer for all messages, as the library's manual recommends.
template <class Use>
void read_boost_pool(benchmark::State& state, const std::string& line, Use&& use_tree) {
    std::vector<unsigned char> memory(256 * 1024);
    boost::json::parser parser;
    measure(state, line.size(), [&] {
        boost::json::monotonic_resource pool{memory.data(), memory.size()};
        parser.reset(&pool);
        benchmark::DoNotOptimize(parser.write_some(line.data(), line.size()));
        use_tree(parser.release());
    });
}

void read_request_boost_pool(benchmark::State& state, std::string_view which) {
    read_boost_pool(state, line_of(sample_request(which)), use_request);
}

void read_reply(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_reply(which));
    qga::reply_decoder decoder;
    measure_ours(state, line.size(), [&] {
        drain(decoder, line, [&](const qga::reply_view& got) {
            benchmark::DoNotOptimize(got.id.text.data());
            if (got.kind == qga::reply_kind::refused) {
                benchmark::DoNotOptimize(got.error);
                benchmark::DoNotOptimize(got.desc.data());
            } else if (which == "info") {
                benchmark::DoNotOptimize(got.version()->data());
                std::size_t enabled = 0;
                got.for_each_command([&](const qga::command_entry& entry) {
                    benchmark::DoNotOptimize(entry.name.data());
                    enabled += entry.enabled && entry.success_response ? 1U : 0U;
                });
                benchmark::DoNotOptimize(enabled);
            } else {
                benchmark::DoNotOptimize(*got.integer());
            }
        });
    });
}

void read_reply_nlohmann(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_reply(which));
    measure(state, line.size(), [&] {
        const nlohmann::json tree = parse_nlohmann(line);
        if (const auto id = tree.find("id"); id != tree.end()) {
            benchmark::DoNotOptimize(&*id);
        }
        if (const auto error = tree.find("error"); error != tree.end()) {
            benchmark::DoNotOptimize(
                qga::reply_error_of(error->at("class").get_ref<const std::string&>()));
            benchmark::DoNotOptimize(error->at("desc").get_ref<const std::string&>().data());
        } else if (which == "info") {
            const nlohmann::json& returned = tree.at("return");
            benchmark::DoNotOptimize(returned.at("version").get_ref<const std::string&>().data());
            std::size_t enabled = 0;
            for (const auto& entry : returned.at("supported_commands")) {
                benchmark::DoNotOptimize(entry.at("name").get_ref<const std::string&>().data());
                enabled +=
                    entry.at("enabled").get<bool>() && entry.at("success-response").get<bool>()
                        ? 1U
                        : 0U;
            }
            benchmark::DoNotOptimize(enabled);
        } else {
            benchmark::DoNotOptimize(tree.at("return").get<std::int64_t>());
        }
    });
}

void use_reply(const boost::json::value& tree, std::string_view which) {
    const boost::json::object& root = tree.as_object();
    if (const boost::json::value* id = root.if_contains("id")) {
        benchmark::DoNotOptimize(id);
    }
    if (const boost::json::value* error = root.if_contains("error")) {
        const boost::json::object& members = error->as_object();
        benchmark::DoNotOptimize(qga::reply_error_of(view(members.at("class").as_string())));
        benchmark::DoNotOptimize(members.at("desc").as_string().data());
    } else if (which == "info") {
        const boost::json::object& returned = root.at("return").as_object();
        benchmark::DoNotOptimize(returned.at("version").as_string().data());
        std::size_t enabled = 0;
        for (const auto& item : returned.at("supported_commands").as_array()) {
            const boost::json::object& entry = item.as_object();
            benchmark::DoNotOptimize(entry.at("name").as_string().data());
            enabled +=
                entry.at("enabled").as_bool() && entry.at("success-response").as_bool() ? 1U : 0U;
        }
        benchmark::DoNotOptimize(enabled);
    } else {
        benchmark::DoNotOptimize(root.at("return").as_int64());
    }
}

void read_reply_boost(benchmark::State& state, std::string_view which) {
    const std::string line = line_of(sample_reply(which));
    measure(state, line.size(), [&] { use_reply(boost::json::parse(line), which); });
}

void read_reply_boost_pool(benchmark::State& state, std::string_view which) {
    read_boost_pool(state, line_of(sample_reply(which)),
                    [&](const boost::json::value& tree) { use_reply(tree, which); });
}

// Writing -----------------------------------------------------------------------------------

template <class Message>
void write(benchmark::State& state, const Message& message) {
    std::string out;
    measure_ours(state, line_of(message).size(), [&] {
        out.clear();
        codec::container_sink sink{out};
        qga::encode(sink, message);
        benchmark::DoNotOptimize(out.data());
    });
}

template <class Message>
void write_buffer(benchmark::State& state, const Message& message) {
    std::vector<char> buffer(64 * 1024);
    measure_ours(state, line_of(message).size(), [&] {
        benchmark::DoNotOptimize(*qga::encode_into(buffer, message));
        benchmark::DoNotOptimize(buffer.data());
    });
}

nlohmann::json tree_nlohmann(const qga::request& message) {
    nlohmann::json tree{{"execute", qga::to_string(message.verb)}};
    if (message.verb == qga::verb::sync) {
        tree["arguments"] = {{"id", message.sync_id}};
    } else if (message.mountpoints) {
        nlohmann::json list = nlohmann::json::array();
        for (const std::string_view mountpoint : *message.mountpoints) {
            list.push_back(mountpoint);
        }
        tree["arguments"] = {{"mountpoints", std::move(list)}};
    }
    if (message.id) {
        tree["id"] = "libvirt-17";
    }
    return tree;
}

nlohmann::json tree_nlohmann(const qga::reply& message) {
    nlohmann::json tree = nlohmann::json::object();
    if (const auto* number = std::get_if<std::int64_t>(&message.body)) {
        tree["return"] = *number;
    } else if (const auto* why = std::get_if<qga::error_reply>(&message.body)) {
        tree["error"] = {{"class", qga::to_string(why->kind)}, {"desc", why->desc}};
    } else if (const auto* info = std::get_if<qga::agent_info>(&message.body)) {
        nlohmann::json list = nlohmann::json::array();
        for (const qga::command_entry& entry : info->commands) {
            list.push_back({{"enabled", entry.enabled},
                            {"name", entry.name},
                            {"success-response", entry.success_response}});
        }
        tree["return"] = {{"version", info->version}, {"supported_commands", std::move(list)}};
    }
    if (message.id) {
        tree["id"] = "libvirt-17";
    }
    return tree;
}

template <class Message>
void write_nlohmann(benchmark::State& state, const Message& message) {
    measure(state, line_of(message).size(), [&] {
        const std::string out = tree_nlohmann(message).dump(-1, ' ', true);
        benchmark::DoNotOptimize(out.data());
    });
}

template <class Message>
void write_nlohmann_tree_only(benchmark::State& state, const Message& message) {
    const nlohmann::json tree = tree_nlohmann(message);
    measure(state, line_of(message).size(), [&] {
        const std::string out = tree.dump(-1, ' ', true);
        benchmark::DoNotOptimize(out.data());
    });
}

boost::json::value tree_boost(const qga::request& message, boost::json::storage_ptr memory = {}) {
    const std::string_view name = qga::to_string(message.verb);
    boost::json::object tree(memory);
    tree.emplace("execute", boost::json::string_view{name.data(), name.size()});
    if (message.verb == qga::verb::sync) {
        boost::json::object arguments(memory);
        arguments.emplace("id", message.sync_id);
        tree.emplace("arguments", std::move(arguments));
    } else if (message.mountpoints) {
        boost::json::array list(memory);
        list.reserve(message.mountpoints->size());
        for (const std::string_view mountpoint : *message.mountpoints) {
            list.emplace_back(boost::json::string_view{mountpoint.data(), mountpoint.size()});
        }
        boost::json::object arguments(memory);
        arguments.emplace("mountpoints", std::move(list));
        tree.emplace("arguments", std::move(arguments));
    }
    if (message.id) {
        tree.emplace("id", "libvirt-17");
    }
    return tree;
}

boost::json::value tree_boost(const qga::reply& message, boost::json::storage_ptr memory = {}) {
    boost::json::object tree(memory);
    if (const auto* number = std::get_if<std::int64_t>(&message.body)) {
        tree.emplace("return", *number);
    } else if (const auto* why = std::get_if<qga::error_reply>(&message.body)) {
        const std::string_view name = qga::to_string(why->kind);
        boost::json::object error(memory);
        error.emplace("class", boost::json::string_view{name.data(), name.size()});
        error.emplace("desc", boost::json::string_view{why->desc.data(), why->desc.size()});
        tree.emplace("error", std::move(error));
    } else if (const auto* info = std::get_if<qga::agent_info>(&message.body)) {
        boost::json::array list(memory);
        list.reserve(info->commands.size());
        for (const qga::command_entry& entry : info->commands) {
            boost::json::object item(3, memory);
            item.emplace("enabled", entry.enabled);
            item.emplace("name", boost::json::string_view{entry.name.data(), entry.name.size()});
            item.emplace("success-response", entry.success_response);
            list.emplace_back(std::move(item));
        }
        boost::json::object returned(memory);
        returned.emplace("version",
                         boost::json::string_view{info->version.data(), info->version.size()});
        returned.emplace("supported_commands", std::move(list));
        tree.emplace("return", std::move(returned));
    }
    if (message.id) {
        tree.emplace("id", "libvirt-17");
    }
    return tree;
}

template <class Message>
void write_boost(benchmark::State& state, const Message& message) {
    measure(state, line_of(message).size(), [&] {
        const std::string out = boost::json::serialize(tree_boost(message));
        benchmark::DoNotOptimize(out.data());
    });
}

// One serializer and two buffers for all messages.
void write_boost_tree(benchmark::State& state, const boost::json::value& tree, std::size_t bytes) {
    boost::json::serializer serializer;
    std::vector<char> buffer(64 * 1024);
    measure(state, bytes, [&] {
        serializer.reset(&tree);
        benchmark::DoNotOptimize(serializer.read(buffer.data(), buffer.size()).data());
    });
}

template <class Message>
void write_boost_pool(benchmark::State& state, const Message& message) {
    boost::json::serializer serializer;
    std::vector<char> buffer(64 * 1024);
    std::vector<unsigned char> memory(256 * 1024);
    measure(state, line_of(message).size(), [&] {
        boost::json::monotonic_resource pool{memory.data(), memory.size()};
        const boost::json::value tree = tree_boost(message, &pool);
        serializer.reset(&tree);
        benchmark::DoNotOptimize(serializer.read(buffer.data(), buffer.size()).data());
    });
}

template <class Message>
void write_boost_tree_only(benchmark::State& state, const Message& message) {
    write_boost_tree(state, tree_boost(message), line_of(message).size());
}

template <class Function, class Argument>
void add(const std::string& name, Function function, Argument argument) {
    benchmark::RegisterBenchmark(
        name.c_str(), [function, argument](benchmark::State& state) { function(state, argument); });
}

template <class Message>
void add_writers(const std::string& what, const Message& message) {
    add("write/" + what + "/snapproto", write<Message>, message);
    add("write/" + what + "/snapproto (buffer)", write_buffer<Message>, message);
    add("write/" + what + "/nlohmann", write_nlohmann<Message>, message);
    add("write/" + what + "/nlohmann (tree only)", write_nlohmann_tree_only<Message>, message);
    add("write/" + what + "/Boost.JSON", write_boost<Message>, message);
    add("write/" + what + "/Boost.JSON (pool)", write_boost_pool<Message>, message);
    add("write/" + what + "/Boost.JSON (tree only)", write_boost_tree_only<Message>, message);
}

} // namespace

int main(int argc, char** argv) {
    for (const std::string_view which : {"ping", "sync", "freeze-list"}) {
        const std::string what = std::string{"request "} + std::string{which};
        add("read/" + what + "/snapproto", read_request, which);
        add("read/" + what + "/nlohmann", read_request_nlohmann, which);
        add("read/" + what + "/Boost.JSON", read_request_boost, which);
        add("read/" + what + "/Boost.JSON (pool)", read_request_boost_pool, which);
        add_writers(what, sample_request(which));
    }
    for (const std::string_view which : {"count", "error", "info"}) {
        const std::string what = std::string{"reply "} + std::string{which};
        add("read/" + what + "/snapproto", read_reply, which);
        add("read/" + what + "/nlohmann", read_reply_nlohmann, which);
        add("read/" + what + "/Boost.JSON", read_reply_boost, which);
        add("read/" + what + "/Boost.JSON (pool)", read_reply_boost_pool, which);
        add_writers(what, sample_reply(which));
    }
    return bench::run(argc, argv);
}
