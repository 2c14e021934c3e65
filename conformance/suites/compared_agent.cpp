// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/compared_agent.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace snapproto::conformance::suites {
namespace {

/// Which answer is the first that differs.
std::optional<std::size_t> first_difference(const answers& actual, const answers& expected) {
    const auto at = std::mismatch(actual.begin(), actual.end(), expected.begin()).first;
    return at == actual.end() ? std::nullopt
                              : std::optional{static_cast<std::size_t>(at - actual.begin())};
}

word first_of(const word& inputs, std::size_t count) {
    return {inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

compared_agent::compared_agent(target& agent, const run_options& options)
    : m_agent(agent),
      m_system(make_system(agent, {.timeout_scale = options.timeout_scale, .seed = options.seed})),
      m_spec(m_system->specify(*m_system)) {}

word compared_agent::wrong_part(const word& inputs) {
    const auto at = first_difference(m_system->ask(inputs), spec().run(inputs));
    return at ? first_of(inputs, *at + 1) : word{};
}

word compared_agent::cut_down(word wrong) {
    for (std::size_t i = 0; i < wrong.size();) {
        word without = wrong;
        without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
        if (word still = wrong_part(without); !still.empty()) {
            wrong = std::move(still);
            i = 0;
        } else {
            ++i;
        }
    }
    return wrong;
}

bool compared_agent::judge(const word& inputs, case_result& to) {
    m_system->start_recording();
    const auto actual = m_system->ask(inputs);
    const auto expected = spec().run(inputs);
    to.transcript = m_system->transcript();
    const auto at = first_difference(actual, expected);
    if (!at) {
        return false;
    }
    to.verdict = status::fail;
    to.found = {fmt::format("{}, {} is answered as the specification's machine does",
                            *at == 0
                                ? "at first"
                                : fmt::format("after '{}'", spec().text(first_of(inputs, *at))),
                            spec().inputs()[inputs[*at]]),
                expected[*at], actual[*at]};
    to.agent_output = printable_lines(m_agent.agent_output());
    return true;
}

std::string compared_agent::about() const {
    return fmt::format("inputs: {}; {}; reset by {}", fmt::join(spec().inputs(), ", "),
                       m_spec.choices, m_system->how_reset());
}

} // namespace snapproto::conformance::suites
