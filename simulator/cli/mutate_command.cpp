// SPDX-License-Identifier: BSL-1.0
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/explore/snapshot/mutants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <string>
#include <thread>

#include <unistd.h>

namespace snapproto::simulator {
namespace {

using namespace explore;

std::vector<row_mutation> wanted_mutations(const mutate_options& wanted) {
    if (wanted.table != "all" &&
        std::find(table_names.begin(), table_names.end(), wanted.table) == table_names.end()) {
        throw usage_error(fmt::format("'{}' is no table", wanted.table));
    }
    std::vector<row_mutation> made;
    std::size_t number = 0;
    for (std::size_t table = 0; table < table_count; ++table) {
        if (wanted.table != "all" && wanted.table != table_names[table]) {
            continue;
        }
        for (const auto& one : all_mutations(static_cast<table_kind>(table))) {
            const bool fits =
                wanted.only.empty() || to_text(one).find(wanted.only) != std::string::npos;
            if (fits && number++ % wanted.every == 0) {
                made.push_back(one);
            }
        }
    }
    if (made.empty()) {
        throw usage_error("no mutation fits");
    }
    return made;
}

// A ledger holds all mutants; those that were judged now must stand in it as they came out.
std::size_t differences(const std::vector<mutant>& found, const std::string& file) {
    std::map<std::string, mutant> known;
    try {
        for (const auto& one : ledger_from(read_file(file))) {
            known[to_text(one.change)] = one;
        }
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    std::size_t different = 0;
    for (const auto& one : found) {
        const auto at = known.find(to_text(one.change));
        if (at == known.end() || !(at->second == one)) {
            ++different;
            fmt::print("FAIL  {}      the ledger says: {}", to_ledger({one}),
                       at == known.end() ? "nothing\n" : to_ledger({at->second}));
        }
    }
    return different;
}

} // namespace

int run_mutate(const mutate_options& wanted) {
    const auto changes = wanted_mutations(wanted);
    const unsigned jobs =
        wanted.jobs != 0 ? wanted.jobs : std::max(1U, std::thread::hardware_concurrency());
    const bool shows = ::isatty(STDERR_FILENO) != 0;
    const auto begun = std::chrono::steady_clock::now();
    const auto found = judge_all(changes, jobs, [&](std::size_t done) {
        if (shows) {
            fmt::print(stderr, "\r\x1b[K{} of {} mutants", done, changes.size());
            std::fflush(stderr);
        }
    });
    if (shows) {
        fmt::print(stderr, "\r\x1b[K");
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    fmt::print("{}\n{} mutants in {:.1f} s with {} job{}\n", mutants_report(found), found.size(),
               seconds.count(), jobs, jobs == 1 ? "" : "s");
    bool survives = false;
    for (const auto& one : found) {
        if (one.end == mutant::fate::surviving) {
            survives = true;
            fmt::print("surviving: {}", to_ledger({one}));
        }
    }
    const auto write = [](const std::string& file, const std::string& text) {
        if (!file.empty()) {
            write_file(file, text);
        }
    };
    write(wanted.ledger, to_ledger(found));
    write(wanted.json, mutants_json(found));
    write(wanted.markdown, mutants_report(found));
    if (!wanted.check.empty()) {
        return differences(found, wanted.check) == 0 ? exit_held : exit_violated;
    }
    return survives ? exit_violated : exit_held;
}

} // namespace snapproto::simulator
