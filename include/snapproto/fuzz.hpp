// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_HPP
#define SNAPPROTO_FUZZ_HPP

// A stateful fuzzer for somebody's own QGA agent, as one header: derive from
// fuzz::agent_under_test, and let hunt() or an engine drive it.
//
// With libFuzzer, AFL++'s libFuzzer driver or a runner of one's own, one line makes a target:
//
//     SNAPPROTO_FUZZ_AGENT(my_agent, (snapproto::fuzz::world{.mounts = {"/mnt/a"}}))
//
// The engine then changes whole conversations instead of bytes, and sees which events have met
// which states of the specification, whether the agent is instrumented or not. A breach ends the
// process as a crash does, with the conversation on standard error as `snapcheck trace` reads it.

#include <snapproto/fuzz/hunt.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace snapproto::fuzz {

/// A breach in words, and the conversation that shows it.
[[nodiscard]] inline std::string describe(const breach& found) {
    return "SP " + std::to_string(found.governed_by.chapter) + "." +
           std::to_string(found.governed_by.number) + " is broken: " + found.sentence;
}

/// A recording as JSON Lines.
[[nodiscard]] inline std::string lines_of(const std::vector<trace::record>& recording) {
    std::string lines;
    for (const trace::record& each : recording) {
        trace::append_jsonl(lines, each);
    }
    return lines;
}

/// A conversation for people: a line for each step.
[[nodiscard]] inline std::string describe(const conversation& steps) {
    static constexpr std::array<std::string_view, action_count> deeds{"leave", "terminate",
                                                                      "restart", "hook", "release"};
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const step& each : steps) {
        if (each.what == step::kind::wait) {
            out += "wait " + std::to_string(each.span / std::chrono::milliseconds{1}) + " ms\n";
            continue;
        }
        if (each.what == step::kind::act) {
            out += std::string{deeds[static_cast<std::size_t>(each.deed)]} + " " +
                   std::to_string(each.value) + "\n";
            continue;
        }
        out += "say " + std::to_string(each.client) + (each.hasty ? " in haste" : "") +
               (each.times > 1 ? " " + std::to_string(each.times) + " times" : "") +
               (each.piece != 0 ? " in pieces of " + std::to_string(each.piece) : "") + ": ";
        for (const char c : each.bytes.substr(0, 400)) {
            const auto byte = static_cast<unsigned char>(c);
            if (byte < 0x20 || byte > 0x7e) {
                out += std::string{"\\x"} + digits[byte >> 4U] + digits[byte & 15U];
            } else {
                out += c;
            }
        }
        out += each.bytes.size() > 400 ? "...\n" : "\n";
    }
    return out;
}

/// Changes an input of an engine in place, as LLVMFuzzerCustomMutator has to.
/// @return its new size, `size_max` at most
[[nodiscard]] inline std::size_t mutate_input(const world& given, std::uint8_t* data,
                                              std::size_t size, std::size_t size_max,
                                              std::uint64_t seed) {
    mutator changes{given, seed};
    conversation steps = decode({reinterpret_cast<const char*>(data), size});
    changes.mutate(steps);
    std::string made = encode(steps);
    while (made.size() > size_max) {
        steps.pop_back();
        made = encode(steps);
    }
    std::copy(made.begin(), made.end(), reinterpret_cast<char*>(data));
    return made.size();
}

/// Joins two inputs of an engine, as LLVMFuzzerCustomCrossOver has to.
/// @return the size of `out`, `size_max` at most
[[nodiscard]] inline std::size_t cross_inputs(const world& given, std::string_view first,
                                              std::string_view second, std::uint8_t* out,
                                              std::size_t size_max, std::uint64_t seed) {
    mutator changes{given, seed};
    conversation steps = changes.cross(decode(first), decode(second));
    std::string made = encode(steps);
    while (made.size() > size_max) {
        steps.pop_back();
        made = encode(steps);
    }
    std::copy(made.begin(), made.end(), reinterpret_cast<char*>(out));
    return made.size();
}

} // namespace snapproto::fuzz

/// The entries that engines look for, for an agent of type Type in the world Given. To be used once
/// in a program, outside of any namespace, where <cstdio> and <cstdlib> are included.
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
#define SNAPPROTO_FUZZ_AGENT(Type, Given)                                                          \
    namespace {                                                                                    \
    const snapproto::fuzz::world& snapproto_fuzz_world() {                                         \
        static const snapproto::fuzz::world given = Given;                                         \
        return given;                                                                              \
    }                                                                                              \
    __attribute__((section("__libfuzzer_extra_counters"), used))                                   \
    std::uint8_t snapproto_fuzz_counters[snapproto::fuzz::coverage::size];                         \
    }                                                                                              \
    extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {            \
        static Type agent;                                                                         \
        const auto steps = snapproto::fuzz::decode({reinterpret_cast<const char*>(data), size});   \
        const auto got = snapproto::fuzz::play(agent, snapproto_fuzz_world(), steps);              \
        const auto& counted = got.covered.counters();                                              \
        std::copy(counted.begin(), counted.end(), snapproto_fuzz_counters);                        \
        if (got.found) {                                                                           \
            std::fprintf(stderr, "%s%s\n%s", snapproto::fuzz::describe(steps).c_str(),             \
                         snapproto::fuzz::describe(*got.found).c_str(),                            \
                         snapproto::fuzz::lines_of(got.recording).c_str());                        \
            std::abort();                                                                          \
        }                                                                                          \
        return 0;                                                                                  \
    }                                                                                              \
    extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,           \
                                                   std::size_t size_max, unsigned seed) {          \
        return snapproto::fuzz::mutate_input(snapproto_fuzz_world(), data, size, size_max, seed);  \
    }                                                                                              \
    extern "C" std::size_t LLVMFuzzerCustomCrossOver(                                              \
        const std::uint8_t* first, std::size_t first_size, const std::uint8_t* second,             \
        std::size_t second_size, std::uint8_t* out, std::size_t size_max, unsigned seed) {         \
        return snapproto::fuzz::cross_inputs(                                                      \
            snapproto_fuzz_world(), {reinterpret_cast<const char*>(first), first_size},            \
            {reinterpret_cast<const char*>(second), second_size}, out, size_max, seed);            \
    }
// NOLINTEND(cppcoreguidelines-macro-usage)

#endif // SNAPPROTO_FUZZ_HPP
