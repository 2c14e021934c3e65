// SPDX-License-Identifier: BSL-1.0
// Encoding and decoding of both forms of Hyper-V's dialect beside the least that a program can do.
//
// "overlay" is what kernels do: the bytes are copied out of the channel into a structure of C, and
// nothing is looked at; writing is the same the other way. No reader can do with less, so that this
// is the limit of the machine. Ours checks sizes, versions, reserved fields and counts and ends
// with a typed message. The lists of a freeze are 260 disks long whether they are used or not, and
// are copied by the overlay; ours leaves them where they are.

#include "bench/counted.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>
#include <snapproto/dialect/hyperv/vss.hpp>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace {

using namespace snapproto;
using bench::measure;
using bench::measure_ours;
using hyperv::direction;

// ---- form (b): 12 bytes between the kernel and a daemon ----

struct daemon_overlay {
    std::uint8_t op;
    std::array<std::uint8_t, 7> reserved;
    std::uint32_t flags;
};
static_assert(sizeof(daemon_overlay) == hyperv::daemon_message_bytes);

void read_record(benchmark::State& state) {
    auto bytes = encode(hyperv::kernel_request{static_cast<std::uint8_t>(hyperv::vss_op::freeze)});
    measure_ours(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        const auto got = hyperv::decode_from_kernel(bytes);
        benchmark::DoNotOptimize(got);
    });
}

void read_record_overlay(benchmark::State& state) {
    auto bytes = encode(hyperv::kernel_request{static_cast<std::uint8_t>(hyperv::vss_op::freeze)});
    daemon_overlay got{};
    measure(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        std::memcpy(&got, bytes.data(), sizeof got);
        benchmark::DoNotOptimize(got);
    });
}

void write_record(benchmark::State& state) {
    hyperv::daemon_reply reply{hyperv::daemon_failed, {}};
    measure_ours(state, hyperv::daemon_message_bytes, [&] {
        benchmark::DoNotOptimize(reply);
        const auto out = encode(reply);
        benchmark::DoNotOptimize(out);
    });
}

void write_record_overlay(benchmark::State& state) {
    daemon_overlay reply{};
    hyperv::daemon_message out{};
    measure(state, sizeof reply, [&] {
        benchmark::DoNotOptimize(reply);
        std::memcpy(out.data(), &reply, sizeof reply);
        benchmark::DoNotOptimize(out);
    });
}

// ---- form (a): the messages of the bus ----

constexpr std::size_t disks = 16;

/// A thaw, or a freeze of 16 disks with the room for all 260.
std::vector<std::byte> packet(bool freeze) {
    std::vector<std::byte> room(hyperv::ic_limits{}.packet_bytes_max);
    std::vector<std::byte> records(disks * hyperv::lun_bytes);
    const std::vector<hyperv::lun> some(disks, hyperv::lun{8, {1, 2, 3}, 0, 1, 7});
    hyperv::vss_body body = hyperv::flags_body{hyperv::vss_op::thaw, 0};
    if (freeze) {
        body = hyperv::disks_body{hyperv::vss_op::freeze, 1, 0, *hyperv::write_luns(records, some),
                                  std::nullopt};
    }
    room.resize(*hyperv::encode_vss(room, direction::request, {}, body));
    return room;
}

void read_packet(benchmark::State& state, bool freeze) {
    auto bytes = packet(freeze);
    measure_ours(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        const auto outer = hyperv::decode_ic(bytes, direction::request);
        const auto got = hyperv::decode_vss(*outer);
        benchmark::DoNotOptimize(got);
    });
}

void write_packet(benchmark::State& state, bool freeze) {
    const auto bytes = packet(freeze);
    const auto outer = hyperv::decode_ic(bytes, direction::request);
    const auto body = hyperv::decode_vss(*outer);
    std::vector<std::byte> out(bytes.size());
    measure_ours(state, bytes.size(), [&] {
        const auto size = hyperv::encode_vss(out, direction::request, {}, *body);
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    });
}

void copy_packet(benchmark::State& state, bool freeze) {
    auto bytes = packet(freeze);
    std::vector<std::byte> out(bytes.size());
    measure(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        std::memcpy(out.data(), bytes.data(), bytes.size());
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    });
}

} // namespace

int main(int argc, char** argv) {
    benchmark::RegisterBenchmark("read/record/snapproto", read_record);
    benchmark::RegisterBenchmark("read/record/overlay", read_record_overlay);
    benchmark::RegisterBenchmark("write/record/snapproto", write_record);
    benchmark::RegisterBenchmark("write/record/overlay", write_record_overlay);
    for (const bool freeze : {false, true}) {
        const std::string what = freeze ? "freeze of 16 disks" : "thaw";
        const auto add = [&](const std::string& name, void (*run)(benchmark::State&, bool)) {
            benchmark::RegisterBenchmark(
                name.c_str(), [run, freeze](benchmark::State& state) { run(state, freeze); });
        };
        add("read/" + what + "/snapproto", read_packet);
        add("write/" + what + "/snapproto", write_packet);
        add("copy/" + what + "/overlay", copy_packet);
    }
    return bench::run(argc, argv);
}
