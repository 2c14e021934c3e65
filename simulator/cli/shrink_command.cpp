// SPDX-License-Identifier: BSL-1.0
// snapsim shrink: the smallest run that still fails.
#include "simulator/campaign/shrink.hpp"
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <cstdio>

#include <unistd.h>

namespace snapproto::simulator {
namespace {

campaign::shrunk_run shrink_with_progress(const world::scenario& base) {
    const bool shows = ::isatty(STDERR_FILENO) != 0;
    auto made = campaign::shrink(base, [&](std::size_t plays) {
        if (shows) {
            fmt::print(stderr, "\r\x1b[K{} runs played", plays);
            std::fflush(stderr);
        }
    });
    if (shows) {
        fmt::print(stderr, "\r\x1b[K");
    }
    return made;
}

} // namespace

int run_shrink(const shrink_options& wanted) {
    const auto base = load(wanted.what);
    auto made = shrink_with_progress(base);
    if (made.wrong.kind.empty()) {
        fmt::print("nothing is wrong with {} --seed {}: there is nothing to shrink\n",
                   words_of(wanted.what), base.seed);
        return exit_held;
    }
    made.smallest.title = fmt::format("{}, shrunk from {} --seed {}", made.wrong.kind,
                                      words_of(wanted.what), base.seed);
    made.smallest.teaches = made.wrong.what + ".";
    const auto file =
        wanted.out.empty() ? fmt::format("{}-seed-{}.json", base.name, base.seed) : wanted.out;
    write_file(file, world::to_text(made.smallest));
    fmt::print("{}: {}\n{} of {} decisions are left, after {} runs:\n", made.wrong.kind,
               made.wrong.what, made.decisions.size(), made.decisions_before, made.plays);
    for (const auto& one : made.decisions) {
        fmt::print("  {}\n", one);
    }
    fmt::print("replay: snapsim run {}\n", file);
    return exit_violated;
}

} // namespace snapproto::simulator
