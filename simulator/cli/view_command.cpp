// SPDX-License-Identifier: BSL-1.0
// snapsim view: a recording is told as a run is, and judged as far as it goes.
#include "simulator/cli/commands.hpp"
#include "simulator/cli/program.hpp"
#include "simulator/report/recorded.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/dialect.hpp"

#include <snapproto/trace/jsonl.hpp>

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace snapproto::simulator {
namespace {

/// @throws usage_error at the first line that is no record, or is earlier than the one above it.
std::vector<trace::record> records_in(const std::string& file) {
    std::vector<trace::record> all;
    trace::jsonl_reader reader;
    const auto take = [&](decoded<trace::record> next) {
        if (next.has_failure()) {
            throw usage_error(
                fmt::format("{} is no recording: {}", file, trace::describe(reader, next.error())));
        }
        if (!next.has_value()) {
            return false;
        }
        if (!all.empty() && next->at < all.back().at) {
            throw usage_error(fmt::format("{} is no recording: line {} is earlier than the record "
                                          "above it",
                                          file, reader.line()));
        }
        all.push_back(std::move(*next));
        return true;
    };
    reader.feed(read_file(file));
    while (take(reader.next())) {
    }
    take(reader.finish());
    if (all.empty()) {
        throw usage_error(fmt::format("{} is no recording: there is no record in it", file));
    }
    return all;
}

} // namespace

int run_view(const view_options& wanted) {
    for (const auto& one : wanted.traces) {
        if (one.starts_with("pcapng")) {
            throw usage_error("--trace pcapng: a recording has messages, and not their bytes");
        }
    }
    const auto all = records_in(wanted.file);
    const auto wrong = report::objections(all, world::dialect_named(wanted.dialect).negotiates);
    const auto run = report::history_of(all, wanted.file);
    fmt::print("{}", report::timeline(run, true));
    for (const auto& one : wrong) {
        fmt::print("\nviolated: SP 18.{} at {:.3f} s: {} (SP {}.{})", one.property,
                   static_cast<double>(one.at.time_since_epoch().count()) / 1e9, one.sentence,
                   one.governed_by.chapter, one.governed_by.number);
    }
    fmt::print("{}\n", wrong.empty() ? "\nthe recording breaks no property" : "");
    write_traces(wanted.traces, run);
    return wrong.empty() ? exit_held : exit_violated;
}

} // namespace snapproto::simulator
