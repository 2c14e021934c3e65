// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/connect_target.hpp"
#include "conformance/attach/reach.hpp"
#include "conformance/attach/spawn_target.hpp"
#include "conformance/builtin/builtin.hpp"
#include "conformance/builtin/unusual.hpp"
#include "conformance/interrupt.hpp"
#include "conformance/shim/shim_target.hpp"
#include "fuzz/attached/attached_agent.hpp"
#include "fuzz/attached/campaign.hpp"
#include "fuzz/attached/commands.hpp"
#include "fuzz/attached/real_agent.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>

namespace snapproto::fuzz {
namespace {

namespace fs = std::filesystem;

/// Whether this process has the right to freeze (CAP_SYS_ADMIN).
bool may_freeze(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/status", process));
    for (std::string word; file >> word;) {
        if (word == "CapEff:" && file >> word) {
            constexpr unsigned administrator = 21;
            return (std::stoull(word, nullptr, 16) >> administrator & 1U) != 0;
        }
    }
    return true; // it cannot be told
}

/// An agent that freezes everything when it is told to must see nothing that can be frozen.
void require_nothing_to_freeze(pid_t process) {
    const auto seen = conformance::reaches_only(process, {});
    if (may_freeze(process) && !seen.present) {
        throw std::invalid_argument(
            seen.why + "; start it where it sees nothing that can be frozen, as in "
                       "conformance/peers/sandbox.sh --nothing, or without CAP_SYS_ADMIN");
    }
}

int replay(agent_under_test& agent, const world& given, const std::string& file) {
    const conversation steps = decode(read_file(file));
    const played got = play(agent, given, steps);
    std::printf("%s%s\n", describe(steps).c_str(),
                got.found ? describe(*got.found).c_str() : "no clause is broken");
    return got.found ? 1 : 0;
}

/// @param messages how many there were until now
int hunt_in(agent_under_test& agent, const world& given, const options& asked,
            const std::function<std::size_t()>& messages) {
    campaign hunting{asked};
    if (!asked.replay.empty()) {
        return replay(agent, given, asked.replay);
    }
    std::vector<conversation> corpus = read_corpus(asked.corpus);
    const auto passes = [&](const breach& found, const conversation& input) {
        const auto small = [&] {
            const conversation least =
                minimised(agent, given, input, 2000, [&] { return hunting.may_minimise(); });
            const played last = play(agent, given, least);
            return shown_finding{describe(least) + describe(last.found.value_or(found)),
                                 encode(least), lines_of(last.recording)};
        };
        return hunting.take(
            found, [&] { return play(agent, given, input).found; }, small);
    };
    try {
        (void)hunt(
            agent, given, corpus, asked.seed,
            [&](const hunt_result& so_far) {
                return hunting.go_on(so_far.runs, messages(), so_far.reached);
            },
            passes);
    } catch (const conformance::unreachable& lost) {
        std::printf("the agent is lost: %s\n", lost.what());
        (void)hunting.finish(fmt::format(" of {} counters", coverage::size));
        throw;
    }
    for (std::size_t i = 0; !asked.keep.empty() && i < corpus.size(); ++i) {
        write_file(fs::path{asked.keep} / ("kept-" + std::to_string(i)), encode(corpus[i]));
    }
    return hunting.finish(fmt::format(" of {} counters", coverage::size));
}

int hunt_in_real(const options& asked) {
    std::unique_ptr<conformance::target> target;
    std::function<pid_t()> process = [] { return pid_t{-1}; };
    if (!asked.spawn.empty()) {
        auto made = std::make_unique<conformance::spawn_target>(
            conformance::spawn_command(asked.spawn), conformance::freeze_target_list{},
            asked.work_dir, 1);
        if (!asked.harmless) {
            require_nothing_to_freeze(made->process_id());
        }
        process = [of = made.get()] { return of->process_id(); };
        target = std::move(made);
    } else {
        target = std::make_unique<conformance::connect_target>(
            conformance::parse_address(asked.connect), conformance::freeze_target_list{});
    }
    real_agent agent{*target, std::move(process)};
    struct thawed_at_last {
        real_agent& agent;
        ~thawed_at_last() { agent.leave(); }
    } const at_last{agent};
    return hunt_in(agent, real_agent::surroundings(), asked, [&] { return agent.messages(); });
}

catalogue_result hunt_in_known(const catalogue_entry& which, const options& asked,
                               std::vector<conversation> corpus) {
    const auto target = conformance::make_builtin(which.name, 1);
    attached_agent agent{*target};
    world given = agent.surroundings();
    if (which.faulty) {
        given.hold_limit = std::chrono::seconds{10};
    }
    const auto runs = static_cast<std::size_t>(which.faulty ? 4 * asked.runs : asked.runs);
    const hunt_result got = hunt(agent, given, corpus, asked.seed, [&](const hunt_result& so_far) {
        return so_far.runs < runs && !conformance::stop_requested();
    });
    if (got.found && which.faulty && !asked.keep.empty()) {
        write_file(fs::path{asked.keep} / ("finding-" + which.name),
                   encode(minimised(agent, given, got.input)));
    }
    return {got.runs, got.found};
}

} // namespace

int hunt_in_qga(const options& asked) {
    if (asked.is_real()) {
        return hunt_in_real(asked);
    }
    const auto target = asked.shim.empty() ? conformance::make_builtin(asked.builtin, 1)
                                           : conformance::make_shim(asked.shim, 1);
    attached_agent agent{*target};
    const int status = hunt_in(agent, agent.surroundings(), asked, [] { return std::size_t{0}; });
    conformance::require_sound_shim(*target);
    return status;
}

int hunt_in_qga_catalogue(const options& asked) {
    const auto corpus = read_corpus(asked.corpus);
    std::vector<catalogue_entry> all{{"reference", false}};
    for (const auto& one : conformance::builtin_unusual_agents()) {
        all.push_back({std::string{one.name}, false});
    }
    for (const auto& one : conformance::builtin_faults()) {
        all.push_back({std::string{one.name}, true});
    }
    return hunt_in_each("agent", all, [&](const catalogue_entry& one) {
        return hunt_in_known(one, asked, corpus);
    });
}

} // namespace snapproto::fuzz
