// SPDX-License-Identifier: BSL-1.0
#include "simulator/explore/snapshot/equivalence.hpp"

#include "simulator/explore/snapshot/model.hpp"

#include <algorithm>

namespace snapproto::explore {
namespace {

// What Status says of an agent, and what is seen of it without asking.
bool looks_alike(const agent_world& a, const agent_world& b, const config& options) {
    const auto& da = a.machine.data;
    const auto& db = b.machine.data;
    for (std::size_t i = 0; i < options.participants; ++i) {
        const auto& pa = a.participants[i];
        const auto& pb = b.participants[i];
        if (pa.doing != pb.doing || pa.held != pb.held || pa.phase != pb.phase) {
            return false;
        }
    }
    return a.machine.phase == b.machine.phase && da.txn == db.txn && da.last_txn == db.last_txn &&
           da.last_verdict == db.last_verdict && a.alive == b.alive && a.up == b.up &&
           a.agent_knows == b.agent_knows && a.host_knows == b.host_knows &&
           a.to_agent == b.to_agent && a.to_host == b.to_host;
}

bool looks_alike(const world& a, const world& b, const config& options) {
    for (std::size_t i = 0; i < options.agents; ++i) {
        if (!looks_alike(a.agents[i], b.agents[i], options)) {
            return false;
        }
    }
    return a.host.phase == b.host.phase && a.provider == b.provider &&
           a.cut_notice == b.cut_notice && a.cut_running == b.cut_running &&
           a.started == b.started && a.budget == b.budget;
}

// Two models that do the same, as one.
class pair_model {
  public:
    using state = std::array<std::uint32_t, 2 * packed_words_max>;

    explicit pair_model(const config& mutated)
        : m_original(without_mutation(mutated)), m_mutant(mutated) {}

    [[nodiscard]] std::size_t words() const noexcept { return 2 * m_original.words(); }
    [[nodiscard]] state initial() const { return pair(m_original.initial(), m_mutant.initial()); }

    class worker {
      public:
        explicit worker(const pair_model& model)
            : m_model(model), m_original(model.m_original), m_mutant(model.m_mutant) {}

        void canonical(state&) const noexcept {}
        [[nodiscard]] property_id check(const state&) const noexcept { return 0; }

        template <class Sink>
        property_id successors(const state& from, Sink&& sink) {
            const auto& right = m_original.steps(m_model.half(from, 0));
            const auto& left = m_mutant.steps(m_model.half(from, 1));
            if (right.size() != left.size()) {
                return differs;
            }
            for (std::size_t i = 0; i < right.size(); ++i) {
                const auto& a = right[i];
                const auto& b = left[i];
                if (a.what != b.what || a.seen != b.seen) {
                    return differs;
                }
                if (a.idle && b.idle) {
                    continue;
                }
                const bool alike =
                    looks_alike(m_model.m_original.unpack(a.to), m_model.m_mutant.unpack(b.to),
                                m_model.m_original.options());
                sink(m_model.pair(a.to, b.to), a.what.id(),
                     static_cast<property_id>(alike ? 0 : differs));
            }
            return 0;
        }

      private:
        const pair_model& m_model;
        snapshot_model::worker m_original;
        snapshot_model::worker m_mutant;
    };

  private:
    static constexpr property_id differs = 1;

    [[nodiscard]] static config without_mutation(config what) {
        what.mutation.reset();
        return what;
    }
    [[nodiscard]] state pair(const packed_world& a, const packed_world& b) const {
        state made{};
        std::copy_n(a.begin(), m_original.words(), made.begin());
        std::copy_n(b.begin(), m_original.words(),
                    made.begin() + static_cast<std::ptrdiff_t>(m_original.words()));
        return made;
    }
    [[nodiscard]] packed_world half(const state& from, std::size_t which) const {
        packed_world made{};
        std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(which * m_original.words()),
                    m_original.words(), made.begin());
        return made;
    }

    snapshot_model m_original;
    snapshot_model m_mutant;
};

} // namespace

likeness compare_with_original(const config& mutated, std::size_t pairs_max) {
    const pair_model model{mutated};
    options how;
    how.symmetry = false;
    how.on_progress = [&](const progress& seen) { return seen.states <= pairs_max; };
    explorer<pair_model> run{model, how};
    const auto result = run.run();
    likeness made{.pairs = result.seen.states};
    if (!result.violations.empty()) {
        made.found = likeness::verdict::different;
        const auto& first = result.violations.front();
        made.steps = run.trace(first).size() + (first.step < 0 ? 1U : 0U);
    } else if (result.end != ending::complete) {
        made.found = likeness::verdict::unknown;
    }
    return made;
}

} // namespace snapproto::explore
