// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_HPP

// How a fault is put into the embedded orchestrator of QGA: as functions that change what goes out,
// what comes in, the cut, or what is reported. Each fault sets as few of them as it can.

#include "conformance/builtin/host_fault.hpp"

#include <snapproto/dialect/qga/wire.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

/// A request on its way to a guest.
struct sent_request {
    std::size_t guest;
    qga::verb verb;
    std::string_view bytes; ///< All of it, a 0xFF too.
    std::string_view id;    ///< JSON text; empty: none.
    std::int64_t sync_id;
};

/// A line on its way to the orchestrator: what it is the answer to, as far as that is known.
struct coming_reply {
    std::size_t guest;
    qga::verb asked;
    std::string_view id; ///< Of the request.
    std::int64_t sync_id;
};

/// One fault. Unset functions change nothing.
struct orchestrator_fault {
    fault_info info;

    std::function<void(orchestrator_settings&)> settings{};
    /// A request; what is returned is the answer that the orchestrator gets instead of the guest
    /// being asked (empty: none).
    std::function<std::optional<std::string>(faulty_orchestrator&, const sent_request&)> request{};
    /// A line of a guest; empty afterwards: it does not get through.
    std::function<void(faulty_orchestrator&, const coming_reply&, std::string&)> reply{};
    /// The cut is about to begin; how long it is put off, though the orchestrator believes that it
    /// has been done.
    std::function<duration(faulty_orchestrator&)> cut_put_off{};
    /// The report, before anybody sees it.
    std::function<void(faulty_orchestrator&, claim_made&)> outcome{};
};

/// All faults, each family in a file of its own; together they are in order of name.
[[nodiscard]] std::vector<orchestrator_fault> orchestrator_wire_faults();
[[nodiscard]] std::vector<orchestrator_fault> orchestrator_hold_faults();
[[nodiscard]] const std::vector<orchestrator_fault>& all_orchestrator_faults();

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_HPP
