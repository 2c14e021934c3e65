// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_COMPARED_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_COMPARED_AGENT_HPP

// An agent beside the machine that the specification makes of it: the oracle of all generated
// suites.

#include "conformance/attach/target.hpp"
#include "conformance/result.hpp"
#include "conformance/runner.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/mealy.hpp"

#include <memory>
#include <string>

namespace snapproto::conformance::suites {

class compared_agent {
  public:
    /// Asks the agent for its choices. @throws unreachable, check_failed; std::invalid_argument for
    /// a dialect without inputs
    compared_agent(target& agent, const run_options& options);

    [[nodiscard]] const mealy_machine& spec() const noexcept { return m_spec.machine; }

    /// Asks a word. @return the shortest beginning of it that is answered otherwise than specified;
    ///         empty if none is
    [[nodiscard]] word wrong_part(const word& inputs);

    /// Leaves out inputs as long as something is answered otherwise.
    [[nodiscard]] word cut_down(word wrong);

    /// Asks the word once more, and makes a finding of the first wrong answer, with a transcript.
    /// @return whether there was one
    bool judge(const word& inputs, case_result& to);

    /// Inputs, choices and reset in one line: what a verdict is about.
    [[nodiscard]] std::string about() const;

  private:
    target& m_agent;
    std::unique_ptr<attached_system> m_system;
    specification m_spec;
};

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_COMPARED_AGENT_HPP
