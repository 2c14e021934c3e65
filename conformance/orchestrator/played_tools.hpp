// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_TOOLS_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_TOOLS_HPP

// The tools of a VMware guest that the suite plays for a host: events and answers to commands, SP
// chapters 40 to 48. They are right ones, until a check tells them to do otherwise. A connection is
// both directions of GuestRPC, and a message is whole.

#include "conformance/orchestrator/scripted_side.hpp"
#include "conformance/orchestrator/trial.hpp"

#include <snapproto/dialect/vmbackup/command.hpp>
#include <snapproto/dialect/vmbackup/report.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// What a command asks for, as far as checks tell commands apart.
enum class tools_asked { reset, announce, start, done, abort, other };

[[nodiscard]] std::string_view name(tools_asked what) noexcept;

/// A command that reached the guest.
struct tools_command {
    instant at{};
    connection on;
    tools_asked what = tools_asked::other;
    std::string text;        ///< All of it.
    std::size_t nth = 1;     ///< Among those that ask for the same.
    bool while_runs = false; ///< An operation ran.
    std::string wrong;       ///< Why a strict reader would refuse it; empty: it would not.

    [[nodiscard]] tools_asked kind() const noexcept { return what; }
};

/// An event that was sent, and what the host has answered to it.
struct tools_event {
    instant at{};
    connection on;
    std::string text;
    std::optional<bool> taken; ///< Absent: it was not answered.
};

/// What the guest does on a command. It comes as right tools'; a check may change it.
struct tools_reaction {
    duration after = std::chrono::milliseconds(1);
    std::vector<std::string> before;       ///< Messages before the answer.
    std::optional<std::string> reply;      ///< Absent: none.
    std::vector<std::string> behind;       ///< Messages behind it.
    bool begins = false;                   ///< An operation.
    std::optional<duration> commits_after; ///< Holds everything and says so, if it is to be.
    bool undoes = false;                   ///< The operation: req.aborted before req.done.
    std::optional<duration> ends_after;    ///< Releases everything, then req.done, if it is to be.
    bool hangs_up = false;

    void refuses(vmbackup::refusal why);
    void silent();
};

/// The request by which a guest reports an event.
[[nodiscard]] std::string event_bytes(vmbackup::event what,
                                      vmbackup::event_code code = vmbackup::event_code::success,
                                      std::string_view text = {});

class played_tools final : public scripted_side<tools_command, tools_reaction> {
  public:
    using scripted_side::scripted_side;

    // ---- how it is to behave ----

    /// An operation of an earlier host runs, and holds everything.
    void has_been_started();
    /// Whether it sends req.keepAlive while an operation runs.
    void keeps_alive(bool does) { m_keeps_alive = does; }
    /// Reports an event.
    void report(const std::string& event);
    /// The operation is over, as if it had been told to.
    void end_now();

    // ---- what it has seen ----

    [[nodiscard]] const std::vector<tools_event>& events() const noexcept { return m_events; }
    /// Answers of the host to nothing.
    [[nodiscard]] std::size_t answers_too_many() const noexcept { return m_answers_too_many; }

    [[nodiscard]] bool busy() const override { return m_jobs != 0; }

  protected:
    void on_connected(connection on) override;
    void on_received(connection on, std::string_view message) override;
    void on_disconnected(connection on, bool by_us) override;

  private:
    void hear(connection on, std::string_view message);
    void hear_answer(connection on, bool taken);
    [[nodiscard]] tools_reaction right_reaction(const tools_command& command) const;
    void finish(connection on, const tools_reaction& how);
    void commit(std::uint64_t operation);
    void say(connection on, const std::string& message);
    void tick();

    std::vector<tools_event> m_events;
    std::size_t m_answers_too_many = 0;
    std::size_t m_jobs = 0;
    std::uint64_t m_operation = 0; ///< That runs, or did.
    bool m_runs = false;
    bool m_keeps_alive = true;
    bool m_ticks = false;
};

/// One run of one check against a host of vmbackup.
using vmbackup_trial = trial_of<played_tools>;

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_TOOLS_HPP
