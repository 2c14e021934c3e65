// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STAGE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STAGE_HPP

// One transition in the making: a copy of the world on which the machines act, and what was found
// wrong meanwhile.
//
// The functions do for the machines what the endpoints do for them (include/snapproto/endpoint):
// events in, effects out. agent_side.cpp and agent_effects.cpp are the agent's half, host_side.cpp
// the orchestrator's. The completion adapters of the dialects stand between both:
// agent_commands.cpp and link_side.cpp where each command has an answer (QGA, Hyper-V),
// agent_operation.cpp and link_operation.cpp where events tell of an operation (vmbackup).

#include "simulator/explore/machines.hpp"
#include "simulator/explore/snapshot/config.hpp"
#include "simulator/explore/snapshot/properties.hpp"
#include "simulator/explore/snapshot/world.hpp"

#include <snapproto/core/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace snapproto::explore {

class stage {
  public:
    stage(const config& options, machines& with)
        : m_options(options), m_dialect(options.traits()), m_machines(with) {}

    /// Begins a transition at a world.
    void begin(const world& from) {
        copy(from);
        m_blocked = false;
        m_broken = property::none;
        m_late_count = 0;
        m_seen = fnv1a_basis;
    }

    world w;

    /// True when a queue had no room: the transition has to wait.
    [[nodiscard]] bool blocked() const noexcept { return m_blocked; }
    /// The first property that the transition breaks.
    [[nodiscard]] property broken() const noexcept { return m_broken; }
    /// All that the transition showed to anybody (messages, reports, orders, in their order), as
    /// one number: what of it the world does not keep.
    [[nodiscard]] std::uint64_t seen() const noexcept { return m_seen; }

    // ---- the agent's half ----
    void agent_takes(std::size_t agent, const packet& message);
    void agent_event(std::size_t agent, const machine::agent_input& input);
    void agent_timer_fires(std::size_t agent, machine::agent_timer timer);
    void participant_answers(std::size_t agent, std::size_t participant, participant_input answer);
    void participant_lets_go(std::size_t agent, std::size_t participant);
    void participant_is_noticed(std::size_t agent, std::size_t participant);
    void agent_learns_of_loss(std::size_t agent);
    void agent_dies(std::size_t agent);
    void agent_restarts(std::size_t agent);
    void watchdog_releases(std::size_t agent);

    // ---- the orchestrator's half ----
    void host_takes(std::size_t agent, const packet& message);
    void host_event(const machine::orchestrator_input& input);
    void host_starts();
    void host_learns_of_loss(std::size_t agent);
    void host_dies();
    void channel_opens(std::size_t agent);
    void provider_event(provider_input input);
    void notice_arrives();
    void link_timer_fires(std::size_t agent);

    /// Breaks a channel; whoever did it knows.
    void break_channel(std::size_t agent, bool agent_knows, bool host_knows);

    [[nodiscard]] bool all_up() const noexcept;

    /// The properties of a state, as opposed to those of a step.
    [[nodiscard]] property check_state() const;
    /// Those of one agent, which are all there are.
    [[nodiscard]] property check_agent(const agent_world& a) const;
    /// Those of a state in which nothing can happen any more but faults.
    [[nodiscard]] property check_rest() const;

  private:
    // The agents that do not take part are the same in all worlds.
    void copy(const world& from) {
        static_cast<world_host&>(w) = from;
        for (std::size_t i = 0; i < m_options.agents; ++i) {
            w.agents[i] = from.agents[i];
        }
    }

    void require(bool holds, property otherwise) noexcept {
        // What was truly done says more than the record of it.
        if (!holds && m_options.judges(otherwise) &&
            (m_broken == property::none || (is_of_record(m_broken) && !is_of_record(otherwise)))) {
            m_broken = otherwise;
        }
    }

    // agent_clauses.cpp
    void judge(std::size_t agent, const machine::agent_state& before,
               const machine::agent_input& input, const agent_effects& out, bool taken);
    void judge_steps(const machine::agent_state& before, const machine::agent_state& after,
                     const machine::agent_input& input, const agent_effects& out);
    void judge_questions(const machine::agent_state& before, const machine::agent_state& after,
                         const machine::agent_input& input, const agent_effects& out);
    void judge_repetition(const machine::agent_state& before, const machine::agent_state& after,
                          const machine::agent_input& input, const agent_effects& out);
    void judge_undo(const machine::agent_state& before, const machine::agent_state& after,
                    const machine::agent_input& input, const agent_effects& out);
    void judge_end(const machine::agent_state& before, const machine::agent_state& after,
                   const machine::agent_input& input, const agent_effects& out);
    void judge_session(const machine::agent_state& before, const machine::agent_state& after,
                       const machine::agent_input& input, const agent_effects& out);

    // host_clauses.cpp
    void judge(const machine::orchestrator_state& before, const machine::orchestrator_input& input,
               const orchestrator_effects& out, bool taken);
    void judge_failure(const machine::orchestrator_state& before,
                       const machine::orchestrator_input& input, const orchestrator_effects& out);
    void judge_orders(const machine::orchestrator_state& before,
                      const machine::orchestrator_input& input, const orchestrator_effects& out);
    void judge_report(const machine::orchestrator_state& before,
                      const machine::orchestrator_input& input, const orchestrator_effects& out);
    void judge_warnings(const machine::orchestrator_state& before,
                        const machine::orchestrator_input& input, const orchestrator_effects& out);

    void judge_provider(provider_phase before, provider_input input, const provider_step& step);

    /// One step of a participant's machine, judged by chapter 14.
    void participant_step(participant_state& p, participant_input input);

    void show(std::uint64_t what) noexcept { m_seen = fnv1a(m_seen, what); }
    void show(std::size_t agent, const machine::agent_effect& effect) noexcept;
    void show(const machine::orchestrator_effect& effect) noexcept;

    // agent_side.cpp
    void serve(std::size_t agent, request kind, const machine::agent_input& input);

    // agent_effects.cpp
    void take(std::size_t agent, const machine::agent_input& input);
    void advance(std::size_t agent);
    void perform(std::size_t agent, const machine::agent_effect& effect);
    void check_send(std::size_t agent, const machine::agent_effect& effect);
    void agent_sends(std::size_t agent, answer kind, const machine::agent_effect& effect,
                     std::uint8_t arg);
    std::optional<machine::agent_event> next_operation(std::size_t agent);
    std::optional<machine::agent_event> next_hold(std::size_t agent, bool filesystems);
    std::optional<machine::agent_event> next_release(std::size_t agent, bool filesystems);
    void start_work(std::size_t agent, std::size_t participant, work what);
    void let_go_truly(std::size_t agent, std::size_t participant);
    [[nodiscard]] bool holds_truly(const agent_world& a, bool filesystems_only) const noexcept;
    [[nodiscard]] bool holds_on_record(const agent_world& a) const noexcept;

    // agent_commands.cpp
    void agree_unasked(std::size_t agent);
    void command_arrives(std::size_t agent, const packet& message);
    void command_is_answered(std::size_t agent, const machine::agent_effect& effect);
    void reply(std::size_t agent, request asked, answer kind, std::uint8_t arg);
    void judge_reply(std::size_t agent, request asked, const packet& message);
    void end_device(std::size_t agent);

    // agent_operation.cpp
    void operation_command_arrives(std::size_t agent, const packet& message);
    void tell_operation(std::size_t agent, const machine::agent_state& before);

    // host_side.cpp
    void take(const machine::orchestrator_input& input);
    void settle();
    void drain();
    void perform(const machine::orchestrator_effect& effect);
    void host_sends(std::size_t agent, request kind, std::uint8_t arg);
    void host_answer(std::size_t agent, const packet& message);
    void stale(std::size_t agent, const packet& message);
    void note_answer(std::size_t agent, bool clean);
    void report(session_outcome reported);
    void forget_outcome();

    // link_side.cpp
    void link_asks(std::size_t agent, request kind);
    void link_takes(std::size_t agent, const packet& message);
    void link_takes_bit(std::size_t agent, const packet& message);
    void link_gives_up(std::size_t agent);
    void link_advances(std::size_t agent);
    void link_sends(std::size_t agent, link_state::command what);
    void link_answers(std::size_t agent, answer kind, std::uint8_t arg);
    void link_fails_freeze(std::size_t agent, verdict why);
    void link_loses(std::size_t agent);

    // link_operation.cpp
    void operation_asks(std::size_t agent, request kind);
    void operation_takes(std::size_t agent, const packet& message);
    void operation_is_over(std::size_t agent);

    void push(packet_queue& to, const packet& message) noexcept {
        if (to.size == queue_max) {
            m_blocked = true;
        } else {
            to.items[to.size++] = message;
        }
    }

    [[nodiscard]] bool is_live(std::size_t agent) const noexcept {
        return (w.host.data.live >> agent & 1U) != 0;
    }
    [[nodiscard]] bool has_answered(std::size_t agent) const noexcept {
        return (w.host.data.answered >> agent & 1U) != 0;
    }

    const config& m_options;
    const dialect_traits& m_dialect;
    machines& m_machines;
    bool m_blocked = false;
    property m_broken = property::none;
    std::uint64_t m_seen = fnv1a_basis;

    // Answers of links that came while the orchestrator was busy with a step.
    struct late_answer {
        std::size_t agent;
        packet message;
    };
    std::array<late_answer, 2 * agents_max> m_late{};
    std::size_t m_late_count = 0;
    bool m_draining = false;
    // Of the step in work.
    std::optional<request> m_request; ///< What the agent is answering.
    bool m_sent_nak = false;
    bool m_warned = false; ///< An application did not resume as it should.
    bool m_sent_thaw = false;
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_STAGE_HPP
