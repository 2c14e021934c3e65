// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/qga_system.hpp"

#include "conformance/restore.hpp"

#include <algorithm>
#include <optional>

namespace snapproto::conformance::suites {
namespace {

std::optional<input_index> index_of(const std::vector<qga_input>& inputs, qga_input wanted) {
    const auto at = std::find(inputs.begin(), inputs.end(), wanted);
    return at == inputs.end()
               ? std::nullopt
               : std::optional{static_cast<input_index>(std::distance(inputs.begin(), at))};
}

} // namespace

qga_system::qga_system(target& agent, std::vector<qga_input> inputs, const system_settings& how)
    : m_agent(agent),
      m_inputs(std::move(inputs)),
      m_how(how),
      m_starts_afresh(agent.can(capability::virtual_time).present &&
                      agent.can(capability::restart).present) {
    start_recording();
}

void qga_system::start_recording() {
    m_run = std::make_unique<run_context>(
        m_agent, run_context::settings{unbounded, m_how.timeout_scale, m_how.seed});
}

std::vector<transcript_entry> qga_system::transcript() {
    return m_run->log().entries();
}

specification qga_system::specify(system_under_test& asked) const {
    const auto choices = choices_of(asked, m_inputs);
    return {qga_specification(m_inputs, choices), describe(choices)};
}

std::string qga_system::leave() {
    m_run->disconnect(); // many an agent serves one client only
    return restore(m_agent, m_how.timeout_scale, false).trouble;
}

std::string qga_system::how_reset() const {
    return m_starts_afresh ? "a fresh start" : "a synchronisation and a thaw";
}

void qga_system::reset() {
    if (m_starts_afresh) {
        start_options options;
        if (m_agent.can(capability::hook)) {
            options.hook = hook_script{};
        }
        start_recording();
        (void)thaw_from_outside(m_agent); // what an agent leaves held outlives it
        m_run->start(options);
        return;
    }
    try {
        come_to_rest();
    } catch (const unreachable&) {
        start_again();
    } catch (const check_failed&) {
        start_again();
    }
}

// On the connection that is there, if it is.
void qga_system::come_to_rest() {
    if (!m_run->client().is_open()) {
        m_run->reconnect();
    }
    m_run->must_sync();
    (void)m_run->thaw();
    m_run->require_text(m_run->status(), "thawed", "the status after a thaw");
}

// For an agent that the last word has killed or confused.
void qga_system::start_again() {
    m_run->disconnect();
    const auto state = restore(m_agent, m_how.timeout_scale, false);
    if (!state.ready) {
        throw unreachable(state.trouble);
    }
    start_recording();
    come_to_rest();
}

answers qga_system::ask(const word& inputs) {
    reset();
    answers made;
    made.reserve(inputs.size());
    try {
        for (const auto on : inputs) {
            made.push_back(give(*m_run, m_inputs.at(on)));
        }
    } catch (const unreachable&) {
        made.resize(inputs.size(), "gone"); // what an input has done is its answer
    }
    return made;
}

qga_choices choices_of(system_under_test& agent, const std::vector<qga_input>& inputs) {
    qga_choices made;
    const auto freeze = index_of(inputs, qga_input::freeze);
    if (freeze) {
        made.repeats_count = agent.ask({*freeze, *freeze}).back() != "error";
    }
    if (const auto unknown = index_of(inputs, qga_input::freeze_unknown)) {
        made.ignores_unknown = agent.ask({*unknown}).back() != "error";
    }
    const auto thaw = index_of(inputs, qga_input::thaw);
    const auto with_hook = index_of(inputs, qga_input::thaw_hook_fails);
    if (thaw && with_hook) {
        made.thaws_in_vain =
            agent.ask({*with_hook}).back() == "error" && agent.ask({*thaw}).back() != "error";
    }
    return made;
}

} // namespace snapproto::conformance::suites
