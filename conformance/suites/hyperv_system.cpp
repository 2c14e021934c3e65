// SPDX-License-Identifier: BSL-1.0
#include "conformance/suites/hyperv_system.hpp"

#include "conformance/hyperv_kernel.hpp"

namespace snapproto::conformance::suites {

hyperv_system::hyperv_system(hyperv_target& daemon, const system_settings& how)
    : m_daemon(daemon), m_how(how) {
    start_recording();
}

void hyperv_system::start_recording() {
    m_run = std::make_unique<run_context>(
        m_daemon, run_context::settings{unbounded, m_how.timeout_scale, m_how.seed});
}

std::vector<transcript_entry> hyperv_system::transcript() {
    return m_run->log().entries();
}

answers hyperv_system::ask(const word& inputs) {
    start_recording();
    hyperv_kernel kernel(*m_run);
    kernel.begin_again();
    answers made;
    made.reserve(inputs.size());
    try {
        for (const auto on : inputs) {
            made.push_back(give(*m_run, kernel, m_inputs.at(on)));
        }
    } catch (const unreachable&) {
        made.resize(inputs.size(), "gone"); // what an input has done is its answer
    }
    return made;
}

specification hyperv_system::specify(system_under_test& asked) const {
    const auto succeeds = [&](hyperv_input what) {
        return asked.ask({static_cast<input_index>(what)}).back().starts_with("success");
    };
    const hyperv_choices choices{.empty_succeeds = succeeds(hyperv_input::freeze_none),
                                 .unknown_succeeds = succeeds(hyperv_input::unknown)};
    return {hyperv_specification(m_inputs, choices), describe(choices)};
}

} // namespace snapproto::conformance::suites
