// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/hunt.hpp"

#include "simulator/campaign/seed_result.hpp"
#include "simulator/campaign/shrink.hpp"
#include "simulator/world/flaw.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

namespace snapproto::campaign {
namespace {

constexpr std::string_view table_begins = "<!-- hunt: begin -->\n";
constexpr std::string_view table_ends = "<!-- hunt: end -->";

chase chase_from(const world::scenario& base, std::uint64_t first, const hunt_options& how,
                 hunted& into) {
    const auto begun = std::chrono::steady_clock::now();
    chase made;
    while (!made.found && made.seeds < how.seeds_max) {
        const auto result = play_seed(base, first + made.seeds++);
        made.found = !result.findings.empty();
        if (made.found && into.kind.empty()) {
            into.kind = result.findings.front().kind;
            into.seed = result.seed;
        }
    }
    made.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
    return made;
}

template <class Of>
auto median(std::span<const chase> chases, Of&& of) {
    std::vector<decltype(of(chases.front()))> values;
    for (const auto& one : chases) {
        if (one.found) {
            values.push_back(of(one));
        }
    }
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

std::string row_of(const hunted& one) {
    auto text = fmt::format("| `{}` | {} | {} of {} | ", one.name, one.meaning, one.times_found(),
                            one.chases.size());
    if (one.times_found() == 0) {
        return text + "- | - | - | - |\n";
    }
    return text + fmt::format("{} | {:.2f} | {} of {} | {} |\n",
                              median(one.chases, [](const chase& c) { return c.seeds; }),
                              median(one.chases, [](const chase& c) { return c.seconds; }),
                              one.decisions, one.decisions_before, one.kind);
}

} // namespace

std::size_t hunted::times_found() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(chases.begin(), chases.end(), [](const chase& one) { return one.found; }));
}

hunted hunt(const world::scenario& base, std::string_view name, const hunt_options& how) {
    const auto& all = world::faulty_endpoints();
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    hunted made;
    made.name = name;
    made.meaning = known == all.end() ? "the library's" : known->meaning;
    auto faulty = base;
    faulty.faulty = name;
    for (std::size_t i = 0; i < how.starts; ++i) {
        made.chases.push_back(chase_from(faulty, 1 + i * how.distance, how, made));
    }
    if (!made.kind.empty()) {
        faulty.seed = made.seed;
        const auto small = shrink(faulty);
        made.decisions = small.decisions.size();
        made.decisions_before = small.decisions_before;
    }
    return made;
}

std::string hunt_table(std::span<const hunted> all) {
    std::string text{
        "| endpoint | what is wrong with it | found | seeds | seconds | decisions left "
        "| found as |\n|---|---|---|---|---|---|---|\n"};
    for (const auto& one : all) {
        text += row_of(one);
    }
    return text;
}

std::string with_hunt_table(const std::string& page, std::span<const hunted> all) {
    const auto begin = page.find(table_begins);
    const auto end = page.find(table_ends, begin == std::string::npos ? 0 : begin);
    if (begin == std::string::npos || end == std::string::npos) {
        throw std::invalid_argument("the page has no marks for the table");
    }
    const auto from = begin + table_begins.size();
    return page.substr(0, from) + hunt_table(all) + page.substr(end);
}

} // namespace snapproto::campaign
