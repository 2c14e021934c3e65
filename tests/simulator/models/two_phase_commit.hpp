// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_SIMULATOR_MODELS_TWO_PHASE_COMMIT_HPP
#define SNAPPROTO_TESTS_SIMULATOR_MODELS_TWO_PHASE_COMMIT_HPP

// Two-phase commit with n resource managers, as Gray and Lamport specify it ("Consensus on
// transaction commit", 2006, section 3). Other explorers publish its number of states, so counts
// and speed can be compared: 288 states for 3 managers, 8,832 for 5, 1,745,408 for 8. Steps that
// change nothing are left out.

#include "simulator/explore/engine.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace snapproto::explore_models {

/// The model. Bounds: 1 to 10 managers.
class two_phase_commit {
  public:
    // Word 0: two bits for the state of each manager, then two for the transaction manager's.
    // Word 1: bit i: the transaction manager knows that i is prepared; bit 10 + i: Prepared(i) was
    // sent; bits 20 and 21: Commit and Abort were sent.
    using state = std::array<std::uint32_t, 2>;
    enum manager : std::uint32_t { working, prepared, committed, aborted };
    enum property : explore::property_id { consistent = 1 };

    explicit two_phase_commit(std::uint32_t managers) : m_managers(managers) {}

    [[nodiscard]] std::size_t words() const noexcept { return 2; }
    [[nodiscard]] state initial() const noexcept { return {}; }

    class worker {
      public:
        explicit worker(const two_phase_commit& model) : m_managers(model.m_managers) {}

        void canonical(state& s) const noexcept {
            std::array<std::uint32_t, 10> each{};
            for (std::uint32_t i = 0; i < m_managers; ++i) {
                each[i] =
                    (s[0] >> 2 * i & 3U) << 2U | (s[1] >> i & 1U) << 1U | (s[1] >> (10 + i) & 1U);
            }
            for (std::uint32_t i = 1; i < m_managers; ++i) { // few of them: insertion
                for (std::uint32_t j = i; j > 0 && each[j] < each[j - 1]; --j) {
                    std::swap(each[j], each[j - 1]);
                }
            }
            s[0] &= 3U << 20U;
            s[1] &= 3U << 20U;
            for (std::uint32_t i = 0; i < m_managers; ++i) {
                s[0] |= (each[i] >> 2U) << 2 * i;
                s[1] |= (each[i] >> 1U & 1U) << i | (each[i] & 1U) << (10 + i);
            }
        }

        template <class Sink>
        explore::property_id successors(const state& s, Sink&& sink) const {
            const std::uint32_t all = (1U << m_managers) - 1;
            const std::uint32_t coordinator = s[0] >> 20U;
            if (coordinator == 0) {
                if ((s[1] & all) == all) {
                    sink(state{s[0] | 1U << 20U, s[1] | 1U << 20U}, 0U, explore::property_id{0});
                }
                sink(state{s[0] | 2U << 20U, s[1] | 1U << 21U}, 1U, explore::property_id{0});
            }
            for (std::uint32_t i = 0; i < m_managers; ++i) {
                const auto become = [&](manager to, std::uint32_t message) {
                    sink(state{(s[0] & ~(3U << 2 * i)) | to << 2 * i, s[1] | message},
                         2U + 4 * i + to, explore::property_id{0});
                };
                const std::uint32_t now = s[0] >> 2 * i & 3U;
                if (coordinator == 0 && (s[1] >> (10 + i) & 1U) != 0 && (s[1] >> i & 1U) == 0) {
                    sink(state{s[0], s[1] | 1U << i}, 2U + 4 * i, explore::property_id{0});
                }
                if (now == working) {
                    become(prepared, 1U << (10 + i));
                    become(aborted, 0);
                }
                if ((s[1] >> 20U & 1U) != 0 && now != committed) {
                    become(committed, 0);
                }
                if ((s[1] >> 21U & 1U) != 0 && now != aborted) {
                    become(aborted, 0);
                }
            }
            return 0;
        }

        [[nodiscard]] explore::property_id check(const state& s) const noexcept {
            bool one_committed = false;
            bool one_aborted = false;
            for (std::uint32_t i = 0; i < m_managers; ++i) {
                one_committed = one_committed || (s[0] >> 2 * i & 3U) == committed;
                one_aborted = one_aborted || (s[0] >> 2 * i & 3U) == aborted;
            }
            return one_committed && one_aborted ? explore::property_id{consistent}
                                                : explore::property_id{0};
        }

      private:
        std::uint32_t m_managers;
    };

  private:
    std::uint32_t m_managers;
};

} // namespace snapproto::explore_models

#endif // SNAPPROTO_TESTS_SIMULATOR_MODELS_TWO_PHASE_COMMIT_HPP
