// SPDX-License-Identifier: BSL-1.0
// Fuzzes an agent that is written in C: three functions, and the library does the rest. It finds
// out within a few conversations that looking for words in lines is not what the clauses ask for.
#include "agent.h"

#include <snapproto/fuzz.hpp>

#include <iostream>

using namespace snapproto;

namespace {

class my_agent final : public fuzz::agent_under_test {
  public:
    void reset() override { agent_reset(); }

    void deliver(std::size_t client, std::string_view bytes, fuzz::outputs& out) override {
        static char answers[65536];
        const std::size_t count =
            agent_deliver(bytes.data(), bytes.size(), answers, sizeof answers);
        out[client].append(answers, count);
    }

    void advance(duration, fuzz::outputs&) override {} // it has no timers
};

} // namespace

int main() {
    my_agent agent;
    const fuzz::world given{}; // nothing is known of its filesystems
    std::vector<fuzz::conversation> corpus;
    const fuzz::hunt_result got = fuzz::hunt(agent, given, corpus, 2026, std::size_t{1000});
    if (!got.found) {
        std::cout << "nothing found\n";
        return 1;
    }
    const auto small = fuzz::minimised(agent, given, got.input);
    std::cout << "after " << got.runs << " conversations:\n"
              << fuzz::describe(small) << fuzz::describe(*got.found) << '\n';
    return small.size() <= got.input.size() ? 0 : 1;
}
