// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_DAEMON_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_DAEMON_HPP

// The daemon of a Linux guest on Hyper-V that the suite plays for an orchestrator which stands
// where host and guest kernel are: form (b), SP chapters 33, 36 and 37. It is a right one, until a
// check tells it to do otherwise. A connection is a device that is open.

#include "conformance/orchestrator/scripted_side.hpp"
#include "conformance/orchestrator/trial.hpp"

#include <snapproto/dialect/hyperv/daemon.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// What a daemon is asked for, as far as checks tell requests apart.
enum class daemon_asked { check, freeze, thaw, other };

[[nodiscard]] std::string_view name(daemon_asked what) noexcept;

/// A request that reached the daemon.
struct daemon_request {
    instant at{};
    connection on;
    daemon_asked what = daemon_asked::other;
    std::string record;
    std::size_t nth = 1;         ///< Among those that ask for the same.
    bool while_in_work = false;  ///< The one before had not been answered.
    bool before_version = false; ///< The version had not been read.

    [[nodiscard]] daemon_asked kind() const noexcept { return what; }
};

/// What the daemon does on a request. It comes as a right daemon's; a check may change it.
struct daemon_reaction {
    duration after = std::chrono::milliseconds(2); ///< From when the request's turn comes.
    hold_step step = hold_step::none;
    std::int32_t error = 0;
    bool answers = true;                ///< False: no reply, and the next request is served.
    std::optional<std::string> instead; ///< This record in the place of the reply.
    std::vector<std::string> before;    ///< Records before it.
    std::vector<std::string> behind;    ///< Records behind it.
    bool hangs_up = false;              ///< Closes the device when it has answered.

    void fails();
    void silent() { answers = false; }
};

class played_daemon final : public scripted_side<daemon_request, daemon_reaction> {
  public:
    using scripted_side::scripted_side;

    // ---- how it is to behave ----

    /// How long it takes to register when the device is open.
    void registers_after(duration span) { m_registers_after = span; }
    /// It does not thaw when the device ends: it was killed.
    void dies_with_the_device() { m_dies = true; }

    /// The record of a reply.
    [[nodiscard]] static std::string reply(std::int32_t error);

    // ---- what it has seen ----

    /// Records that are none of a kernel, in words.
    [[nodiscard]] const std::vector<std::string>& refused() const noexcept { return m_refused; }
    /// Versions that were read.
    [[nodiscard]] std::size_t versions() const noexcept { return m_versions; }

    [[nodiscard]] bool busy() const override { return m_busy || !m_waiting.empty(); }

  protected:
    void on_connected(connection on) override;
    void on_received(connection on, std::string_view bytes) override;
    void on_disconnected(connection on, bool by_us) override;

  private:
    void hear(connection on, std::string_view record, std::uint8_t op);
    void serve_next();
    void finish(const daemon_request& request, const daemon_reaction& how);

    std::vector<std::string> m_refused;
    std::deque<daemon_request> m_waiting;
    duration m_registers_after = std::chrono::milliseconds(1);
    std::size_t m_versions = 0;
    std::uint64_t m_turn = 0;   ///< Of the device: a new one begins afresh.
    bool m_has_version = false; ///< On this device.
    bool m_busy = false;
    bool m_dies = false;
};

/// One run of one check against an orchestrator of Hyper-V's daemons.
using hyperv_trial = trial_of<played_daemon>;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_DAEMON_HPP
