// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_HPP
#define SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_HPP

// How a fault is put into an embedded orchestrator, whatever its dialect: as functions that change
// what goes out, what comes in, the cut, or what is reported. Each fault sets as few of them as it
// can. Messages are whole here: a frame, a record, a command.

#include "conformance/attach/orchestrator_target.hpp"
#include "conformance/builtin/builtin.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::builtin {

/// Where a fault was not met anywhere.
inline constexpr std::string_view single_change = "single change of behaviour";

/// What a fault may look at and do. One for each snapshot; `memory` is fresh then.
class faulty_orchestrator {
  public:
    [[nodiscard]] virtual instant now() const = 0;
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

    /// How the cut of the provider ended, once it has.
    std::optional<cut_sign> last_cut;
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
    duration negotiate = std::chrono::seconds{5};
    duration liveness = std::chrono::seconds{15};
    /// Of a command or request, where the dialect's orchestrator has such a limit.
    duration command = std::chrono::seconds{5};
    bool reconnects = true;
    bool looks_at_the_clock = true;
    bool tells_of_frozen_guests = true; ///< In its output.
    bool new_sessions = true;           ///< No snapshot begins with the epoch of the one before.
    bool new_transactions = true;       ///< Nor with its id.
};

/// One fault of an orchestrator. Unset functions change nothing.
struct host_fault {
    fault_info info;

    std::function<void(orchestrator_settings&)> settings{};
    /// A message to a guest; false: it is not sent.
    std::function<bool(faulty_orchestrator&, std::size_t guest, std::string&)> sends{};
    /// What a guest has sent at once; false: it does not get through.
    std::function<bool(faulty_orchestrator&, std::size_t guest, std::string&)> hears{};
    /// The orchestrator is about to end a channel; false: it stays open.
    std::function<bool(faulty_orchestrator&, std::size_t guest)> closes{};
    /// The cut is about to begin; how long it is put off, though the orchestrator believes that it
    /// has been done.
    std::function<duration(faulty_orchestrator&)> cut_put_off{};
    /// The report, before anybody sees it.
    std::function<void(faulty_orchestrator&, claim_made&)> outcome{};
};

} // namespace snapproto::conformance::builtin

#endif // SNAPPROTO_CONFORMANCE_BUILTIN_HOST_FAULT_HPP
