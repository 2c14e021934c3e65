// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_ORCHESTRATOR_FAULT_HPP

// How a fault is put into the embedded orchestrator: as functions that change what goes out, what
// comes in, the cut, or what is reported. Each fault sets as few of them as it can.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <snapproto/dialect/qga/wire.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

/// What a fault may look at and do. One for each snapshot; `memory` is fresh then.
class faulty_orchestrator {
  public:
    /// Does something later, if this snapshot still goes on then.
    virtual void later(duration span, std::function<void()> what) = 0;
    /// Sends bytes to a guest, past the orchestrator.
    virtual void send(std::size_t guest, std::string_view bytes) = 0;
    /// Hands bytes to the orchestrator as if the guest had sent them.
    virtual void answer(std::size_t guest, std::string_view bytes) = 0;
    /// A cut of the fault's own; the orchestrator does not know.
    virtual void show_cut(cut_sign what) = 0;
    /// Ends the snapshot with this report.
    virtual void report(claim_made claim, std::string_view words) = 0;

    /// Room for a fault's own state.
    std::array<std::int64_t, 4> memory{};
    std::string text;

  protected:
    ~faulty_orchestrator() = default;
};

/// What can be set beforehand.
struct orchestrator_settings {
    duration hold = std::chrono::seconds{10};
    duration cut = std::chrono::seconds{10};
    bool reconnects = true;
    bool looks_at_the_clock = true;
    bool tells_of_frozen_guests = true; ///< In its output.
};

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
