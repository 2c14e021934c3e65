// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_ENGINE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_ENGINE_HPP

// Breadth-first exploration of any finite model, level by level, on all cores.
//
// A model names its packed `state` (an array of 32-bit words) and a `worker`, of which each thread
// has one of its own:
//
//   struct model {
//       using state = std::array<std::uint32_t, N>;      N words at most
//       std::size_t words() const;                       how many of them are in use
//       state initial() const;
//       class worker {
//         public:
//           explicit worker(const model&);
//           void canonical(state&) const;                one state for all that are symmetric
//           template <class Sink>                        sink(next, action, property or 0): what
//           property_id successors(const state&, Sink&&);    the step breaks; returned: what the
//                                                        state itself breaks, seen by its steps
//           property_id check(const state&);             what the state itself breaks, or 0
//       };
//   };
//
// Successors come in the same order each time; that is what makes a trace repeatable.

#include "simulator/explore/exploration.hpp"
#include "simulator/explore/state_store.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace snapproto::explore {

/// Explores one model and keeps its states for traces and further questions.
template <class Model>
class explorer {
  public:
    using state = typename Model::state;
    using worker = typename Model::worker;

    /// @pre the model outlives this.
    explicit explorer(const Model& model, options how = {})
        : m_model(model),
          m_how(std::move(how)),
          m_store(model.words(), m_how.memory_limit,
                  m_how.compact ? comparison::hash : comparison::full) {
        m_how.jobs = std::max(1U, m_how.jobs);
        for (unsigned i = 0; i < m_how.jobs; ++i) {
            m_threads.push_back(std::make_unique<thread_state>(model));
        }
    }

    /// Sees everything there is, or as much as the options allow. To be called once.
    outcome run();

    /// The actions from the first state to a violation, its last step included.
    struct step {
        state to{};
        action_id action = 0;
    };
    [[nodiscard]] std::vector<step> trace(const violation& found) const;

    [[nodiscard]] const state_store& store() const noexcept { return m_store; }
    [[nodiscard]] const Model& model() const noexcept { return m_model; }
    [[nodiscard]] bool symmetry() const noexcept { return m_how.symmetry; }

    /// The numbers of all states, as half-open ranges.
    using range = std::pair<state_index, state_index>;
    [[nodiscard]] const std::vector<range>& ranges() const noexcept { return m_all; }

    /// @pre the exploration was not a compact one, which forgets states.
    [[nodiscard]] state at(state_index index) const noexcept {
        state made{};
        std::copy_n(m_store[index], m_store.words(), made.begin());
        return made;
    }

    /// Visits the workers, which may have gathered something of their own.
    template <class Visit>
    void for_each_worker(Visit&& visit) {
        for (auto& one : m_threads) {
            visit(one->mine);
        }
    }

  private:
    static constexpr std::size_t batch_max = 48;
    static constexpr std::size_t block = 16;

    struct pending {
        state to{};
        std::uint64_t hash = 0;
        state_index from = no_state;
    };

    struct thread_state {
        explicit thread_state(const Model& model) : mine(model) {}
        worker mine;
        state_store::page page;
        std::vector<range> fresh;
        std::vector<violation> violations;
        std::array<pending, batch_max> batch;
        std::size_t batched = 0;
        std::size_t states = 0;
        std::size_t transitions = 0;
        bool exhausted = false;
    };

    void work(thread_state& self);
    void expand(thread_state& self, state_index at);
    void flush(thread_state& self);
    void note(thread_state& self, violation found);
    void round();
    bool gather();
    void forget();

    const Model& m_model;
    options m_how;
    state_store m_store;
    std::vector<std::unique_ptr<thread_state>> m_threads;
    std::vector<range> m_frontier;
    std::vector<range> m_all;
    std::vector<violation> m_found;
    // Where the work of the level goes on: a range of the frontier and a number in it.
    std::mutex m_cursor;
    std::size_t m_cursor_range = 0;
    state_index m_cursor_at = 0;
    std::atomic<std::size_t> m_states = 0;
    std::atomic<bool> m_pause = false;
};

template <class Model>
void explorer<Model>::note(thread_state& self, violation found) {
    for (const auto& known : self.violations) {
        if (known.property == found.property) {
            return;
        }
    }
    self.violations.push_back(found);
}

template <class Model>
void explorer<Model>::flush(thread_state& self) {
    for (std::size_t i = 0; i < self.batched; ++i) {
        m_store.prefetch_state(self.batch[i].hash);
    }
    for (std::size_t i = 0; i < self.batched; ++i) {
        const pending& one = self.batch[i];
        const auto inserted = m_store.insert(one.to.data(), one.hash, one.from, self.page);
        if (!inserted.fresh) {
            continue;
        }
        ++self.states;
        if (!self.fresh.empty() && self.fresh.back().second == inserted.at) {
            ++self.fresh.back().second;
        } else {
            self.fresh.emplace_back(inserted.at, inserted.at + 1);
        }
        if (const property_id broken = self.mine.check(one.to)) {
            note(self, {broken, inserted.at, -1});
        }
    }
    self.batched = 0;
}

template <class Model>
void explorer<Model>::expand(thread_state& self, state_index at) {
    const state from = this->at(at);
    std::int32_t number = 0;
    const auto take = [&](const state& next, action_id, property_id broken) {
        pending& one = self.batch[self.batched];
        one.to = next;
        if (m_how.symmetry) {
            self.mine.canonical(one.to);
        }
        one.hash = m_store.hash(one.to.data());
        one.from = at;
        m_store.prefetch(one.hash);
        if (broken != 0) {
            note(self, {broken, at, number});
        }
        ++number;
        if (++self.batched == batch_max) {
            flush(self);
        }
    };
    if (const property_id broken = self.mine.successors(from, take)) {
        note(self, {broken, at, -1});
    }
    self.transitions += static_cast<std::size_t>(number);
}

template <class Model>
void explorer<Model>::work(thread_state& self) {
    try {
        while (!m_pause) {
            state_index begin = 0;
            state_index end = 0;
            {
                const std::lock_guard lock{m_cursor};
                if (m_cursor_range == m_frontier.size()) {
                    break;
                }
                const auto& [first, last] = m_frontier[m_cursor_range];
                begin = std::max(first, m_cursor_at);
                end = std::min<state_index>(last, begin + block);
                m_cursor_at = end;
                if (end == last) {
                    ++m_cursor_range;
                    m_cursor_at = 0;
                }
            }
            const std::size_t before = self.states;
            for (state_index at = begin; at != end; ++at) {
                expand(self, at);
            }
            const std::size_t total = m_states += self.states - before;
            if (m_store.is_crowded(total)) {
                m_pause = true;
            }
        }
        flush(self);
    } catch (const memory_exhausted&) {
        self.exhausted = true;
        m_pause = true;
    }
}

template <class Model>
void explorer<Model>::round() {
    std::size_t left = 0;
    for (std::size_t i = m_cursor_range; i < m_frontier.size() && left < 1024; ++i) {
        left += m_frontier[i].second - m_frontier[i].first;
    }
    m_pause = false;
    if (m_how.jobs == 1 || left < 1024) {
        work(*m_threads.front()); // not worth the start of a thread
        return;
    }
    std::vector<std::thread> running;
    for (std::size_t i = 1; i < m_threads.size(); ++i) {
        running.emplace_back([this, i] { work(*m_threads[i]); });
    }
    work(*m_threads.front());
    for (auto& one : running) {
        one.join();
    }
}

// A compact exploration needs the states of the frontier, and those that come, and no others.
template <class Model>
void explorer<Model>::forget() {
    state_index needed = m_frontier.empty() ? 0 : m_frontier.front().first;
    for (const auto& one : m_threads) {
        if (one->page.next != one->page.end) {
            needed = std::min(needed, one->page.next);
        }
    }
    m_store.forget_below(needed);
}

// After a level: what it found becomes the next one.
template <class Model>
bool explorer<Model>::gather() {
    m_frontier.clear();
    for (auto& one : m_threads) {
        m_frontier.insert(m_frontier.end(), one->fresh.begin(), one->fresh.end());
        one->fresh.clear();
        for (const auto& found : one->violations) {
            const bool known = std::any_of(m_found.begin(), m_found.end(), [&](const auto& v) {
                return v.property == found.property;
            });
            if (!known) {
                m_found.push_back(found);
            }
        }
    }
    std::sort(m_frontier.begin(), m_frontier.end());
    forget();
    for (const auto& one : m_frontier) {
        if (!m_all.empty() && m_all.back().second == one.first) {
            m_all.back().second = one.second;
        } else {
            m_all.push_back(one);
        }
    }
    m_cursor_range = 0;
    m_cursor_at = 0;
    return !m_frontier.empty();
}

template <class Model>
outcome explorer<Model>::run() {
    const auto started = std::chrono::steady_clock::now();
    outcome result;
    const auto look = [&] {
        result.seen.states = 0;
        result.seen.transitions = 0;
        for (const auto& one : m_threads) {
            result.seen.states += one->states;
            result.seen.transitions += one->transitions;
        }
        m_states = result.seen.states;
        result.seen.bytes = m_store.bytes();
        result.seen.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    };
    const auto is_exhausted = [](const auto& one) { return one->exhausted; };

    thread_state& first = *m_threads.front();
    pending& start = first.batch[first.batched++];
    start.to = m_model.initial();
    if (m_how.symmetry) {
        first.mine.canonical(start.to);
    }
    start.hash = m_store.hash(start.to.data());
    start.from = no_state;
    flush(first);

    while (gather()) {
        if (!m_found.empty() && !m_how.keep_going) {
            result.end = ending::violated;
            break;
        }
        if (result.seen.depth == m_how.depth_max) {
            result.end = ending::stopped;
            break;
        }
        for (const auto& [begin, end] : m_frontier) {
            result.seen.frontier += end - begin;
        }
        while (m_cursor_range != m_frontier.size()) {
            round();
            look();
            if (std::any_of(m_threads.begin(), m_threads.end(), is_exhausted)) {
                result.end = ending::memory;
                break;
            }
            if (m_how.on_progress && !m_how.on_progress(result.seen)) {
                result.end = ending::stopped;
                break;
            }
            if (m_store.is_crowded(m_states)) {
                auto used = m_all;
                for (const auto& one : m_threads) {
                    used.insert(used.end(), one->fresh.begin(), one->fresh.end());
                }
                try {
                    m_store.grow(used);
                } catch (const memory_exhausted&) {
                    result.end = ending::memory;
                    break;
                }
            }
        }
        if (result.end != ending::complete) {
            gather();
            break;
        }
        ++result.seen.depth;
        result.seen.frontier = 0;
    }
    look();
    if (result.end == ending::complete && !m_found.empty() && !m_how.keep_going) {
        result.end = ending::violated; // on the last level
    }
    result.violations = m_found;
    result.compact = m_how.compact;
    return result;
}

template <class Model>
auto explorer<Model>::trace(const violation& found) const -> std::vector<step> {
    std::vector<state_index> path;
    for (state_index at = found.from; at != no_state; at = m_store.parent(at)) {
        path.push_back(at);
    }
    std::reverse(path.begin(), path.end());
    worker mine{m_model};
    std::vector<step> steps;
    // The states on the way may be stand-ins of symmetric ones: the trace follows one real run.
    state now = m_model.initial();
    for (std::size_t i = 1; i < path.size(); ++i) {
        std::optional<step> taken;
        mine.successors(now, [&](const state& next, action_id action, property_id) {
            state same = next;
            if (m_how.symmetry) {
                mine.canonical(same);
            }
            if (!taken && m_store.is_at(path[i], same.data())) {
                taken = step{next, action};
            }
        });
        if (!taken) {
            return steps; // a model whose successors depend on more than the state
        }
        steps.push_back(*taken);
        now = taken->to;
    }
    if (found.step >= 0) {
        // The same property must break, whatever the order of symmetric agents.
        std::optional<step> last;
        mine.successors(now, [&](const state& next, action_id action, property_id broken) {
            if (!last && broken == found.property) {
                last = step{next, action};
            }
        });
        if (last) {
            steps.push_back(*last);
        }
    }
    return steps;
}

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_ENGINE_HPP
