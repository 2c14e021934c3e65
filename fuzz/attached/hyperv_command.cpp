// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/daemon_target.hpp"
#include "conformance/builtin/hyperv_builtin.hpp"
#include "conformance/interrupt.hpp"
#include "fuzz/attached/campaign.hpp"
#include "fuzz/attached/commands.hpp"
#include "fuzz/attached/device_hunt.hpp"

#include <snapproto/fuzz.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstdio>

namespace snapproto::fuzz {
namespace {

namespace fs = std::filesystem;

std::string story_of(const device_run& run, const device_played& got) {
    if (!got.found) {
        return describe(run) + "no clause is broken";
    }
    const std::string where = got.step < run.steps.size()
                                  ? fmt::format("after step {}", got.step + 1)
                                  : "when its device has ended after all";
    return fmt::format("{}{}: {}", describe(run), where, describe(*got.found));
}

device_played play(conformance::hyperv_target& daemon, const device_run& run,
                   const std::function<bool(const breach&)>& passes) {
    device_player player{daemon, passes};
    return player.run(run);
}

std::vector<device_run> read_runs(const std::string& folder) {
    std::vector<device_run> all;
    for (const std::string& each : read_folder(folder)) {
        all.push_back(decode_device_run(each));
    }
    return all;
}

int replay(conformance::hyperv_target& daemon, const options& asked, const campaign& hunting) {
    const device_run run = decode_device_run(read_file(asked.replay));
    const device_played got =
        play(daemon, run, [&](const breach& one) { return hunting.known().passes(one); });
    std::printf("%s\n", story_of(run, got).c_str());
    return got.found ? 1 : 0;
}

int hunt_in(conformance::hyperv_target& daemon, const options& asked) {
    campaign hunting{asked};
    if (!asked.replay.empty()) {
        return replay(daemon, asked, hunting);
    }
    const auto quietly = [&](const breach& one) { return hunting.known().passes(one); };
    auto corpus = read_runs(asked.corpus);
    device_hunt_settings how;
    how.seed = asked.seed;
    how.streams = !hunting.known().knows({33, 8}); // else each of them would end at once
    how.go_on = [&](std::size_t runs, std::size_t messages, std::size_t reached) {
        return hunting.go_on(runs, messages, reached);
    };
    how.passes = [&](const breach& one) { return hunting.known().pass(one); };
    how.found = [&](const breach& found, const device_run& run) {
        return hunting.take(
            found, [&] { return play(daemon, run, quietly).found; },
            [&] {
                const device_run least =
                    minimised(daemon, run, found, quietly, [&] { return hunting.may_minimise(); });
                device_played last = play(daemon, least, quietly);
                last.found = last.found.value_or(found);
                return shown_finding{story_of(least, last), encode(least), {}};
            });
    };
    try {
        hunt_in_device(daemon, corpus, how);
    } catch (const conformance::unreachable& lost) {
        std::printf("the daemon is lost: %s\n", lost.what());
        (void)hunting.finish(" kinds of event");
        throw;
    }
    for (std::size_t i = 0; !asked.keep.empty() && i < corpus.size(); ++i) {
        write_file(fs::path{asked.keep} / ("kept-" + std::to_string(i)), encode(corpus[i]));
    }
    return hunting.finish(" kinds of event");
}

/// @return whether the hunt came to what it has to
bool hunt_in_known(std::string_view name, const options& asked,
                   const std::vector<device_run>& corpus) {
    const bool faulty = name != "reference";
    const auto daemon = conformance::make_hyperv_builtin(name);
    const auto nothing_passes = [](const breach&) { return false; };
    auto kept = corpus;
    std::optional<breach> what;
    std::size_t played = 0;
    const auto began = std::chrono::steady_clock::now();
    device_hunt_settings how;
    how.seed = asked.seed;
    how.passes = nothing_passes;
    how.go_on = [&](std::size_t runs, std::size_t, std::size_t) {
        played = runs;
        return runs < (faulty ? 4 * asked.runs : asked.runs) && !conformance::stop_requested();
    };
    how.found = [&](const breach& found, const device_run& run) {
        what = found;
        if (!asked.keep.empty()) {
            const auto least = minimised(*daemon, run, found, nothing_passes, [] { return true; });
            write_file(fs::path{asked.keep} / ("finding-" + std::string{name}), encode(least));
        }
        return false;
    };
    hunt_in_device(*daemon, kept, how);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::printf("%-32s %7zu %8.3f  %s\n", std::string{name}.c_str(), played, took.count(),
                what ? describe(*what).c_str() : "nothing found");
    std::fflush(stdout);
    return what.has_value() == faulty;
}

} // namespace

int hunt_in_hyperv(const options& asked) {
    if (!asked.daemon.empty()) {
        conformance::daemon_target daemon(asked.daemon, asked.work_dir, 1);
        return hunt_in(daemon, asked);
    }
    return hunt_in(*conformance::make_hyperv_builtin(asked.builtin), asked);
}

int hunt_in_hyperv_catalogue(const options& asked) {
    const auto corpus = read_runs(asked.corpus);
    std::size_t wrong = 0;
    std::printf("%-32s %7s %8s  %s\n", "daemon", "runs", "seconds", "what is found");
    const auto hunt_here = [&](std::string_view name) {
        if (!conformance::stop_requested()) {
            wrong += hunt_in_known(name, asked, corpus) ? 0U : 1U;
        }
    };
    hunt_here("reference");
    for (const auto& one : conformance::hyperv_builtin_faults()) {
        hunt_here(one.name);
    }
    if (conformance::stop_requested()) {
        std::printf("stopped\n");
        return 130;
    }
    std::printf("%zu daemons with another result than they have to have\n", wrong);
    return wrong == 0 ? 0 : 1;
}

} // namespace snapproto::fuzz
