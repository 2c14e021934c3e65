// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_QGA_SYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_QGA_SYSTEM_HPP

// A QGA agent as something that answers words of inputs.

#include "conformance/attach/target.hpp"
#include "conformance/run_context.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/qga_alphabet.hpp"
#include "conformance/suites/qga_specification.hpp"

#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// An attached agent.
///
/// Before each word it is brought to its first state: on virtual time by a fresh start, elsewhere
/// by a synchronisation and a thaw on the connection that is there.
class qga_system final : public attached_system {
  public:
    qga_system(target& agent, std::vector<qga_input> inputs, const system_settings& how);

    /// An agent that cannot be connected any more answers "gone" from there on.
    ///
    /// @throws unreachable, check_failed when the agent cannot be brought to its first state.
    [[nodiscard]] answers ask(const word& inputs) override;

    [[nodiscard]] support can_be_asked() const override {
        return m_agent.can(capability::freeze_target);
    }
    [[nodiscard]] std::vector<std::string> input_names() const override {
        return names_of(m_inputs);
    }
    [[nodiscard]] std::string how_reset() const override;
    [[nodiscard]] specification specify(system_under_test& asked) const override;
    void start_recording() override;
    [[nodiscard]] std::vector<transcript_entry> transcript() override;
    [[nodiscard]] std::string leave() override;

  private:
    void reset();
    void come_to_rest();
    void start_again();

    target& m_agent;
    std::vector<qga_input> m_inputs;
    system_settings m_how;
    bool m_starts_afresh;
    std::unique_ptr<run_context> m_run;
};

/// What the agent does where the clauses leave it a choice.
[[nodiscard]] qga_choices choices_of(system_under_test& agent,
                                     const std::vector<qga_input>& inputs);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_QGA_SYSTEM_HPP
