// SPDX-License-Identifier: BSL-1.0
// Encoding and decoding of VMware's dialect beside what its own programs use.
//
// Texts: sscanf and snprintf of the C library. Options: the XDR of libtirpc (Debian's libtirpc-dev;
// left out where it is not installed), which allocates each text. Packets: a copy of their bytes,
// which is the least that there is. Ours checks the whole message, names what is wrong and where,
// and leaves texts where they are.

#include "bench/counted.hpp"

#include <snapproto/dialect/vmbackup/command.hpp>
#include <snapproto/dialect/vmbackup/packet.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#ifdef SNAPPROTO_HAVE_TIRPC
#include <rpc/xdr.h>
#endif

#include <array>
#include <cstdio>
#include <cstring>
#include <string>

namespace {

using namespace snapproto;
using bench::measure;
using bench::measure_ours;
namespace vmb = snapproto::vmbackup;

template <class Message>
std::string encoded(const Message& message) {
    std::string out;
    codec::container_sink sink{out};
    vmb::encode(sink, message);
    return out;
}

/// Reads the same bytes again and again, which the compiler must take for others each time.
template <class Decode>
void read(benchmark::State& state, std::string bytes, Decode&& decode) {
    measure_ours(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        const auto got = decode(as_bytes(bytes));
        benchmark::DoNotOptimize(got);
    });
}

template <class Message>
void write(benchmark::State& state, Message message) {
    std::string out;
    measure_ours(state, encoded(message).size(), [&] {
        benchmark::DoNotOptimize(message);
        out.clear();
        codec::container_sink sink{out};
        vmb::encode(sink, message);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    });
}

// ---- an event ----

constexpr vmb::event_report failed{vmb::event::error, vmb::event_code::sync_error,
                                   "Sync driver operation failed: the disk is busy."};

void scan_event(benchmark::State& state) {
    std::string bytes = encoded(failed);
    std::array<char, 64> name{};
    unsigned code = 0;
    int text = 0;
    measure(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        const int got =
            std::sscanf(bytes.c_str(), "vmbackup.eventSet %63s %u %n", name.data(), &code, &text);
        benchmark::DoNotOptimize(got);
    });
}

void print_event(benchmark::State& state) {
    std::array<char, 256> out{};
    const std::string name{vmb::wire_name(failed.what)};
    const std::string text{failed.text};
    measure(state, encoded(failed).size(), [&] {
        const int size = std::snprintf(out.data(), out.size(), "vmbackup.eventSet %s %d %s",
                                       name.c_str(), static_cast<int>(failed.code), text.c_str());
        benchmark::DoNotOptimize(size);
        benchmark::DoNotOptimize(out.data());
    });
}

// ---- a start with options ----

vmb::host_command start() {
    vmb::start_options made;
    made.manifest = true;
    made.script_argument = "nightly";
    made.timeout_s = 900;
    made.disks = "scsi0:0 scsi0:1 scsi1:0";
    made.vss.emplace();
    return vmb::start_with_options_command{made};
}

#ifdef SNAPPROTO_HAVE_TIRPC

/// The union, field by field, as a program that rpcgen has made does it.
bool xdr_options(XDR* stream, std::array<u_int, 12>& numbers, std::array<char*, 2>& texts) {
    bool good = true;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i == 7) { // version, present, five flags; then a text, a number, a text, and the rest
            good = good && xdr_string(stream, &texts[0], 256) != 0;
        } else if (i == 8) {
            good = good && xdr_string(stream, &texts[1], 3200) != 0;
        }
        good = good && xdr_u_int(stream, &numbers[i]) != 0;
    }
    return good;
}

void read_xdr(benchmark::State& state) {
    const std::string bytes =
        encoded(start()).substr(vmb::wire_name(vmb::command::start_with_options).size() + 1);
    std::string copy = bytes;
    measure(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(copy.data());
        benchmark::ClobberMemory();
        XDR stream;
        xdrmem_create(&stream, copy.data(), static_cast<u_int>(copy.size()), XDR_DECODE);
        std::array<u_int, 12> numbers{};
        std::array<char*, 2> texts{};
        if (!xdr_options(&stream, numbers, texts)) {
            state.SkipWithError("libtirpc does not read the options");
        }
        benchmark::DoNotOptimize(numbers);
        stream.x_op = XDR_FREE;
        xdr_options(&stream, numbers, texts);
    });
}

void write_xdr(benchmark::State& state) {
    std::array<u_int, 12> numbers{2, 1, 1, 1, 1, 0, 1, 900};
    std::string argument = "nightly";
    std::string disks = "scsi0:0 scsi0:1 scsi1:0";
    std::array<char*, 2> texts{argument.data(), disks.data()};
    std::array<char, 256> out{};
    measure(state, encoded(start()).size(), [&] {
        XDR stream;
        xdrmem_create(&stream, out.data(), static_cast<u_int>(out.size()), XDR_ENCODE);
        if (!xdr_options(&stream, numbers, texts)) {
            state.SkipWithError("libtirpc does not write the options");
        }
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    });
}

#endif

// ---- a packet ----

void copy_packet(benchmark::State& state) {
    const std::string text = encoded(failed);
    std::string bytes = encoded(vmb::packet{vmb::packet_type::data, as_bytes(text), false});
    std::string out(bytes.size(), '\0');
    measure(state, bytes.size(), [&] {
        benchmark::DoNotOptimize(bytes.data());
        benchmark::ClobberMemory();
        std::memcpy(out.data(), bytes.data(), bytes.size());
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    });
}

void read_packet(benchmark::State& state) {
    const std::string text = encoded(failed);
    vmb::packet_splitter splitter;
    read(state, encoded(vmb::packet{vmb::packet_type::data, as_bytes(text), false}),
         [&](byte_view bytes) {
             const auto fields = splitter.feed(bytes);
             return vmb::decode_packet(*fields);
         });
}

void write_packet(benchmark::State& state) {
    const std::string text = encoded(failed);
    write(state, vmb::packet{vmb::packet_type::data, as_bytes(text), false});
}

} // namespace

int main(int argc, char** argv) {
    const auto add = [](const char* name, auto run) { benchmark::RegisterBenchmark(name, run); };
    add("read/event/snapproto", [](benchmark::State& state) {
        read(state, encoded(failed), [](byte_view bytes) { return vmb::decode_event(bytes); });
    });
    add("read/event/sscanf", scan_event);
    add("write/event/snapproto", [](benchmark::State& state) { write(state, failed); });
    add("write/event/snprintf", print_event);
    add("read/start/snapproto", [](benchmark::State& state) {
        read(state, encoded(start()), [](byte_view bytes) { return vmb::decode_command(bytes); });
    });
    add("write/start/snapproto", [](benchmark::State& state) { write(state, start()); });
#ifdef SNAPPROTO_HAVE_TIRPC
    add("read/start/libtirpc (options alone)", read_xdr);
    add("write/start/libtirpc (options alone)", write_xdr);
#endif
    add("read/packet/snapproto", read_packet);
    add("write/packet/snapproto", write_packet);
    add("copy/packet/memcpy", copy_packet);
    return bench::run(argc, argv);
}
