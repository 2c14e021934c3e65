// SPDX-License-Identifier: BSL-1.0
// How long may a guest be held? The simulator plays the same snapshots with a provider that needs a
// second for its cut, and with hold limits from too short to long enough.
#include "simulator/judge/verdict.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <string>

using namespace snapproto;

int main() {
    std::size_t whole_at_least = 1000;
    std::size_t whole_at_most = 0;
    std::cout << "hold limit    whole copies    none    longest wait of a client\n";
    for (const unsigned hold_limit_ms : {500U, 900U, 1500U, 5000U}) {
        std::size_t whole = 0;
        std::size_t none = 0;
        world::ticks longest = 0;
        for (std::uint64_t seed = 1; seed <= 20; ++seed) {
            world::scenario played;
            played.seed = seed;
            played.run_ms = 20'000;
            for (const std::string& setting :
                 {std::string{"host.wanted=filesystem"}, std::string{"provider.cut_ms=1000"},
                  "agent.hold_limit_ms=" + std::to_string(hold_limit_ms)}) {
                world::set(played, setting);
            }
            const auto run = world::play(played);
            const auto verdict = judge::judge(run);
            if (!verdict.held()) {
                std::cout << "seed " << seed << ": something is wrong\n";
                return 1;
            }
            (verdict.worst() == judge::worth::none ? none : whole) += 1;
            longest = std::max(longest, run.longest_stall);
        }
        whole_at_least = std::min(whole_at_least, whole);
        whole_at_most = std::max(whole_at_most, whole);
        std::cout << std::setw(7) << hold_limit_ms << " ms" << std::setw(16) << whole
                  << std::setw(8) << none << std::setw(24) << longest / 1'000'000 << " ms\n";
    }
    // Too short a limit gives no copy at all, but also no bad one; twenty of twenty is the aim.
    return whole_at_least == 0 && whole_at_most == 20 ? 0 : 1;
}
