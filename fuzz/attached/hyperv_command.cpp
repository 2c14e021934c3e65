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

catalogue_result hunt_in_known(const catalogue_entry& which, const options& asked,
                               std::vector<device_run> corpus) {
    const auto daemon = conformance::make_hyperv_builtin(which.name);
    const auto nothing_passes = [](const breach&) { return false; };
    catalogue_result got;
    device_hunt_settings how;
    how.seed = asked.seed;
    how.passes = nothing_passes;
    how.go_on = [&](std::size_t runs, std::size_t, std::size_t) {
        got.runs = runs;
        return runs < (which.faulty ? 4 * asked.runs : asked.runs) &&
               !conformance::stop_requested();
    };
    how.found = [&](const breach& found, const device_run& run) {
        got.found = found;
        if (!asked.keep.empty()) {
            const auto least = minimised(*daemon, run, found, nothing_passes, [] { return true; });
            write_file(fs::path{asked.keep} / ("finding-" + which.name), encode(least));
        }
        return false;
    };
    hunt_in_device(*daemon, corpus, how);
    return got;
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
    std::vector<catalogue_entry> all{{"reference", false}};
    for (const auto& one : conformance::hyperv_builtin_faults()) {
        all.push_back({std::string{one.name}, true});
    }
    return hunt_in_each("daemon", all, [&](const catalogue_entry& one) {
        return hunt_in_known(one, asked, corpus);
    });
}

} // namespace snapproto::fuzz
