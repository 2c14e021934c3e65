// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_AGENT_MEMO_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_AGENT_MEMO_HPP

// What agents do by themselves, worked out once for each state of an agent.
//
// A step in which the orchestrator has no part reads and changes one agent and, beside it, reads no
// more than `agent_memo::key::around`. Agents are in few states compared with the states of the
// whole: two agents with two faults are in some 800,000, and each of them in one of 11,000. So
// such a step is kept with the state of the agent in which it begins, and only copied the next
// time. What one agent alone does is not kept: its states are nearly as many as those of the whole.
//
// A build with assertions works each step out anew and compares (offer.hpp).

#include "simulator/explore/engine.hpp"
#include "simulator/explore/snapshot/packing.hpp"
#include "simulator/explore/snapshot/properties.hpp"
#include "simulator/explore/snapshot/world.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace snapproto::explore {

/// One agent as it is stored: the words of its block, the rest 0.
using agent_block = std::array<std::uint32_t, agent_words_max>;

/// A bounded memory of agents' states and the steps that begin there.
class agent_memo {
  public:
    static constexpr std::uint32_t none = 0xffffffffU;

    /// A state of an agent, and what else its own steps depend on.
    struct key {
        agent_block block{};
        std::uint32_t around = 0;

        friend bool operator==(const key&, const key&) noexcept = default;
    };

    /// Where one step leads.
    struct step {
        action_id what = 0;
        property broken = property::none; ///< By the step.
        property state = property::none;  ///< By the state of the agent that it leads to.
        bool blocked = false;             ///< A queue had no room.
        bool unchanged = false;           ///< It makes no difference.
        agent_block to{};

        friend bool operator==(const step&, const step&) noexcept = default;
    };

    /// All that is known of one state of an agent.
    struct entry {
        key of;
        agent_world unpacked;
        std::uint8_t marks = 0;          ///< What the orchestrator keeps about the agent.
        property state = property::none; ///< What the state itself breaks.
        bool hold_ends = false;          ///< Known to: SP 18.22.
        std::uint32_t first = none;      ///< The first of its steps.
        std::uint32_t last = none;
    };

    /// An entry, and the place among its steps from which the next search starts: steps are asked
    /// for in the order in which they were added, most of the time.
    struct cursor {
        entry* at = nullptr;
        std::uint32_t next = none;
    };

    agent_memo() : m_table(table_size, none) {
        m_entries.reserve(entries_max);
        m_steps.reserve(steps_max);
    }

    /// Makes room for the agents of one state; what was known may be forgotten. Entries stay where
    /// they are until the next call.
    void make_room() {
        if (m_entries.size() + agents_max > entries_max ||
            m_steps.size() + agents_max * steps_each_max > steps_max) {
            std::fill(m_table.begin(), m_table.end(), none);
            m_entries.clear();
            m_steps.clear();
        }
    }

    /// The entry of a key, with `fresh` set when it was added: then `unpacked`, `marks` and `state`
    /// are for the caller to fill.
    struct found {
        entry& at;
        bool fresh;
    };
    found find(const key& wanted) {
        std::uint64_t slot = hash_of(wanted) & (table_size - 1);
        for (; m_table[slot] != none; slot = (slot + 1) & (table_size - 1)) {
            entry& known = m_entries[m_table[slot]];
            if (known.of == wanted) {
                return {known, false};
            }
        }
        m_table[slot] = static_cast<std::uint32_t>(m_entries.size());
        entry& made = m_entries.emplace_back();
        made.of = wanted;
        return {made, true};
    }

    /// A step, or null when it was not worked out yet. Moves the cursor behind it.
    [[nodiscard]] const step* find(cursor& from, action_id what) const noexcept {
        for (const std::uint32_t begin : {from.next, from.at->first}) {
            for (std::uint32_t at = begin; at != none; at = m_steps[at].next) {
                if (m_steps[at].made.what == what) {
                    from.next = m_steps[at].next;
                    return &m_steps[at].made;
                }
            }
        }
        return nullptr;
    }

    const step& add(cursor& to, const step& made) {
        const auto at = static_cast<std::uint32_t>(m_steps.size());
        m_steps.push_back({made, none});
        (to.at->last == none ? to.at->first : m_steps[to.at->last].next) = at;
        to.at->last = at;
        to.next = none;
        return m_steps.back().made;
    }

  private:
    static constexpr std::size_t entries_max = std::size_t{1} << 14U;
    static constexpr std::size_t table_size = 2 * entries_max;
    static constexpr std::size_t steps_max = 16 * entries_max;
    static constexpr std::size_t steps_each_max = 128; // far more than any agent has

    struct link {
        step made;
        std::uint32_t next;
    };

    [[nodiscard]] static std::uint64_t hash_of(const key& of) noexcept {
        return detail::hash_words(of.block.data(), of.block.size()) + of.around * 0x9e3779b9U;
    }

    std::vector<std::uint32_t> m_table;
    std::vector<entry> m_entries;
    std::vector<link> m_steps;
};

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_AGENT_MEMO_HPP
