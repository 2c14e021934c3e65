// SPDX-License-Identifier: BSL-1.0
// The embedded orchestrator of native agents.
#include "conformance/builtin/embedded_hosts.hpp"
#include "conformance/builtin/host_fault_list.hpp"
#include "conformance/builtin/native_orchestrator_faults.hpp"
#include "conformance/builtin/virtual_orchestrator.hpp"

#include <snapproto/endpoint/native_orchestrator.hpp>

#include <string>

namespace snapproto::conformance {

namespace builtin {
namespace {

class native_host final : public embedded_host<endpoint::native_orchestrator> {
  public:
    native_host(const host_fault* with, std::string_view name, std::uint64_t seed)
        : embedded_host(with, std::string{name}, "--dialect native "),
          m_session(seed * 1000),
          m_txn(seed * 1000) {}

  protected:
    [[nodiscard]] endpoint::native_orchestrator make(std::size_t guests) override {
        m_session += m_settings.new_sessions ? 100 : 0;
        m_txn += m_settings.new_transactions ? 100 : 0;
        auto options = endpoint::native_orchestrator_defaults();
        options.agents = guests;
        options.timers.cut = m_settings.cut;
        options.timers.negotiate = m_settings.negotiate;
        options.timers.liveness = m_settings.liveness;
        options.first_session = session_id{m_session + 1};
        options.first_txn = txn_id{m_txn + 1};
        return endpoint::native_orchestrator{options};
    }

    [[nodiscard]] endpoint::snapshot_options wanted() const override {
        auto made = embedded_host::wanted();
        made.hold_limit = m_settings.hold;
        return made;
    }

  private:
    std::uint64_t m_session;
    std::uint64_t m_txn;
};

const host_fault_list& native_faults() {
    static const host_fault_list all{native_session_faults(), native_freeze_faults(),
                                     native_thaw_faults()};
    return all;
}

} // namespace
} // namespace builtin

std::unique_ptr<orchestrator_target> make_native_orchestrator(std::string_view fault_or_reference,
                                                              std::uint64_t seed) {
    return std::make_unique<builtin::native_host>(builtin::native_faults().find(fault_or_reference),
                                                  fault_or_reference, seed);
}

std::span<const fault_info> native_orchestrator_faults() {
    return builtin::native_faults().infos();
}

} // namespace snapproto::conformance
