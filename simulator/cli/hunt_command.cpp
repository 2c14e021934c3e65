// SPDX-License-Identifier: BSL-1.0
// snapsim hunt: which faulty endpoints a campaign finds, and how soon.
#include "simulator/campaign/hunt.hpp"
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/world/flaw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include <unistd.h>

namespace snapproto::simulator {
namespace {

using campaign::hunted;

std::vector<hunted> hunt_all(const world::scenario& base,
                             const std::vector<std::string_view>& names,
                             const hunt_options& wanted) {
    const campaign::hunt_options how{.starts = wanted.starts, .seeds_max = wanted.seeds_max};
    const bool shows = ::isatty(STDERR_FILENO) != 0;
    std::vector<hunted> found(names.size());
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (auto i = next++; i < names.size(); i = next++) {
            if (shows) {
                fmt::print(stderr, "\r\x1b[K{} of {}: {}", i + 1, names.size(), names[i]);
                std::fflush(stderr);
            }
            found[i] = campaign::hunt(base, names[i], how);
        }
    };
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < jobs_of(wanted.jobs); ++i) {
        threads.emplace_back(work);
    }
    for (auto& one : threads) {
        one.join();
    }
    if (shows) {
        fmt::print(stderr, "\r\x1b[K");
    }
    return found;
}

} // namespace

int run_hunt(const hunt_options& wanted) {
    const auto base = load(wanted.what);
    if (base.dialect != world::scenario{}.dialect) {
        throw usage_error("the faulty endpoints are made of lines of QGA: there is no hunt in "
                          "another dialect");
    }
    std::vector<std::string_view> names;
    for (const auto& one : world::faulty_endpoints()) {
        if (wanted.what.faulty.empty() || wanted.what.faulty == one.name) {
            names.push_back(one.name);
        }
    }
    const auto found = hunt_all(base, names, wanted);
    fmt::print("{}", campaign::hunt_table(found));
    if (!wanted.docs.empty()) {
        try {
            write_file(wanted.docs, campaign::with_hunt_table(read_file(wanted.docs), found));
        } catch (const std::invalid_argument& wrong) {
            throw usage_error(fmt::format("{}: {}", wanted.docs, wrong.what()));
        }
    }
    const bool all = std::all_of(found.begin(), found.end(),
                                 [](const hunted& one) { return one.times_found() != 0; });
    return all ? exit_held : exit_violated;
}

} // namespace snapproto::simulator
