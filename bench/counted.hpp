// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_BENCH_COUNTED_HPP
#define SNAPPROTO_BENCH_COUNTED_HPP

// Benchmarks that count calls of operator new. This header replaces it, so that one source of a
// program includes it.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <new>

namespace snapproto::bench {

inline std::size_t allocations = 0;
inline bool has_allocated = false; ///< Our own code, that is.

} // namespace snapproto::bench

// Not inlined: the compiler would take what it sees for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
    ++snapproto::bench::allocations;
    if (void* memory = std::malloc(size)) {
        return memory;
    }
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace snapproto::bench {

/// Measures a step that reads or writes one message.
///
/// The counter `allocations` is the number of calls of operator new for one message.
/// @param bytes of the message on the wire
/// @return the calls of operator new in all rounds
template <class Step>
std::size_t measure(benchmark::State& state, std::size_t bytes, Step&& step) {
    step(); // memory that is used again is taken here
    const std::size_t before = allocations;
    for (auto _ : state) {
        step();
    }
    const std::size_t taken = allocations - before;
    state.counters["allocations"] =
        static_cast<double>(taken) / static_cast<double>(state.iterations());
    state.counters["bytes"] = static_cast<double>(bytes);
    state.SetItemsProcessed(state.iterations());
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
    return taken;
}

/// The same for our own code, which must not allocate once it has seen the message: `run` fails
/// then.
template <class Step>
void measure_ours(benchmark::State& state, std::size_t bytes, Step&& step) {
    has_allocated = measure(state, bytes, step) != 0 || has_allocated;
}

/// Runs what was registered.
/// @return what main returns: 1 for a wrong argument, or when ours has allocated.
inline int run(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    if (has_allocated) {
        std::cerr << "reading or writing has allocated\n";
    }
    return has_allocated ? 1 : 0;
}

} // namespace snapproto::bench

#endif // SNAPPROTO_BENCH_COUNTED_HPP
