// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/runner.hpp"

#include <exception>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace snapproto::campaign {
namespace {

class crew {
  public:
    crew(const world::scenario& base, const seed_range& seeds, const runner_options& how,
         const std::atomic<bool>& stop)
        : m_base(base),
          m_seeds(seeds),
          m_how(how),
          m_stop(stop),
          m_next(how.done_before),
          m_taken(how.done_before) {}

    void work() {
        try {
            while (!m_stop && !m_ended) {
                const auto index = m_next++;
                if (index >= m_seeds.size()) {
                    return;
                }
                deliver(index, play_seed(m_base, m_seeds.at(index)));
            }
        } catch (...) {
            const std::scoped_lock guard{m_lock};
            m_failure = std::current_exception();
            m_ended = true;
        }
    }

    void rethrow() const {
        if (m_failure) {
            std::rethrow_exception(m_failure);
        }
    }

  private:
    void deliver(std::uint64_t index, seed_result made) {
        const std::scoped_lock guard{m_lock};
        m_ready.emplace(index, std::move(made));
        while (!m_ended && !m_ready.empty() && m_ready.begin()->first == m_taken) {
            m_ended = !m_how.take(m_ready.begin()->second);
            m_ready.erase(m_ready.begin());
            ++m_taken;
        }
    }

    const world::scenario& m_base;
    const seed_range& m_seeds;
    const runner_options& m_how;
    const std::atomic<bool>& m_stop;
    std::atomic<std::uint64_t> m_next;
    std::atomic<bool> m_ended = false;
    std::mutex m_lock;
    std::uint64_t m_taken;
    std::map<std::uint64_t, seed_result> m_ready; // by index; their predecessors are not
    std::exception_ptr m_failure;
};

} // namespace

void run_seeds(const world::scenario& base, const seed_range& seeds, const runner_options& how,
               const std::atomic<bool>& stop) {
    crew all{base, seeds, how, stop};
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < how.jobs; ++i) {
        threads.emplace_back([&all] { all.work(); });
    }
    for (auto& one : threads) {
        one.join();
    }
    all.rethrow();
}

} // namespace snapproto::campaign
