// SPDX-License-Identifier: BSL-1.0
//
// What dispatch costs: the agent's machine on Boost.MSM beside a switch written out by hand and
// beside Boost.Statechart, all three with the same guards and actions, on the same events.
//
// Before anything is measured, all three run the script and must agree on every step, every state
// and every effect. `together/msm_per_switch` is the figure with an aim: at most 1.5.

#include <bench/statechart_agent.hpp>
#include <bench/switch_agent.hpp>
#include <snapproto/core/bytes.hpp>
#include <snapproto/machine/agent.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

using namespace snapproto;
using namespace snapproto::machine;

namespace {

constexpr std::size_t script_length = std::size_t{1} << 18;

// SplitMix64: the same script on every machine.
class generator {
  public:
    std::uint64_t below(std::uint64_t bound) {
        m_state += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = m_state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return (z ^ (z >> 31)) % bound;
    }

  private:
    std::uint64_t m_state = 20;
};

// An event that the state is likely to have a row for: transactions run to their end, with faults
// on the way, and every seventh event is anything at all.
agent_input next_input(generator& g, const agent_state& s, std::uint64_t number) {
    agent_input i;
    i.session = {1 + g.below(3)};
    i.granted = static_cast<capability>(g.below(128)) | capability::completion;
    i.version_agreed = g.below(8) != 0;
    i.result = copy_result::kept;
    i.cookie = number;
    i.txn = s.data.txn ? s.data.txn : txn_id{s.data.last_txn.value + 1};
    const std::uint64_t dice = g.below(14);
    if (dice < 2) {
        i.kind = static_cast<agent_event>(g.below(value_count<agent_event>));
        return i;
    }
    if (dice < 4 && s.phase != agent_phase::off) {
        i.kind = dice == 2 ? agent_event::query : agent_event::ping;
        return i;
    }
    switch (s.phase) {
    case agent_phase::off:
        i.kind = agent_event::hello;
        break;
    case agent_phase::idle:
        i.kind = g.below(2) == 0 ? agent_event::prepare : agent_event::freeze;
        break;
    case agent_phase::ready:
        i.kind = agent_event::freeze;
        break;
    case agent_phase::frozen:
        i.kind = g.below(4) == 0 ? agent_event::freeze : agent_event::thaw;
        break;
    case agent_phase::await:
        i.kind = g.below(4) == 0 ? agent_event::recover : agent_event::complete;
        break;
    case agent_phase::stuck:
        i.kind = agent_event::retry_due;
        break;
    default:
        i.kind = g.below(24) == 0 ? agent_event::failed : agent_event::done;
    }
    return i;
}

std::vector<agent_input> make_script() {
    std::vector<agent_input> script;
    script.reserve(script_length);
    generator g;
    agent_machine machine;
    agent_outbox out;
    while (script.size() < script_length) {
        script.push_back(next_input(g, machine.save(), script.size()));
        out.clear();
        machine.process(script.back(), out);
    }
    return script;
}

const std::vector<agent_input>& the_script() {
    static const auto script = make_script();
    return script;
}

struct account {
    std::uint64_t hash = fnv1a_basis;
    std::size_t taken = 0;
    bool operator==(const account&) const = default;
};

template <class Agent>
account run_checked() {
    account a;
    Agent agent;
    agent_outbox out;
    const auto mix = [&](auto value) { a.hash = fnv1a(a.hash, static_cast<std::uint64_t>(value)); };
    for (const auto& input : the_script()) {
        out.clear();
        const auto step = agent.process(input, out);
        a.taken += bool(step);
        mix(step.row);
        mix(step ? 0U : static_cast<unsigned>(step.refusal));
        mix(step.governed_by.chapter);
        mix(step.governed_by.number);
        mix(agent.phase());
        for (const auto& e : out) {
            mix(e.kind);
            mix(e.txn.value);
            mix(e.session.value);
            mix(e.outcome);
            mix(e.code);
            mix(e.timer);
            mix(e.result);
            mix(e.agreed);
            mix(e.cookie);
        }
    }
    return a;
}

// The body of every measurement: all events once, and a sum so that nothing is optimised away.
template <class Agent>
std::uint64_t run_all(Agent& agent, agent_outbox& out) {
    std::uint64_t sum = 0;
    for (const auto& input : the_script()) {
        out.clear();
        sum += static_cast<std::uint64_t>(agent.process(input, out).row) + out.size();
    }
    return sum;
}

template <class Agent>
void alone(benchmark::State& state) {
    Agent agent;
    agent_outbox out;
    for (auto _ : state) {
        benchmark::DoNotOptimize(run_all(agent, out));
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(script_length));
}

template <class Agent>
double nanoseconds_per_event() {
    Agent agent;
    agent_outbox out;
    const auto start = std::chrono::steady_clock::now();
    benchmark::DoNotOptimize(run_all(agent, out));
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / static_cast<double>(script_length);
}

// The three in turn, so that a busy machine disturbs them alike; the best of each counts.
void together(benchmark::State& state) {
    double msm = 1e9;
    double by_hand = 1e9;
    double chart = 1e9;
    for (auto _ : state) {
        msm = std::min(msm, nanoseconds_per_event<agent_machine>());
        by_hand = std::min(by_hand, nanoseconds_per_event<bench::switch_agent>());
        chart = std::min(chart, nanoseconds_per_event<bench::statechart_agent>());
    }
    state.counters["msm_ns"] = msm;
    state.counters["switch_ns"] = by_hand;
    state.counters["statechart_ns"] = chart;
    state.counters["msm_per_switch"] = msm / by_hand;
    state.counters["statechart_per_msm"] = chart / msm;
}

} // namespace

BENCHMARK(alone<agent_machine>)->Name("msm");
BENCHMARK(alone<bench::switch_agent>)->Name("switch");
BENCHMARK(alone<bench::statechart_agent>)->Name("statechart");
BENCHMARK(together)->Iterations(20);

int main(int argc, char** argv) {
    const account msm = run_checked<agent_machine>();
    const account by_hand = run_checked<bench::switch_agent>();
    const account chart = run_checked<bench::statechart_agent>();
    if (!(msm == by_hand) || !(msm == chart)) {
        std::fputs("the three machines do not agree: nothing is measured\n", stderr);
        return 1;
    }
    std::printf("%zu events, %zu of them take a row; effects hash %016llx, equal for all three\n",
                script_length, msm.taken, static_cast<unsigned long long>(msm.hash));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 2;
    }
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
