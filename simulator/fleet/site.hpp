// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_FLEET_SITE_HPP
#define SNAPPROTO_SIMULATOR_FLEET_SITE_HPP

// The machines of one storage array, with their hosts and the schedule of their snapshots. Sites
// have nothing in common, so any number of them can be played at a time.

#include "simulator/fleet/options.hpp"
#include "simulator/fleet/results.hpp"
#include "simulator/fleet/session.hpp"
#include "simulator/fleet/storage_array.hpp"
#include "simulator/kernel/simulation.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace snapproto::fleet {

class site {
  public:
    /// @pre the scenario is valid (`check` of scenario.hpp).
    /// @param number counts the sites of the fleet from 0.
    site(const scenario& what, std::uint64_t number);

    /// Plays all rounds, until every session has ended.
    [[nodiscard]] results run();

  private:
    enum class task : std::uint8_t {
        plan,         ///< The next group's turn has come.
        launch,       ///< A group begins, late by its jitter or after a pause.
        wake,         ///< A deadline of a session.
        to_agent,     ///< A message arrives.
        to_host,      ///< A message arrives.
        found,        ///< An agent has found its participants.
        done,         ///< An operation of a participant has ended.
        agent_closed, ///< An agent learns that its channel ended.
        host_closed,  ///< The orchestrator learns that a channel ended.
        cut_done,     ///< The array has cut.
        host_crash
    };

    struct event {
        std::uint32_t session = 0; ///< Or the group.
        std::uint32_t life = 0;    ///< Of the session: events of an earlier one mean nothing.
        std::uint32_t number = 0;  ///< A message, or an operation.
        std::uint16_t guest = 0;
        participant_index participant = 0;
        task what = task::wake;
        answer said = answer::finished;
    };

    /// What is remembered of a group while it rests.
    struct group_state {
        std::uint32_t attempts = 0;
        std::uint8_t retries_left = 0;
        bool busy = false;
    };

    // ---- schedule (site.cpp) ----
    void handle(const event& what);
    void on_plan();
    void launch_ready();
    void launch(std::uint32_t group);
    void after_session(std::uint32_t group, bool whole);
    [[nodiscard]] bool work_left() const noexcept;
    [[nodiscard]] std::uint32_t take_session();
    void on_host_crash();
    void crash_guests(std::uint32_t at, std::uint64_t host);
    [[nodiscard]] std::uint64_t host_of(std::uint32_t group, std::size_t guest) const noexcept;
    [[nodiscard]] std::uint64_t groups_of(const scenario& what, std::uint64_t number) const;

    // ---- sessions (site_sessions.cpp) ----
    void handle_in_session(const event& what);
    void on_message(std::uint32_t at, const event& what, const any_message& message);
    void on_wake(std::uint32_t at);
    void on_done(std::uint32_t at, const event& what);
    void on_cut_done(const event& what);
    void drain_host(std::uint32_t at);
    void drain_guest(std::uint32_t at, std::size_t i);
    void perform(std::uint32_t at, endpoint::orchestrator_output& what);
    void perform(std::uint32_t at, std::size_t i, endpoint::agent_output& what);
    void operate(std::uint32_t at, std::size_t i, const endpoint::operate& asked);
    void cut_short(std::uint32_t at, std::size_t i, participant_index participant);
    void end_work(std::uint32_t at, std::size_t i, participant_index participant, answer said);
    void ask_for_snapshot(session& s);
    void hang_up(std::uint32_t at);
    void begin_cuts();
    void send(std::uint32_t at, std::size_t i, task way, any_message&& message);
    [[nodiscard]] any_message taken(std::uint32_t message);
    void set_wake(std::uint32_t at);
    [[nodiscard]] ticks latency(session& s) const noexcept;
    [[nodiscard]] ticks freeze_time(session& s);
    [[nodiscard]] instant clock() const noexcept { return instant{duration{m_events.now()}}; }

    // ---- their ends (site_ends.cpp) ----
    void note_outcome(session& s, const endpoint::snapshot_outcome& told);
    void end_if_at_rest(std::uint32_t at);
    void end_session(std::uint32_t at);
    void note_guests(const session& s);
    void judge(session& s);
    void violate(const session& s, std::string_view what);
    [[nodiscard]] std::uint64_t number_of(const session& s) const noexcept;

    scenario m_options;
    timer_limits m_timers;
    std::uint64_t m_first_group;
    std::uint32_t m_group_count;
    kernel::simulation<event> m_events;
    storage_array m_array;
    std::vector<participant_summary> m_participants; ///< Of every guest.
    endpoint::snapshot_options m_wanted;

    std::vector<group_state> m_groups;
    std::deque<std::uint32_t> m_ready; ///< Groups that wait for their turn.
    std::uint64_t m_round = 0;         ///< The turn of which group comes next, and in which round.
    std::uint32_t m_next_group = 0;
    std::uint64_t m_busy_groups = 0;
    bool m_launching = false;

    std::vector<std::unique_ptr<session>> m_sessions;
    std::vector<std::uint32_t> m_free_sessions;
    std::uint64_t m_active = 0;
    std::uint64_t m_begun = 0;

    std::vector<any_message> m_messages; ///< On their way.
    std::vector<std::uint32_t> m_free_messages;

    std::vector<ticks> m_host_up_at; ///< By host; until then it is down.
    kernel::generator m_crashes;

    results m_results;
};

} // namespace snapproto::fleet

#endif // SNAPPROTO_SIMULATOR_FLEET_SITE_HPP
