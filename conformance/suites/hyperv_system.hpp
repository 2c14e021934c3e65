// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SYSTEM_HPP

// A Hyper-V daemon as something that answers words of inputs.

#include "conformance/attach/hyperv_target.hpp"
#include "conformance/run_context.hpp"
#include "conformance/suites/attached_system.hpp"
#include "conformance/suites/hyperv_alphabet.hpp"
#include "conformance/suites/hyperv_specification.hpp"

#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// A daemon that is started anew for each word.
class hyperv_system final : public attached_system {
  public:
    hyperv_system(hyperv_target& daemon, const system_settings& how);

    /// A daemon that has ended answers "gone" from there on.
    ///
    /// @throws unreachable, check_failed when the daemon does not start and register.
    [[nodiscard]] answers ask(const word& inputs) override;

    [[nodiscard]] support can_be_asked() const override { return support::yes(); }
    [[nodiscard]] std::vector<std::string> input_names() const override {
        return names_of(m_inputs);
    }
    [[nodiscard]] std::string how_reset() const override { return "a fresh start"; }
    [[nodiscard]] specification specify(system_under_test& asked) const override;
    void start_recording() override;
    [[nodiscard]] std::vector<transcript_entry> transcript() override;
    /// Nothing is frozen but in the played guest, which goes with the daemon.
    [[nodiscard]] std::string leave() override { return {}; }

  private:
    hyperv_target& m_daemon;
    std::vector<hyperv_input> m_inputs = hyperv_alphabet();
    system_settings m_how;
    std::unique_ptr<run_context> m_run;
};

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SYSTEM_HPP
