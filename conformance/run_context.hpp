// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP
#define SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP

// What a check works with while it runs: the target, connections, expectations, the record.

#include "conformance/attach/target.hpp"
#include "conformance/budget.hpp"
#include "conformance/outcome.hpp"
#include "conformance/qga_client.hpp"
#include "conformance/transcript.hpp"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The surroundings of one run of one check.
///
/// Expectations come in two strengths: require() ends the check at once, expect() notes the failure
/// and goes on (the check fails at its end with the first one; the later ones become notes). All
/// time is the target's.
class run_context {
  public:
    struct settings {
        duration bound = std::chrono::seconds(20);
        double timeout_scale = 1.0;
        std::uint64_t seed = 1; ///< Of this case: the run's seed mixed with the check's id.
    };

    run_context(target& agent, const settings& how);
    ~run_context();
    run_context(const run_context&) = delete;
    run_context& operator=(const run_context&) = delete;

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

    [[nodiscard]] instant now() const { return m_agent.now(); }
    /// Lets nominal time pass (scaled by --timeout-scale, within the bound).
    void sleep_for(duration span);
    /// A nominal time limit as this run judges it: "answered within a second" times the scale.
    [[nodiscard]] duration limit(duration nominal) const { return m_time.scaled(nominal); }
    [[nodiscard]] budget& time() noexcept { return m_time; }

    // Judgement.

    /// Ends the check as failed unless `holds`.
    void require(bool holds, std::string_view requirement, std::string_view expected,
                 std::string_view actual);
    /// Notes a failure unless `holds`, and goes on. @return holds
    bool expect(bool holds, std::string_view requirement, std::string_view expected,
                std::string_view actual);
    [[noreturn]] void fail(std::string_view requirement, std::string_view expected,
                           std::string_view actual);
    /// Ends the check as skipped because it cannot be judged here; a MUST that is not judged stands
    /// in the way of the claim "conforms".
    [[noreturn]] void skip(const std::string& reason);
    /// Ends the check as skipped because the clause does not apply to this agent (it does not
    /// announce an optional feature, say); this does not touch the claim.
    [[noreturn]] void inapplicable(const std::string& reason);
    /// Records a fact or a variant for the report, whatever the verdict.
    void note(std::string_view text);

    /// Requires `return`; the requirement names the command.
    void require_value(const reply& got, std::string_view what);
    /// Requires `return` with this integer.
    void require_number(const reply& got, std::int64_t number, std::string_view what);
    /// Requires `return` with this string.
    void require_text(const reply& got, std::string_view text, std::string_view what);
    /// Requires an error; of this class, unless the class is empty.
    void require_error(const reply& got, std::string_view error_class, std::string_view what);

    // The record.

    [[nodiscard]] transcript& log() noexcept { return m_log; }
    [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return m_notes; }
    [[nodiscard]] const std::vector<finding>& findings() const noexcept { return m_findings; }

    /// The case's random source; the same seed gives the same case. Use below(), since the
    /// standard distributions differ between libraries.
    [[nodiscard]] std::mt19937_64& random() noexcept { return m_random; }
    /// A number in [0, bound). @pre bound > 0
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return m_random() % bound; }

  private:
    target& m_agent;
    budget m_time;
    transcript m_log;
    std::mt19937_64 m_random;
    std::uint64_t m_connections = 0;
    bool m_started = false;
    std::unique_ptr<qga_client> m_client;
    std::vector<std::unique_ptr<freeze_target>> m_watched;
    std::vector<std::string> m_notes;
    std::vector<finding> m_findings;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_RUN_CONTEXT_HPP
