// SPDX-License-Identifier: BSL-1.0
// The reader of recordings and the monitors: the same however the bytes are cut, what was read is
// written and read as the same, and what monitors find in a beginning they find in the whole.
#include "fuzz/support/target.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <tuple>
#include <vector>

namespace {

using namespace snapproto;
using fuzz::require;

struct reading {
    std::vector<trace::record> records;
    std::vector<std::string> complaints;

    friend bool operator==(const reading&, const reading&) = default;
};

reading read(std::string_view bytes, fuzz::cuts pieces) {
    reading made;
    trace::jsonl_reader reader;
    const auto take = [&](decoded<trace::record> next) {
        if (next.has_value()) {
            made.records.push_back(std::move(*next));
        } else if (next.has_failure()) {
            made.complaints.push_back(trace::describe(reader, next.error()));
        }
        return !next.needs_more();
    };
    while (!bytes.empty()) {
        const std::size_t size = pieces.next(bytes.size());
        reader.feed(bytes.substr(0, size));
        bytes.remove_prefix(size);
        while (take(reader.next())) {
        }
    }
    take(reader.finish());
    return made;
}

/// Instants that do not go back, as monitors may ask for.
std::vector<trace::record> in_order(std::vector<trace::record> records) {
    instant latest{};
    for (auto& each : records) {
        each.at = latest = std::max(latest, each.at);
    }
    return records;
}

auto judged(const std::vector<trace::record>& records, std::size_t count, instant end,
            monitor::viewpoint from) {
    monitor::rules measures;
    measures.seen_from = from;
    monitor::all_monitors judges{measures};
    for (std::size_t i = 0; i < count; ++i) {
        judges.observe(records[i]);
    }
    judges.finish(end);
    return judges;
}

void judge(const std::vector<trace::record>& records, fuzz::decisions& how) {
    if (records.empty()) {
        return;
    }
    const auto from = static_cast<monitor::viewpoint>(how.below(3));
    const std::size_t part = how.below(256) % records.size();
    const auto whole = judged(records, records.size(), records.back().at, from);
    const auto beginning =
        judged(records, part, part == 0 ? instant{} : records[part - 1].at, from);
    for (const auto& one : whole.violations()) {
        require(one.property >= 1 && one.property <= 26 && !one.sentence.empty(),
                "a violation has a property and a sentence");
        require(one.record <= records.size(), "a violation is within the recording");
    }
    // Beyond a bound the oldest is forgotten, and what is kept of many is a part.
    if (!whole.overflowed() && whole.count() == whole.violations().size()) {
        require(whole.count() >= beginning.count(),
                "what is found in a beginning is found in the whole");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::decisions input{fuzz::text_of(data, size)};
    const std::uint8_t seed = input.byte();
    fuzz::decisions how{input.bytes(2)};
    const std::string_view text = input.rest();
    const reading whole = read(text, fuzz::cuts{0});
    require(whole == read(text, fuzz::cuts{seed}), "a recording is the same however it is cut");
    std::string written;
    for (const auto& each : whole.records) {
        trace::append_jsonl(written, each);
    }
    const reading again = read(written, fuzz::cuts{0});
    require(again.complaints.empty() && again.records == whole.records,
            "what is written is read as it was", written);
    judge(in_order(whole.records), how);
    return 0;
}
