// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MODEL_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MODEL_HPP

// The model of a whole snapshot conversation, for the explorer: the library's own machines in an
// environment that delays, loses, repeats, refuses, lets go, dies and comes back.
// docs/verification.md describes it so exactly that it can be written down again in another
// language.

#include "simulator/explore/engine.hpp"
#include "simulator/explore/machines.hpp"
#include "simulator/explore/snapshot/action.hpp"
#include "simulator/explore/snapshot/agent_memo.hpp"
#include "simulator/explore/snapshot/packing.hpp"
#include "simulator/explore/snapshot/stage.hpp"

#include <cstddef>
#include <unordered_map>
#include <vector>

namespace snapproto::explore {

class snapshot_model {
  public:
    using state = packed_world;

    /// Errors: throws std::invalid_argument when a bound of `config` is exceeded.
    explicit snapshot_model(const config& options);

    [[nodiscard]] const config& options() const noexcept { return m_options; }
    [[nodiscard]] std::size_t words() const noexcept { return m_words; }
    [[nodiscard]] state initial() const;
    [[nodiscard]] state pack(const world& from) const;
    /// The same when most of it is as in a world whose packed form is known.
    [[nodiscard]] state pack(const world& changed, const world& from, const state& packed) const;
    [[nodiscard]] world unpack(const state& from) const;
    void unpack_host(world& to, const state& from) const;
    void unpack_agent(world& to, std::size_t agent, const state& from) const;
    /// The words of one agent, padded with zeros.
    [[nodiscard]] agent_block block_of(const state& from, std::size_t agent) const;

    class worker {
      public:
        explicit worker(const snapshot_model& model);

        void canonical(state& s) const noexcept;

        template <class Sink>
        property_id successors(const state& from, Sink&& sink) {
            expand(from);
            for (const auto& one : m_found) {
                sink(one.to, one.what.id(), static_cast<property_id>(one.broken));
            }
            return static_cast<property_id>(m_rest);
        }
        /// States are judged as they are reached, with the step that leads there.
        [[nodiscard]] property_id check(const state&) const noexcept { return 0; }

        /// One way on from a state.
        struct successor {
            state to;
            action what;
            property broken;
            std::uint64_t seen; ///< What the step shows that no state keeps.
            bool idle;          ///< A fault that makes no difference.
        };
        /// All of them, for whoever compares two models: idle faults too, and nothing is judged
        /// that needs more than the step.
        [[nodiscard]] const std::vector<successor>& steps(const state& from) {
            m_compares = true;
            expand(from);
            return m_found;
        }

        [[nodiscard]] const machines& tables() const noexcept { return m_machines; }
        /// Steps that waited for room in a queue.
        [[nodiscard]] std::size_t waits() const noexcept { return m_waits; }
        /// The most steps that any hold needed to end without the host.
        [[nodiscard]] std::size_t release_steps() const noexcept { return m_release_steps; }

      private:
        struct block_hash {
            std::size_t operator()(const agent_block& of) const noexcept {
                return detail::hash_words(of.data(), of.size());
            }
        };
        void expand(const state& from);
        void unpack(const state& from);
        void normal_steps();
        void agent_steps(std::size_t agent);
        void timers(bool costs);
        void faults();
        void agent_faults(std::size_t agent);
        void participant_steps(std::size_t agent, std::size_t participant);

        /// Tries one action: `change` does it on the stage.
        template <class Change>
        void offer(const action& what, Change&& change, std::optional<fault> costs = {});
        /// The same for a step in which the orchestrator has no part: it is worked out once for
        /// each state of the agent.
        template <class Change>
        void offer_alone(const action& what, Change&& change, std::optional<fault> costs = {});
        template <class Change>
        [[nodiscard]] agent_memo::step work_out(const action& what, Change&& change);
        [[nodiscard]] bool may(fault one) const noexcept;

        /// One agent alone is nearly always in a state of its own: not worth remembering.
        [[nodiscard]] bool remembers() const noexcept {
            return m_model.m_options.agents > 1 && !m_model.m_options.mutation && !m_compares;
        }
        [[nodiscard]] bool hold_ends(std::size_t agent);
        [[nodiscard]] std::size_t steps_to_release(const world& from, std::size_t agent,
                                                   std::size_t depth);

        const snapshot_model& m_model;
        machines m_machines;
        stage m_stage;
        stage m_alone;
        world m_from;
        const state* m_packed = nullptr;
        std::vector<successor> m_found;
        property m_rest = property::none;
        bool m_compares = false;
        std::size_t m_waits = 0;
        std::size_t m_release_steps = 0;
        agent_memo m_memo;
        std::array<agent_memo::cursor, agents_max> m_known{};
        std::unordered_map<agent_block, std::size_t, block_hash> m_release_known;
    };

  private:
    config m_options;
    std::size_t m_agent_words;
    std::size_t m_words;
    std::uint32_t m_one_fault; ///< One of the budget, in the orchestrator's word.
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MODEL_HPP
