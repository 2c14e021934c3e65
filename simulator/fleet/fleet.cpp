// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/fleet.hpp"

#include "simulator/fleet/site.hpp"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace snapproto::fleet {

std::uint64_t sites_of(const scenario& what) noexcept {
    return (what.machines.count + what.machines.per_array - 1) / what.machines.per_array;
}

results play(const scenario& what, unsigned jobs) {
    const std::uint64_t sites = sites_of(what);
    const auto threads = static_cast<std::size_t>(std::min<std::uint64_t>(jobs, sites));
    std::atomic<std::uint64_t> next{0};
    std::vector<results> parts(threads);
    const auto work = [&](results& into) {
        for (std::uint64_t number = next++; number < sites; number = next++) {
            into.add(site{what, number}.run());
        }
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < threads; ++i) {
            others.emplace_back([&, i] { work(parts[i]); });
        }
        work(parts.front());
    }
    for (std::size_t i = 1; i < threads; ++i) {
        parts.front().add(parts[i]);
    }
    return std::move(parts.front());
}

} // namespace snapproto::fleet
