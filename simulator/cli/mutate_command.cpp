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
    for (const auto& one : all_mutations()) {
        const bool fits =
            (wanted.table == "all" ||
             wanted.table == table_names[static_cast<std::size_t>(one.table)]) &&
            (wanted.only.empty() || to_text(one).find(wanted.only) != std::string::npos);
        if (fits && number++ % wanted.every == 0) {
            made.push_back(one);
        }
    }
    if (made.empty()) {
        throw usage_error("no mutation fits");
    }
    return made;
}

std::map<std::string, mutant> read_ledger(const std::string& file) {
    std::map<std::string, mutant> known;
    try {
        for (const auto& one : ledger_from(read_file(file))) {
            known[to_text(one.change)] = one;
        }
    } catch (const std::invalid_argument& wrong) {
        throw usage_error(wrong.what());
    }
    return known;
}

// What became of each: which property was the first to be broken may change with the properties.
std::size_t differences(const std::vector<mutant>& found, const std::string& file) {
    const auto known = read_ledger(file);
    std::size_t different = 0;
    for (const auto& one : found) {
        const auto at = known.find(to_text(one.change));
        if (at == known.end() || at->second.end != one.end || at->second.reached != one.reached) {
            ++different;
            fmt::print("FAIL  {}      the ledger says: {}", to_ledger({one}),
                       at == known.end() ? "nothing\n" : to_ledger({at->second}));
        }
    }
    return different;
}

// All mutants: those that were judged now, and the others as a ledger has them.
std::vector<mutant> completed(const std::vector<mutant>& found, const std::string& file) {
    auto known = read_ledger(file);
    for (const auto& one : found) {
        known[to_text(one.change)] = one;
    }
    std::vector<mutant> made;
    for (const auto& change : all_mutations()) {
        const auto at = known.find(to_text(change));
        if (at == known.end()) {
            throw usage_error(fmt::format("{} does not know {}", file, to_text(change)));
        }
        made.push_back(at->second);
    }
    return made;
}

std::vector<mutant> judge_with_progress(const std::vector<row_mutation>& changes, unsigned jobs) {
    const bool shows = ::isatty(STDERR_FILENO) != 0;
    const auto begun = std::chrono::steady_clock::now();
    auto found = judge_all(changes, jobs, [&](std::size_t done) {
        if (shows) {
            fmt::print(stderr, "\r\x1b[K{} of {} mutants", done, changes.size());
            std::fflush(stderr);
        }
    });
    if (shows) {
        fmt::print(stderr, "\r\x1b[K");
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
    fmt::print("{} mutants in {:.1f} s with {} job{}\n\n", found.size(), seconds.count(), jobs,
               jobs == 1 ? "" : "s");
    return found;
}

} // namespace

int run_mutate(const mutate_options& wanted) {
    const unsigned jobs =
        wanted.jobs != 0 ? wanted.jobs : std::max(1U, std::thread::hardware_concurrency());
    auto found = judge_with_progress(wanted_mutations(wanted), jobs);
    if (!wanted.base.empty()) {
        found = completed(found, wanted.base);
    }
    fmt::print("{}", mutants_report(found));
    const bool survives = std::any_of(found.begin(), found.end(), [](const mutant& one) {
        return one.end == mutant::fate::surviving;
    });
    if (!wanted.ledger.empty()) {
        write_file(wanted.ledger, to_ledger(found));
    }
    if (!wanted.json.empty()) {
        write_file(wanted.json, mutants_json(found));
    }
    if (!wanted.docs.empty()) {
        write_file(wanted.docs, with_report(read_file(wanted.docs), found));
    }
    if (!wanted.check.empty()) {
        return differences(found, wanted.check) == 0 ? exit_held : exit_violated;
    }
    return survives ? exit_violated : exit_held;
}

} // namespace snapproto::simulator
