// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP
#define SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP

// What a check works with while it runs: the target, connections, expectations, the record.

#include "conformance/attach/target.hpp"
#include "conformance/budget.hpp"
#include "conformance/judgement.hpp"
#include "conformance/qga_client.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The surroundings of one run of one check. All time is the target's.
class run_context : public judgement {
  public:
    struct settings {
        duration bound = std::chrono::seconds(20);
        double timeout_scale = 1.0;
        std::uint64_t seed = 1; ///< Of this case: the run's seed mixed with the check's id.
    };

    run_context(target& agent, const settings& how);
    ~run_context();

    // The implementation under test.

    /// The target itself: its clock, its process, its capabilities.
    [[nodiscard]] target& agent() noexcept { return m_agent; }

    /// The main connection; opened at the first use. @throws unreachable
    [[nodiscard]] qga_client& client();

    /// Closes the main connection, if open, and opens a new one. @throws unreachable
    qga_client& reconnect();

    /// Closes the main connection without opening another.
    void disconnect();

    /// Opens a further connection; it lives as long as the caller holds it. @throws unreachable
    [[nodiscard]] std::unique_ptr<qga_client> connect(std::string name);

    /// Restarts the agent with these options; the main connection is closed first.
    void start(const start_options& options);

    /// True once start() was called: the runner then starts the agent afresh for the next check.
    [[nodiscard]] bool agent_was_started() const noexcept { return m_started; }

    /// The freeze target, each observation noted in the transcript. Skips the check if there are
    /// fewer.
    [[nodiscard]] freeze_target& filesystem(std::size_t index = 0);

    /// All mount points known as freeze targets, as the agent knows them.
    [[nodiscard]] std::vector<std::string> mounts();

    /// The hook. Skips the check without capability::hook.
    [[nodiscard]] played_hook& hook();

    // Shorthand for the conversation that most checks need; replies are noted, not judged.

    /// guest-fsfreeze-status.
    reply status(duration wait = std::chrono::seconds(5));
    /// guest-fsfreeze-freeze-list with these mount points.
    reply freeze(const std::vector<std::string>& mount_points,
                 duration wait = std::chrono::seconds(10));
    /// guest-fsfreeze-thaw.
    reply thaw(duration wait = std::chrono::seconds(10));

    /// Freezes the first freeze target and requires that the agent says so; every check that is
    /// about something after a freeze starts with it. @return the number in the reply
    std::int64_t must_freeze();

    /// Brings the main connection into step, or fails the check.
    void must_sync();

    // Time.

    /// Lets nominal time pass (scaled by --timeout-scale, within the bound).
    void sleep_for(duration span);
    /// A nominal time limit as this run judges it: "answered within a second" times the scale.
    [[nodiscard]] duration limit(duration nominal) const { return m_time.scaled(nominal); }
    [[nodiscard]] budget& time() noexcept { return m_time; }

    // Judgement.

    /// Requires `return`; the requirement names the command.
    void require_value(const reply& got, std::string_view what);
    /// Requires `return` with this integer.
    void require_number(const reply& got, std::int64_t number, std::string_view what);
    /// Requires `return` with this string.
    void require_text(const reply& got, std::string_view text, std::string_view what);
    /// Requires an error; of this class, unless the class is empty.
    void require_error(const reply& got, std::string_view error_class, std::string_view what);

  private:
    target& m_agent;
    budget m_time;
    std::uint64_t m_connections = 0;
    bool m_started = false;
    std::unique_ptr<qga_client> m_client;
    std::vector<std::unique_ptr<freeze_target>> m_watched;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP
