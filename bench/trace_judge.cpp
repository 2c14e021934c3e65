// SPDX-License-Identifier: BSL-1.0
// What `snapcheck trace` does with a recording, from the text to the verdict, beside Boost.JSON
// that does no more than parse the same lines.
//
// records: what the embedded agent records of many freezes, read strictly and judged by all
// monitors. bytes: the same conversation's bytes, read from their lines and judged by the clauses
// of QGA. items_per_second are records, and messages.

#include "conformance/builtin/virtual_agent.hpp"
#include "conformance/builtin/virtual_world.hpp"
#include "conformance/recording/judge_bytes.hpp"

#include <snapproto/monitor/all.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <benchmark/benchmark.h>
#include <boost/json.hpp>

#include <array>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

namespace {

using namespace snapproto;
using namespace std::chrono_literals;
namespace conf = snapproto::conformance;

bool failed = false;

/// A conversation in both forms.
struct recorded {
    std::string records;
    std::string bytes;
    std::size_t record_count = 0;
    std::size_t message_count = 0;
};

const recorded& conversation() {
    static const recorded made = [] {
        constexpr std::size_t sessions = 10'000;
        recorded out;
        std::vector<trace::record> records;
        conf::builtin::virtual_world world;
        world.recording = &records;
        const auto agent = conf::builtin::virtual_agent::make(world, nullptr, {});
        const auto stream = agent->connect();
        const auto note = [&](std::string_view from, std::string_view text) {
            const boost::json::object line{{"at", world.clock.now().time_since_epoch().count()},
                                           {"from", boost::json::string{from.data(), from.size()}},
                                           {"text", boost::json::string{text.data(), text.size()}}};
            out.bytes += boost::json::serialize(line) + "\n";
            ++out.message_count;
        };
        const auto ask = [&](std::string_view request, duration wait) {
            note("orchestrator", request);
            stream->to_agent += request;
            agent->pump();
            world.clock.run_until(world.clock.now() + wait);
            note("agent", stream->to_client);
            stream->to_client.clear();
        };
        for (std::size_t i = 0; i < sessions; ++i) {
            ask("{\"execute\": \"guest-sync\", \"arguments\": {\"id\": " + std::to_string(i) +
                    "}}\n",
                1ms);
            ask("{\"execute\": \"guest-fsfreeze-status\"}\n", 1ms);
            ask(R"({"execute": "guest-fsfreeze-freeze-list", "arguments": {"mountpoints": )"
                "[\"/virtual/a\", \"/virtual/b\"]}}\n",
                100ms);
            ask("{\"execute\": \"guest-fsfreeze-thaw\"}\n", 1s);
        }
        for (const auto& one : records) {
            trace::append_jsonl(out.records, one);
        }
        out.record_count = records.size();
        return out;
    }();
    return made;
}

void count(benchmark::State& state, std::size_t items, std::size_t bytes) {
    state.SetItemsProcessed(static_cast<std::int64_t>(items) *
                            static_cast<std::int64_t>(state.iterations()));
    state.SetBytesProcessed(static_cast<std::int64_t>(bytes) *
                            static_cast<std::int64_t>(state.iterations()));
}

void judge_records(benchmark::State& state) {
    const recorded& what = conversation();
    for (auto _ : state) {
        monitor::rules measures;
        measures.seen_from = monitor::viewpoint::agent_end;
        measures.negotiates = measures.records_provider = false;
        monitor::all_monitors judges{measures};
        trace::jsonl_reader reader;
        std::size_t seen = 0;
        instant last{};
        reader.feed(what.records);
        for (auto next = reader.next(); next.has_value(); next = reader.next()) {
            last = next->at;
            judges.observe(*next);
            ++seen;
        }
        judges.finish(last);
        failed = failed || judges.count() != 0 || seen != what.record_count;
    }
    count(state, what.record_count, what.records.size());
}

void judge_bytes(benchmark::State& state) {
    const recorded& what = conversation();
    for (auto _ : state) {
        conf::recording::qga_byte_judge judge;
        conf::recording::read_byte_lines(
            what.bytes, [&](const conf::recording::piece& next) { judge.take(next); });
        judge.finish();
        failed =
            failed || judge.found() || judge.requests() + judge.replies() != what.message_count;
    }
    count(state, what.message_count, what.bytes.size());
}

void parse_only(benchmark::State& state, const std::string& text, std::size_t items) {
    std::array<unsigned char, 4096> memory{};
    for (auto _ : state) {
        for (std::string_view left = text; !left.empty();) {
            const std::string_view line = left.substr(0, left.find('\n'));
            left.remove_prefix(line.size() + 1);
            boost::json::monotonic_resource resource{memory.data(), memory.size()};
            benchmark::DoNotOptimize(
                boost::json::parse({line.data(), line.size()}, &resource).is_object());
        }
    }
    count(state, items, text.size());
}

void parse_records(benchmark::State& state) {
    parse_only(state, conversation().records, conversation().record_count);
}

void parse_bytes(benchmark::State& state) {
    parse_only(state, conversation().bytes, conversation().message_count);
}

} // namespace

int main(int argc, char** argv) {
    benchmark::RegisterBenchmark("records/snapproto (read and judged)", judge_records);
    benchmark::RegisterBenchmark("records/Boost.JSON (parsed)", parse_records);
    benchmark::RegisterBenchmark("bytes/snapproto (read and judged)", judge_bytes);
    benchmark::RegisterBenchmark("bytes/Boost.JSON (parsed)", parse_bytes);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    if (failed) {
        std::cerr << "a right conversation was judged wrong, or not to its end\n";
    }
    return failed ? 1 : 0;
}
