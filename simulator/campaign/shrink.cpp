// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/shrink.hpp"

#include "simulator/campaign/seed_result.hpp"
#include "simulator/campaign/swarm.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace snapproto::campaign {
namespace {

using settings::field;
using world::fault;
using world::scenario;

/// One thing that was decided for a run.
struct decision {
    std::string words;
    std::function<void(scenario&)> apply;
};

std::string assignment_of(const field& from) {
    return fmt::format("{}={}", from.name, settings::value_of(from));
}

/// The scenario without what a seed, or its author, lets go wrong.
scenario sound(scenario what, const scenario& plan) {
    what.swarm = false;
    what.seed = plan.seed;
    what.heal_ms = plan.heal_ms;
    what.expect = plan.expect;
    what.faults.clear();
    return what;
}

std::vector<decision> decisions_between(scenario from, scenario to) {
    std::vector<decision> made;
    const auto old = world::fields_of(from);
    const auto now = world::fields_of(to);
    for (std::size_t i = 0; i < now.size(); ++i) {
        auto assignment = assignment_of(now[i]);
        if (assignment != assignment_of(old[i])) {
            made.push_back({assignment, [assignment](scenario& s) { world::set(s, assignment); }});
        }
    }
    for (const auto& one : to.faults) {
        made.push_back({to_words(one), [one](scenario& s) { s.faults.push_back(one); }});
    }
    return made;
}

/// Plays smaller runs and keeps those that fail as the first did.
class shrinker {
  public:
    shrinker(std::string kind, const std::function<void(std::size_t)>& on_play)
        : m_kind(std::move(kind)), m_on_play(on_play) {}

    [[nodiscard]] std::optional<finding> failure(const scenario& what) {
        ++m_plays;
        if (m_on_play) {
            m_on_play(m_plays);
        }
        for (auto& one : play_planned(what).findings) {
            if (one.kind == m_kind) {
                return std::move(one);
            }
        }
        return std::nullopt;
    }

    /// Takes a change if the run fails with it.
    template <class Change>
    bool try_with(scenario& what, Change&& change) {
        scenario smaller = what;
        change(smaller);
        if (world::to_text(smaller) == world::to_text(what) || !failure(smaller)) {
            return false;
        }
        what = std::move(smaller);
        return true;
    }

    void simplify_fault(scenario& what, std::size_t index) {
        try_with(what, [&](scenario& s) { s.faults[index].occurrence = 1; });
        try_with(what, [&](scenario& s) { s.faults[index].after_ms = 0; });
        while (what.faults[index].for_ms > 1 &&
               try_with(what, [&](scenario& s) { s.faults[index].for_ms /= 2; })) {
        }
    }

    void lessen_work(scenario& what) {
        try_with(what, [](scenario& s) { s.clients.count = 1; });
        try_with(what, [](scenario& s) { s.publisher.enabled = false; });
        try_with(what, [](scenario& s) { s.host.repeat_ms = 0; });
        while (try_with(what, [](scenario& s) { s.run_ms -= s.run_ms / 4; })) {
        }
    }

    [[nodiscard]] std::size_t plays() const noexcept { return m_plays; }

  private:
    std::string m_kind;
    const std::function<void(std::size_t)>& m_on_play;
    std::size_t m_plays = 0;
};

using subset = std::vector<std::size_t>;

/// Part `which` of `parts`, or all but it.
subset part_of(const subset& all, std::size_t which, std::size_t parts, bool complement) {
    const std::size_t begin = all.size() * which / parts;
    const std::size_t end = all.size() * (which + 1) / parts;
    subset made;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if ((i >= begin && i < end) != complement) {
            made.push_back(all[i]);
        }
    }
    return made;
}

} // namespace

std::vector<std::size_t> minimal_subset(std::size_t count,
                                        const std::function<bool(const subset&)>& fails) {
    if (fails({})) {
        return {};
    }
    subset now(count);
    std::iota(now.begin(), now.end(), std::size_t{0});
    std::size_t parts = 2;
    while (now.size() >= 2) {
        std::optional<subset> smaller;
        bool one_part = false;
        for (std::size_t i = 0; i < parts && !smaller; ++i) {
            if (auto part = part_of(now, i, parts, false); fails(part)) {
                smaller = std::move(part);
                one_part = true;
            }
        }
        for (std::size_t i = 0; parts > 2 && i < parts && !smaller; ++i) {
            if (auto rest = part_of(now, i, parts, true); fails(rest)) {
                smaller = std::move(rest);
            }
        }
        if (smaller) {
            now = std::move(*smaller);
            parts = one_part ? 2 : std::max<std::size_t>(parts - 1, 2);
        } else if (parts >= now.size()) {
            break;
        } else {
            parts *= 2;
        }
        parts = std::min(parts, now.size());
    }
    return now;
}

shrunk_run shrink(const scenario& base, const std::function<void(std::size_t)>& on_play) {
    shrunk_run made;
    made.smallest = planned(base, base.seed);
    const auto first = play_planned(made.smallest).findings;
    if (first.empty()) {
        return made;
    }
    shrinker work{first.front().kind, on_play};
    const scenario plain = sound(base, made.smallest);
    auto all = decisions_between(plain, made.smallest);
    made.decisions_before = all.size();
    const auto build = [&](const subset& chosen) {
        scenario built = plain;
        for (const auto index : chosen) {
            all[index].apply(built);
        }
        return built;
    };
    const auto needed = minimal_subset(
        all.size(), [&](const subset& chosen) { return work.failure(build(chosen)).has_value(); });
    made.smallest = build(needed);
    for (std::size_t i = 0; i < made.smallest.faults.size(); ++i) {
        work.simplify_fault(made.smallest, i);
    }
    for (const auto index : needed) {
        if (all[index].words.find('=') != std::string::npos) {
            made.decisions.push_back(all[index].words);
        }
    }
    for (const auto& one : made.smallest.faults) {
        made.decisions.push_back(to_words(one));
    }
    work.lessen_work(made.smallest);
    made.wrong = work.failure(made.smallest).value_or(first.front());
    made.plays = work.plays();
    return made;
}

} // namespace snapproto::campaign
