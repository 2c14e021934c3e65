// SPDX-License-Identifier: BSL-1.0
// The tables and the endpoints of the first two targets: what they take for decisions.
#include "fuzz/seeds/scripts.hpp"
#include "fuzz/tables/table_run.hpp"

#include <string>
#include <vector>

namespace snapproto::fuzz {
namespace {

void add_tables(tree& to, const std::vector<std::string>& tour) {
    for (std::size_t i = 0; i < tour.size(); ++i) {
        to["corpus/tables/" + numbered(tour[i][0] == 0 ? "agent" : "orchestrator", i)] = tour[i];
    }
}

/// See fuzz/targets/agent.cpp for what the bytes mean.
void add_agent_sessions(tree& to) {
    const std::string settle = bytes({18});
    const std::string answer = bytes({16, 0});
    add_script(to, "agent",
               {"native",
                bytes({0, 1, 2, 0}),
                {bytes({0, 0, 0}), bytes({3, 0, 0}), bytes({19, 0}), answer, answer, settle,
                 bytes({4, 0, 0}), answer, answer, settle, bytes({5, 0, 0}), answer, settle,
                 bytes({6, 0, 0}), settle},
                {bytes({20}), bytes({21}), bytes({22}), bytes({23, 0}), bytes({0, 0, 0}),
                 bytes({1, 0}), bytes({5, 0, 0}), bytes({7, 0}), bytes({8, 0}), bytes({13, 255}),
                 bytes({14}), bytes({16, 1}), bytes({16, 2}), bytes({17, 1}), bytes({19, 7})}});
    const std::string work = bytes({19});
    const std::string done = bytes({17, 0});
    add_script(
        to, "agent",
        {"qga",
         bytes({1, 3, 1, 2, 0}),
         {bytes({0, 0, 5}), bytes({0, 0, 0}), bytes({20, 0}), done, done, work, bytes({0, 1, 2}),
          bytes({0, 0, 1}), done, work, bytes({0, 0, 3}), work, bytes({0, 1, 1}), work},
         {bytes({21}), bytes({22, 0}), bytes({12, 0}), bytes({11, 0, 4, 123, 34, 120, 34}),
          bytes({0, 1, 0}), bytes({0, 1, 1}), bytes({0, 0, 12}), bytes({0, 0, 13}),
          bytes({14, 255}), bytes({15}), bytes({17, 1}), bytes({17, 2}), bytes({18, 1}),
          bytes({20, 7})}});
}

/// See fuzz/targets/orchestrator.cpp.
void add_orchestrator_sessions(tree& to) {
    const auto hear = [](int agent) { return bytes({0, agent, 0}); };
    const std::vector<std::string> disturbances{
        bytes({8, 0}),           bytes({0, 0, 255}),      bytes({0, 0, 16, 3, 5, 0}),
        bytes({0, 0, 16, 4, 2}), bytes({0, 0, 16, 2, 3}), bytes({0, 0, 32}),
        bytes({0, 0, 64}),       bytes({10, 20}),         bytes({11}),
        bytes({12, 4}),          bytes({12, 2}),          bytes({15, 7}),
        bytes({15, 0}),          bytes({0, 0, 3}),        bytes({0, 0, 27}),
        bytes({0, 0, 35})};
    add_script(
        to, "orchestrator",
        {"native",
         bytes({2}),
         {bytes({6, 0}), bytes({6, 1}), hear(0), hear(1), bytes({15, 0}), hear(0), hear(1), hear(0),
          hear(1), bytes({12, 0}), hear(0), hear(1), bytes({12, 2}), hear(0), hear(1)},
         disturbances});
    add_script(to, "orchestrator",
               {"qga",
                bytes({1}),
                {bytes({6, 0}), hear(0), hear(0), bytes({15, 8}), hear(0), hear(0), hear(0),
                 hear(0), bytes({12, 0}), hear(0), hear(0), bytes({12, 2}), hear(0), hear(0)},
                disturbances});
}

} // namespace

void add_sessions(tree& to) {
    add_tables(to, transition_tour());
    add_agent_sessions(to);
    add_orchestrator_sessions(to);
}

} // namespace snapproto::fuzz
