// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_UNIT_MACHINE_INPUT_WALK_HPP
#define SNAPPROTO_TESTS_UNIT_MACHINE_INPUT_WALK_HPP

// As guest_table.hpp, for machines whose events say more than their kind.

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

namespace snapproto::tests {

/// The effects of one event, in words; a refusal as "- word".
template <class Outbox, class Machine, class Input>
std::string effects_of(Machine& machine, const Input& input) {
    Outbox out;
    const auto step = machine.process(input, out);
    std::string text = step ? "" : "- " + std::string{to_string(step.refusal)};
    for (const auto effect : out) {
        text += (text.empty() ? "" : ", ") + std::string{to_string(effect)};
    }
    return text;
}

/// Gives the machine every one of `inputs` in every state that can be reached from `first`.
/// @param look is called with before, input, step, outbox and after.
/// @return how many states those are
template <class Outbox, class Machine, class Inputs, class Look>
std::size_t walk(const Machine& first, const Inputs& inputs, Look&& look) {
    std::vector open{first.save()};
    auto seen = open;
    while (!open.empty()) {
        const auto before = open.back();
        open.pop_back();
        for (const auto& input : inputs) {
            Machine machine{before};
            Outbox out;
            const auto step = machine.process(input, out);
            const auto next = machine.save();
            look(before, input, step, out, next);
            if (std::find(seen.begin(), seen.end(), next) == seen.end()) {
                seen.push_back(next);
                open.push_back(next);
            }
        }
    }
    return seen.size();
}

/// True when the machine asks for `one`.
template <class Outbox, class Effect>
bool asks_for(const Outbox& out, Effect one) {
    return std::find(out.begin(), out.end(), one) != out.end();
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_UNIT_MACHINE_INPUT_WALK_HPP
