// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_VSS_COORDINATOR_HPP
#define SNAPPROTO_MACHINE_VSS_COORDINATOR_HPP

// The coordinator of VSS, which is the service between a requester, the writers and a provider: SP
// chapter 52 as one table.
//
// It knows neither bytes nor time: the limit of flush-and-hold is an event. Which writers there are
// and what each of them has answered is the owner's business: `answered` means all who were asked,
// the provider among them.

#include <snapproto/machine/flat_machine.hpp>
#include <snapproto/machine/vss_coordinator_table.hpp>

namespace snapproto::machine {

/// The whole state of the coordinator's machine.
using vss_coordinator_state = machine_state<vss_coordinator_phase, vss_coordinator_data>;

#ifdef SNAPPROTO_SEPARATE_COMPILATION
extern template class flat_machine<vss_coordinator::spec>;
#endif

/// The machine of VSS's service.
class vss_coordinator_machine : public flat_machine<vss_coordinator::spec> {
  public:
    using flat_machine::flat_machine;
    using flat_machine::process;

    /// Takes one event and appends what it asks for to `out`.
    result process(vss_coordinator_event kind, vss_coordinator_outbox& out) noexcept {
        return flat_machine::process(vss_coordinator_input{kind}, out);
    }

    /// True while writes to the volumes are held, or are about to be.
    [[nodiscard]] bool holds_volumes() const noexcept {
        return phase() == vss_coordinator_phase::flushing ||
               phase() == vss_coordinator_phase::committing;
    }
};

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_VSS_COORDINATOR_HPP
