// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_CYCLES_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_CYCLES_HPP

// Liveness on an explored state space: a run that goes on for ever and never reaches what it should
// ends up in a strongly connected component, so the components are all that has to be looked at.
//
// Fairness is weak, by kind of action: a fair action that is possible at every state of a cycle is
// taken in it. A component is a counterexample if it has an edge, no state in it is a goal, and
// every fair action is either taken inside or impossible at some state of it. Then a walk through
// all states and edges of the component is a fair run without a goal, and conversely every fair run
// without a goal has such a component of the goal-free states as its end (Lichtenstein and Pnueli,
// "Checking that finite state concurrent programs satisfy their linear specification", 1985).

#include "simulator/explore/engine.hpp"

#include <cstdint>
#include <limits>
#include <unordered_map>
#include <vector>

namespace snapproto::explore {

/// What the components of a state space look like.
struct cycle_report {
    std::size_t components = 0;
    /// Components with at least one edge: where a run can stay for ever.
    std::size_t cyclic = 0;
    /// A state of a fair component without a goal, or `no_state`.
    state_index lasso = no_state;
    /// Its states, when there is one.
    std::vector<state_index> knot;
};

namespace detail {

/// Tarjan's algorithm without recursion over the states that are no goal.
template <class Model, class IsGoal, class FairKind>
class component_search {
  public:
    component_search(const explorer<Model>& seen, const IsGoal& goal, const FairKind& fair)
        : m_seen(seen), m_worker(seen.model()), m_goal(goal), m_fair(fair) {}

    cycle_report run() {
        state_index size = 0;
        for (const auto& [begin, end] : m_seen.ranges()) {
            size = std::max(size, end);
        }
        m_order.assign(size, 0);
        m_low.assign(size, 0);
        for (const auto& [begin, end] : m_seen.ranges()) {
            for (state_index at = begin; at != end; ++at) {
                if (m_order[at] == 0 && !m_goal(m_seen.at(at))) {
                    visit(at);
                }
            }
        }
        return std::move(m_report);
    }

  private:
    struct edge {
        state_index to;
        std::uint32_t kind;
    };
    struct frame {
        state_index at;
        std::size_t next;
        std::vector<edge> edges;
    };
    static constexpr std::uint32_t closed = std::numeric_limits<std::uint32_t>::max();

    // The edges to states that are no goal; those to goals count as possible and never as inside.
    [[nodiscard]] std::vector<edge> edges_of(state_index at) {
        std::vector<edge> made;
        m_worker.successors(m_seen.at(at), [&](const auto& next, action_id action, property_id) {
            auto same = next;
            if (m_seen.symmetry()) {
                m_worker.canonical(same);
            }
            const state_index to = m_seen.store().find(same.data());
            if (to != no_state) { // a partial exploration does not know them all
                made.push_back({m_goal(same) ? no_state : to, m_fair(action)});
            }
        });
        return made;
    }

    void open(state_index at) {
        m_order[at] = m_low[at] = ++m_count;
        m_stack.push_back(at);
        m_frames.push_back({at, 0, edges_of(at)});
    }

    void visit(state_index root) {
        open(root);
        while (!m_frames.empty()) {
            frame& top = m_frames.back();
            if (top.next < top.edges.size()) {
                const state_index to = top.edges[top.next++].to;
                if (to == no_state || m_low[to] == closed) {
                    continue;
                }
                if (m_order[to] == 0) {
                    open(to);
                } else {
                    m_low[top.at] = std::min(m_low[top.at], m_order[to]);
                }
                continue;
            }
            const state_index at = top.at;
            m_frames.pop_back();
            if (!m_frames.empty()) {
                const state_index below = m_frames.back().at;
                m_low[below] = std::min(m_low[below], m_low[at]);
            }
            if (m_low[at] == m_order[at]) {
                close(at);
            }
        }
    }

    void close(state_index root) {
        std::vector<state_index> members;
        state_index at = no_state;
        do {
            at = m_stack.back();
            m_stack.pop_back();
            members.push_back(at);
        } while (at != root);
        ++m_report.components;
        judge(members);
        for (const state_index one : members) {
            m_low[one] = closed;
        }
    }

    void judge(const std::vector<state_index>& members) {
        std::unordered_map<state_index, bool> inside;
        for (const state_index one : members) {
            inside[one] = true;
        }
        // How many members each fair kind is possible at, and whether it is taken inside.
        std::unordered_map<std::uint32_t, std::pair<std::size_t, bool>> kinds;
        bool has_edge = false;
        for (const state_index one : members) {
            std::unordered_map<std::uint32_t, bool> here;
            for (const edge& e : edges_of(one)) {
                const bool stays = inside.contains(e.to);
                has_edge = has_edge || stays;
                if (e.kind != 0) {
                    here[e.kind] = true;
                    kinds[e.kind].second = kinds[e.kind].second || stays;
                }
            }
            for (const auto& [kind, yes] : here) {
                kinds[kind].first += yes ? 1 : 0;
            }
        }
        if (!has_edge) {
            return;
        }
        ++m_report.cyclic;
        const bool fair = std::all_of(kinds.begin(), kinds.end(), [&](const auto& one) {
            return one.second.second || one.second.first < members.size();
        });
        if (fair && m_report.lasso == no_state) {
            m_report.lasso = members.back();
            m_report.knot = members;
        }
    }

    const explorer<Model>& m_seen;
    typename Model::worker m_worker;
    const IsGoal& m_goal;
    const FairKind& m_fair;
    std::vector<std::uint32_t> m_order;
    std::vector<std::uint32_t> m_low;
    std::vector<state_index> m_stack;
    std::vector<frame> m_frames;
    std::uint32_t m_count = 0;
    cycle_report m_report;
};

} // namespace detail

/// Looks for a fair run that never reaches a goal, among the states that were explored.
///
/// With symmetry on, kinds of actions must not name symmetric components.
/// @param goal tells of a state whether it is a goal.
/// @param fair the kind of an action, to which the run must be fair; 0 for actions that need not
///        happen.
template <class Model, class IsGoal, class FairKind>
[[nodiscard]] cycle_report find_unfulfilled_cycle(const explorer<Model>& seen, const IsGoal& goal,
                                                  const FairKind& fair) {
    return detail::component_search<Model, IsGoal, FairKind>{seen, goal, fair}.run();
}

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_CYCLES_HPP
