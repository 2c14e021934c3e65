// SPDX-License-Identifier: BSL-1.0
//
// What a simulated fleet costs: protocol events a second, the year of a thousand machines, the
// night of a million. A protocol event is whatever an endpoint takes in: a message, the answer of
// a participant or of the array, a timer, an order.
//
// Each fleet is played in a process of its own, so that its peak of memory is its own. Processor
// time is that of all threads together; on a busy machine it says more than time on the wall.
//
//     fleet              all of it
//     fleet million      what has this word in its name

#include "simulator/fleet/fleet.hpp"
#include "simulator/fleet/scenario.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using namespace snapproto;

fleet::scenario scenario_of(const std::string& name, const std::vector<std::string>& changes) {
    std::ifstream in{SNAPPROTO_SCENARIO_DIR "/" + name + ".json", std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    auto made = fleet::scenario_from(name, text);
    for (const auto& one : changes) {
        fleet::set(made, one);
    }
    fleet::check(made);
    return made;
}

struct contest {
    const char* name;
    fleet::scenario what;
    unsigned jobs = 1;
};

std::vector<contest> all_contests() {
    const unsigned all = std::max(1U, std::thread::hardware_concurrency());
    const std::vector<std::string> plain{"schedule.rounds=300", "check.monitored_every=0"};
    return {
        {"rate, no monitors", scenario_of("44-a-year-of-hourly-snapshots", plain)},
        {"rate, every session monitored",
         scenario_of("44-a-year-of-hourly-snapshots",
                     {"schedule.rounds=100", "check.monitored_every=1"})},
        {"year, one thread", scenario_of("44-a-year-of-hourly-snapshots", {})},
        {"year, all threads", scenario_of("44-a-year-of-hourly-snapshots", {}), all},
        {"million, one thread", scenario_of("45-a-million-machines", {})},
        {"million, all threads", scenario_of("45-a-million-machines", {}), all},
        {"million on one array",
         scenario_of("45-a-million-machines", {"machines.per_array=1000000", "array.slots=2000",
                                               "schedule.concurrent=10000"})},
        {"million on one array, together",
         scenario_of("45-a-million-machines",
                     {"machines.per_array=1000000", "array.slots=2000", "schedule.kind=together",
                      "schedule.concurrent=10000"})},
    };
}

/// In the child: plays, and tells. @return an exit status.
int play(const contest& one) {
    const auto begin = std::chrono::steady_clock::now();
    const auto found = fleet::play(one.what, one.jobs);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& of) {
        return static_cast<double>(of.tv_sec) + static_cast<double>(of.tv_usec) / 1e6;
    };
    const double processor = seconds(used.ru_utime) + seconds(used.ru_stime);
    const auto machines = static_cast<double>(one.what.machines.count);
    std::printf("%-32s %8.2f s, processor %8.2f s; %9llu snapshots, %5.2f us of processor each; "
                "%5.2f M protocol events/s of processor; %7ld KiB, %6.0f bytes a machine\n",
                one.name, took.count(), processor, static_cast<unsigned long long>(found.snapshots),
                processor / static_cast<double>(found.snapshots) * 1e6,
                static_cast<double>(found.inputs) / processor / 1e6, used.ru_maxrss,
                static_cast<double>(used.ru_maxrss) * 1024 / machines);
    std::fflush(stdout);
    return found.violations == 0 ? 0 : 1;
}

bool play_apart(const contest& one) {
    const pid_t child = fork();
    if (child == 0) {
        _exit(play(one));
    }
    int status = 1;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string wanted = argc > 1 ? argv[1] : "";
    bool all_well = true;
    for (const auto& one : all_contests()) {
        if (std::string{one.name}.find(wanted) != std::string::npos) {
            all_well = play_apart(one) && all_well;
        }
    }
    if (!all_well) {
        std::puts("A FLEET WAS NOT PLAYED TO ITS END, OR NOT AS IT SHOULD BE");
    }
    return all_well ? 0 : 1;
}
