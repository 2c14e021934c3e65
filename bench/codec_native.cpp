// SPDX-License-Identifier: BSL-1.0
// Encoding and decoding of the native dialect beside nlohmann/json's CBOR.
//
// Ours finds the frame in a stream, refuses every encoding but one, checks each field and ends with
// a message. nlohmann/json is given the bytes of one message and builds a tree of whatever comes;
// its keys are texts, so that its messages are a byte longer for each field. It writes from a tree
// that is there already.
//
// The counter `allocations` is the number of calls of operator new for one message. The program
// ends with 1 when ours is not zero.

#include "bench/counted.hpp"

#include <snapproto/dialect/native/decoder.hpp>
#include <snapproto/dialect/native/encode.hpp>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace snapproto;
using bench::measure;
using bench::measure_ours;

constexpr message_header head{{7}, {300}, {4}};

any_message sample(std::string_view which) {
    if (which == "prepare") {
        return prepare_request{head,
                               {std::vector<std::string>{
                                   "/", "/boot", "/boot/efi", "/home", "/var/lib", "/srv/data/01",
                                   "/srv/data/0002", "/mnt/backup of \u00e9tienne"}},
                               quiesce_level::application,
                               backup_kind::full,
                               false,
                               true,
                               std::chrono::seconds{10},
                               "nightly"};
    }
    if (which == "prepared") {
        prepared_report made{head, {}};
        for (int i = 0; i < 16; ++i) {
            made.participants.push_back(
                {"/srv/data/" + std::to_string(i), participant_kind::filesystem});
        }
        return made;
    }
    if (which == "frozen") {
        return frozen_report{head, 8, instant{std::chrono::hours{700}},
                             instant{std::chrono::hours{701}}};
    }
    return ping{head, 99};
}

std::string encoded(const any_message& message) {
    std::string out;
    codec::container_sink sink{out};
    native::encode(sink, message);
    return out;
}

void write(benchmark::State& state, std::string_view which) {
    const any_message message = sample(which);
    std::string out;
    measure_ours(state, encoded(message).size(), [&] {
        out.clear();
        codec::container_sink sink{out};
        native::encode(sink, message);
        benchmark::DoNotOptimize(out.data());
    });
}

void read(benchmark::State& state, std::string_view which) {
    const std::string bytes = encoded(sample(which));
    native::decoder decoder{is_request(kind_of(sample(which))) ? native::direction::requests
                                                               : native::direction::reports};
    measure_ours(state, bytes.size(), [&] {
        byte_view left = as_bytes(bytes);
        while (!left.empty()) {
            left = left.subspan(decoder.feed(left));
            const auto got = decoder.next();
            benchmark::DoNotOptimize(*got);
        }
    });
}

// nlohmann/json has no keys but texts: the tree is that of a message whose keys are "0", "1" ...
nlohmann::json tree_of(std::string_view which) {
    nlohmann::json tree{{"1", 7}, {"2", 300}, {"3", 4}};
    const any_message message = sample(which);
    tree["0"] = static_cast<int>(kind_of(message));
    if (const auto* asked = std::get_if<prepare_request>(&message)) {
        tree["4"] = *asked->scope.mounts;
        tree["5"] = 1;
        tree["6"] = 0;
        tree["7"] = false;
        tree["8"] = true;
        tree["9"] = asked->hold_limit.count();
        tree["10"] = asked->hook_argument;
    } else if (const auto* manifest = std::get_if<prepared_report>(&message)) {
        for (const auto& entry : manifest->participants) {
            tree["4"].push_back({entry.name, static_cast<int>(entry.kind)});
        }
    } else if (const auto* held = std::get_if<frozen_report>(&message)) {
        tree["4"] = held->held;
        tree["5"] = held->held_since.time_since_epoch().count();
        tree["6"] = held->hold_deadline.time_since_epoch().count();
    } else {
        tree["4"] = 99;
    }
    return tree;
}

void write_nlohmann(benchmark::State& state, std::string_view which) {
    const nlohmann::json tree = tree_of(which);
    std::vector<std::uint8_t> out;
    measure(state, nlohmann::json::to_cbor(tree).size(), [&] {
        out.clear();
        nlohmann::json::to_cbor(tree, out);
        benchmark::DoNotOptimize(out.data());
    });
}

void read_nlohmann(benchmark::State& state, std::string_view which) {
    const auto bytes = nlohmann::json::to_cbor(tree_of(which));
    measure(state, bytes.size(), [&] {
        const nlohmann::json tree = nlohmann::json::from_cbor(bytes);
        benchmark::DoNotOptimize(tree.at("3").get<std::uint64_t>());
    });
}

} // namespace

int main(int argc, char** argv) {
    for (const std::string_view which : {"ping", "frozen", "prepare", "prepared"}) {
        const auto add = [&](std::string name, void (*run)(benchmark::State&, std::string_view)) {
            benchmark::RegisterBenchmark(
                (name.insert(name.find('/') + 1, std::string{which} + "/")).c_str(),
                [run, which](benchmark::State& state) { run(state, which); });
        };
        add("read/snapproto", read);
        add("read/nlohmann (tree)", read_nlohmann);
        add("write/snapproto", write);
        add("write/nlohmann (tree there already)", write_nlohmann);
    }
    return bench::run(argc, argv);
}
