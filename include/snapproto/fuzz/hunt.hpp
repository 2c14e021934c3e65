// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_HUNT_HPP
#define SNAPPROTO_FUZZ_HUNT_HPP

// A hunt without an engine: conversations that reach something new are kept and changed further,
// until one shows a breach; and a finding made small.

#include <snapproto/fuzz/mutator.hpp>
#include <snapproto/fuzz/play.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace snapproto::fuzz {

/// What a hunt has come to.
struct hunt_result {
    std::optional<breach> found{};
    conversation input{};    ///< That shows it.
    std::size_t runs = 0;    ///< Conversations played.
    std::size_t reached = 0; ///< Counters of the coverage that counted something.
};

/// Leaves out of a conversation what its breach does not need.
///
/// @param go_on asked before each conversation; false: what it has come to until then is the
/// result. Bounds: `plays_max` conversations are played.
template <class GoOn>
[[nodiscard]] conversation minimised(agent_under_test& agent, const world& given,
                                     conversation steps, std::size_t plays_max, GoOn&& go_on) {
    const auto wrong = play(agent, given, steps).found;
    std::size_t plays = 0;
    const auto still_wrong = [&](const conversation& candidate) {
        const auto found = play(agent, given, candidate).found;
        return found && wrong && found->governed_by == wrong->governed_by &&
               found->crash == wrong->crash;
    };
    const auto adopt = [&](conversation candidate) {
        const bool good = plays++ < plays_max && go_on() && still_wrong(candidate);
        if (good) {
            steps = std::move(candidate);
        }
        return good;
    };
    for (bool smaller = true; smaller && plays < plays_max && go_on();) {
        smaller = false;
        for (std::size_t i = steps.size(); i-- != 0;) {
            conversation without = steps;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            smaller = adopt(std::move(without)) || smaller;
        }
        for (std::size_t i = 0; i < steps.size(); ++i) {
            conversation plain = steps;
            plain[i].piece = plain[i].client = 0;
            plain[i].times = 1;
            plain[i].hasty = false;
            smaller = (plain != steps && adopt(std::move(plain))) || smaller;
            for (std::size_t size = steps[i].bytes.size() / 2; size != 0; size /= 2) {
                for (std::size_t at = 0; at + size <= steps[i].bytes.size();) {
                    conversation shorter = steps;
                    shorter[i].bytes.erase(at, size);
                    const bool adopted = adopt(std::move(shorter));
                    smaller = smaller || adopted;
                    at += adopted ? 0 : size;
                }
            }
        }
    }
    return steps;
}

/// The same, however long it takes.
[[nodiscard]] inline conversation minimised(agent_under_test& agent, const world& given,
                                            conversation steps, std::size_t plays_max = 2000) {
    return minimised(agent, given, std::move(steps), plays_max, [] { return true; });
}

/// Plays conversations until one shows a breach, or for so many runs.
///
/// @param corpus what to begin with; may be empty. What reaches something new is added.
/// @param go_on asked before each run; false ends the hunt.
/// @param passes asked of each breach and its conversation; true: it is known, and the hunt goes
/// on.
template <class GoOn, class Passes>
[[nodiscard]] hunt_result hunt(agent_under_test& agent, const world& given,
                               std::vector<conversation>& corpus, std::uint64_t seed, GoOn&& go_on,
                               Passes&& passes) {
    mutator changes{given, seed};
    random_source& random = changes.random();
    coverage all;
    std::set<std::string> commands;
    hunt_result result;
    const std::size_t shipped = corpus.size();
    while (go_on(result)) {
        conversation next;
        if (result.runs < shipped) {
            next = corpus[result.runs];
        } else if (corpus.empty() || random.once_in(4)) {
            next = changes.fresh();
        } else {
            next = corpus[random.below(corpus.size())];
            if (random.once_in(4)) {
                next = changes.cross(next, corpus[random.below(corpus.size())]);
            }
            changes.mutate(next);
        }
        played got = play(agent, given, next);
        ++result.runs;
        const bool fresh = all.merge(got.covered);
        result.reached = all.reached();
        for (const std::string& command : got.commands) {
            if (commands.insert(command).second && agent.may_ask(command)) {
                changes.grammar().learn(command);
            }
        }
        if (got.found) {
            if (passes(*got.found, next)) {
                continue;
            }
            result.found = std::move(got.found);
            result.input = std::move(next);
            return result;
        }
        if (fresh && result.runs > shipped) {
            corpus.push_back(std::move(next));
        }
    }
    return result;
}

/// The same, and every breach ends it.
template <class GoOn>
[[nodiscard]] hunt_result hunt(agent_under_test& agent, const world& given,
                               std::vector<conversation>& corpus, std::uint64_t seed,
                               GoOn&& go_on) {
    return hunt(agent, given, corpus, seed, std::forward<GoOn>(go_on),
                [](const breach&, const conversation&) { return false; });
}

/// The same, for so many runs.
[[nodiscard]] inline hunt_result hunt(agent_under_test& agent, const world& given,
                                      std::vector<conversation>& corpus, std::uint64_t seed,
                                      std::size_t runs_max) {
    return hunt(agent, given, corpus, seed,
                [&](const hunt_result& so_far) { return so_far.runs < runs_max; });
}

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_HUNT_HPP
