// SPDX-License-Identifier: BSL-1.0
//
// What the simulator's kernel costs: the hold model, in which the next event is taken out and
// another one is added, an exponentially distributed span later, so that the number of pending
// events stays as it is. The kernel runs beside a bare loop around std::priority_queue, which
// cannot cancel anything, beside ns-3's core and beside SimPy, where they are installed.
//
// All run in turn and the best round of each counts, so that a busy machine disturbs all alike.
// All draw the spans from the same numbers. The aims: at least 2 times ns-3, 0.9 of the bare loop.

#include "simulator/kernel/distributions.hpp"
#include "simulator/kernel/simulation.hpp"

#ifdef SNAPPROTO_HAVE_NS3
#include <ns3/calendar-scheduler.h>
#include <ns3/heap-scheduler.h>
#include <ns3/map-scheduler.h>
#include <ns3/object-factory.h>
#include <ns3/simulator.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <queue>
#include <string>
#include <vector>

namespace {

using namespace snapproto::kernel;

struct workload {
    std::size_t pending = 0;
    std::uint64_t events = 0;
};

/// What a run did: its checksum tells whether two runs had the same events.
struct outcome {
    double events_per_second = 0;
    std::uint64_t checksum = 0;
};

double seconds_of(const std::function<void()>& work) {
    const auto before = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
}

/// The same spans for everybody.
class spans {
  public:
    ticks next() { return exponential(m_random, second); }

  private:
    generator m_random{42};
};

std::uint64_t mix(std::uint64_t sum, std::uint64_t at, std::uint64_t who) {
    return (sum ^ at) * 0x100000001b3ULL + who;
}

// ---- the kernel ----

struct hold_event {
    std::uint64_t who = 0;
};

outcome run_kernel(const workload& w) {
    simulation<hold_event> world;
    spans drawn;
    for (std::size_t i = 0; i < w.pending; ++i) {
        world.after(drawn.next(), {i});
    }
    outcome made;
    const double took = seconds_of([&] {
        for (std::uint64_t i = 0; i < w.events; ++i) {
            world.step(end_of_time, [&](const hold_event& what) {
                made.checksum =
                    mix(made.checksum, static_cast<std::uint64_t>(world.now()), what.who);
                world.after(drawn.next(), what);
            });
        }
    });
    made.events_per_second = static_cast<double>(w.events) / took;
    return made;
}

/// The kernel where each event is a timer, and every other event cancels one and sets it anew: what
/// a protocol does all the time.
outcome run_kernel_cancelling(const workload& w) {
    simulation<hold_event> world;
    spans drawn;
    std::vector<event_handle> timers(w.pending);
    generator coin{7};
    for (std::size_t i = 0; i < w.pending; ++i) {
        timers[i] = world.timer_after(drawn.next(), {i});
    }
    outcome made;
    const double took = seconds_of([&] {
        for (std::uint64_t i = 0; i < w.events; ++i) {
            world.step(end_of_time, [&](const hold_event& what) {
                timers[what.who] = world.timer_after(drawn.next(), what);
                const auto other = below(coin, 2 * w.pending);
                if (other < w.pending && world.cancel(timers[other])) {
                    timers[other] = world.timer_after(drawn.next(), {other});
                }
            });
        }
    });
    made.events_per_second = static_cast<double>(w.events) / took;
    return made;
}

// ---- the bare loop ----

struct bare_event {
    ticks at = 0;
    std::uint64_t sequence = 0;
    std::uint64_t who = 0;

    friend bool operator>(const bare_event& a, const bare_event& b) {
        return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
    }
};

outcome run_bare(const workload& w) {
    std::priority_queue<bare_event, std::vector<bare_event>, std::greater<>> queue;
    spans drawn;
    std::uint64_t sequence = 0;
    for (std::size_t i = 0; i < w.pending; ++i) {
        queue.push({drawn.next(), sequence++, i});
    }
    outcome made;
    const double took = seconds_of([&] {
        for (std::uint64_t i = 0; i < w.events; ++i) {
            const bare_event next = queue.top();
            queue.pop();
            made.checksum = mix(made.checksum, static_cast<std::uint64_t>(next.at), next.who);
            queue.push({next.at + drawn.next(), sequence++, next.who});
        }
    });
    made.events_per_second = static_cast<double>(w.events) / took;
    return made;
}

// ---- ns-3 ----

#ifdef SNAPPROTO_HAVE_NS3
ns3::Time nanoseconds(spans& drawn) {
    return ns3::NanoSeconds(static_cast<std::uint64_t>(drawn.next()));
}

struct ns3_run {
    spans drawn;
    std::uint64_t checksum = 0;
    std::uint64_t left = 0;

    void fire(std::uint64_t who) {
        checksum =
            mix(checksum, static_cast<std::uint64_t>(ns3::Simulator::Now().GetNanoSeconds()), who);
        if (--left == 0) {
            ns3::Simulator::Stop();
        }
        ns3::Simulator::Schedule(nanoseconds(drawn), &ns3_run::fire, this, who);
    }
};

outcome run_ns3(const workload& w, const char* scheduler) {
    ns3::ObjectFactory factory;
    factory.SetTypeId(scheduler);
    ns3::Simulator::SetScheduler(factory);
    ns3_run run;
    run.left = w.events;
    for (std::size_t i = 0; i < w.pending; ++i) {
        ns3::Simulator::Schedule(nanoseconds(run.drawn), &ns3_run::fire, &run, std::uint64_t{i});
    }
    const double took = seconds_of([] { ns3::Simulator::Run(); });
    ns3::Simulator::Destroy();
    return {static_cast<double>(w.events) / took, run.checksum};
}
#endif

// ---- SimPy ----

/// 0 when it is not installed. The distribution's package is the distribution's Python's.
outcome run_simpy(const workload& w) {
    const std::string command = "/usr/bin/python3 " SNAPPROTO_BENCH_DIR "/kernel_hold_simpy.py " +
                                std::to_string(w.pending) + " " + std::to_string(w.events / 10);
    outcome made;
    if (FILE* const pipe = popen(command.c_str(), "r")) {
        if (std::fscanf(pipe, "%lf", &made.events_per_second) != 1) {
            made.events_per_second = 0;
        }
        (void)pclose(pipe);
    }
    return made;
}

using contestants = std::vector<std::pair<std::string, std::function<outcome(const workload&)>>>;

contestants all_contestants() {
    contestants all{{"kernel", run_kernel}, {"bare priority_queue", run_bare}};
#ifdef SNAPPROTO_HAVE_NS3
    for (const char* scheduler : {"MapScheduler", "HeapScheduler", "CalendarScheduler"}) {
        all.emplace_back(std::string{"ns-3 "} + scheduler, [scheduler](const workload& w) {
            return run_ns3(w, (std::string{"ns3::"} + scheduler).c_str());
        });
    }
#else
    std::puts("ns-3 is not installed: left out");
#endif
    all.emplace_back("kernel, cancelling", run_kernel_cancelling);
    return all;
}

/// @return whether all had the same events.
bool measure(const workload& w, int rounds) {
    const auto all = all_contestants();
    std::map<std::string, outcome> best;
    bool same = true;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& [name, run] : all) {
            const outcome got = run(w);
            outcome& kept = best[name];
            kept.events_per_second = std::max(kept.events_per_second, got.events_per_second);
            kept.checksum = got.checksum;
        }
    }
    std::printf("%zu pending\n", w.pending);
    const double kernel = best["kernel"].events_per_second;
    for (const auto& [name, run] : all) {
        const auto& got = best[name];
        std::printf("  %-24s %8.2f M events/s   kernel is %5.2f times as fast\n", name.c_str(),
                    got.events_per_second / 1e6, kernel / got.events_per_second);
        same = same && (got.checksum == 0 || got.checksum == best["kernel"].checksum);
    }
    if (const auto simpy = run_simpy(w); simpy.events_per_second > 0) {
        std::printf("  %-24s %8.2f M events/s   kernel is %5.0f times as fast\n", "SimPy",
                    simpy.events_per_second / 1e6, kernel / simpy.events_per_second);
    } else {
        std::puts("  SimPy is not installed: left out");
    }
    return same;
}

} // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 5;
    bool same = true;
    for (const std::size_t pending : {std::size_t{1'000}, std::size_t{100'000}}) {
        same = measure({pending, 2'000'000}, rounds) && same;
    }
    if (!same) {
        std::puts("NOT THE SAME EVENTS: the figures compare nothing");
    }
    return same ? 0 : 1;
}
