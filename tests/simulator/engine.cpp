// SPDX-License-Identifier: BSL-1.0
// The explorer itself, on models whose numbers are known from elsewhere.
#include "simulator/explore/engine.hpp"

#include "simulator/explore/cycles.hpp"
#include "tests/simulator/models/two_phase_commit.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>

namespace {

using namespace snapproto;
using explore::ending;
using explore::property_id;

// n philosophers who take the left fork, then the right one, and put both down together. Two bits
// each: thinking, one fork, eating.
//
// A philosopher eats only while the right neighbour has no fork, and nothing else is forbidden. So
// the states are the rings over three letters in which "eating" is followed by "thinking": the
// Pell-Lucas numbers 6, 14, 34, 82, 198 for n = 2, 3, 4, 5, 6.
class philosophers {
  public:
    using state = std::array<std::uint32_t, 1>;
    enum letter : std::uint32_t { thinking, one_fork, eating };

    explicit philosophers(std::uint32_t count) : m_count(count) {}
    [[nodiscard]] std::size_t words() const noexcept { return 1; }
    [[nodiscard]] state initial() const noexcept { return {}; }

    class worker {
      public:
        explicit worker(const philosophers& model) : m_count(model.m_count) {}

        // The least rotation: the ring has no first philosopher.
        void canonical(state& s) const noexcept {
            const std::uint32_t bits = 2 * m_count;
            std::uint32_t least = s[0];
            for (std::uint32_t turn = 2; turn < bits; turn += 2) {
                const std::uint32_t turned =
                    (s[0] >> turn | s[0] << (bits - turn)) & ((1U << bits) - 1);
                least = std::min(least, turned);
            }
            s[0] = least;
        }

        template <class Sink>
        property_id successors(const state& s, Sink&& sink) const {
            bool stopped = true;
            for (std::uint32_t i = 0; i < m_count; ++i) {
                const std::uint32_t right = (i + 1) % m_count;
                const std::uint32_t left = (i + m_count - 1) % m_count;
                const auto become = [&](letter to) {
                    stopped = false;
                    sink(state{(s[0] & ~(3U << 2 * i)) | to << 2 * i}, i, property_id{0});
                };
                switch (s[0] >> 2 * i & 3U) {
                case thinking:
                    if ((s[0] >> 2 * left & 3U) != eating) {
                        become(one_fork);
                    }
                    break;
                case one_fork:
                    if ((s[0] >> 2 * right & 3U) == thinking) {
                        become(eating);
                    }
                    break;
                default:
                    become(thinking);
                    break;
                }
            }
            return stopped ? 7 : 0;
        }
        [[nodiscard]] property_id check(const state&) const noexcept { return 0; }

      private:
        std::uint32_t m_count;
    };

  private:
    std::uint32_t m_count;
};

// A client waits for a lock that another one takes and gives back again and again. With `polite`,
// the other one takes it only once.
class lock {
  public:
    using state = std::array<std::uint32_t, 1>;
    enum place : std::uint32_t { free, taken, given_back, ours };

    explicit lock(bool polite) : m_polite(polite) {}
    [[nodiscard]] std::size_t words() const noexcept { return 1; }
    [[nodiscard]] state initial() const noexcept { return {free}; }

    class worker {
      public:
        explicit worker(const lock& model) : m_polite(model.m_polite) {}
        void canonical(state&) const noexcept {}
        template <class Sink>
        property_id successors(const state& s, Sink&& sink) const {
            switch (s[0]) {
            case free:
                sink(state{taken}, 1U, property_id{0});
                sink(state{ours}, 2U, property_id{0});
                break;
            case taken:
                sink(state{m_polite ? given_back : free}, 3U, property_id{0});
                break;
            case given_back:
                sink(state{given_back}, 4U, property_id{0}); // the other one does something else
                sink(state{ours}, 2U, property_id{0});
                break;
            default:
                break;
            }
            return 0;
        }
        [[nodiscard]] property_id check(const state&) const noexcept { return 0; }

      private:
        bool m_polite;
    };

  private:
    bool m_polite;
};

explore::outcome explore_commit(std::uint32_t managers, explore::options how) {
    const explore_models::two_phase_commit model{managers};
    explore::explorer<explore_models::two_phase_commit> run{model, std::move(how)};
    return run.run();
}

} // namespace

BOOST_AUTO_TEST_SUITE(explore_engine)

BOOST_AUTO_TEST_CASE(two_phase_commit_has_the_published_number_of_states) {
    const std::array<std::pair<std::uint32_t, std::size_t>, 3> published{
        {{3, 288}, {5, 8832}, {7, 296448}}};
    for (const auto& [managers, states] : published) {
        const auto found = explore_commit(managers, {.symmetry = false});
        BOOST_TEST(found.seen.states == states);
        BOOST_TEST((found.end == ending::complete));
        BOOST_TEST(found.violations.empty());
    }
}

BOOST_AUTO_TEST_CASE(counts_do_not_depend_on_the_number_of_jobs) {
    const auto one = explore_commit(7, {.jobs = 1, .symmetry = false});
    const auto many = explore_commit(7, {.jobs = 4, .symmetry = false});
    BOOST_TEST(one.seen.states == many.seen.states);
    BOOST_TEST(one.seen.transitions == many.seen.transitions);
    BOOST_TEST(one.seen.depth == many.seen.depth);
}

BOOST_AUTO_TEST_CASE(symmetric_states_are_one) {
    const auto all = explore_commit(5, {.symmetry = false});
    const auto some = explore_commit(5, {.symmetry = true});
    BOOST_TEST(some.seen.states < all.seen.states / 10);
    BOOST_TEST(some.seen.depth == all.seen.depth);

    const philosophers ring{5}; // (82 + 4 * 2) / 5 rings up to rotation
    explore::explorer<philosophers> run{ring};
    BOOST_TEST(run.run().seen.states == 18U);
}

BOOST_AUTO_TEST_CASE(philosophers_are_counted_and_their_deadlock_is_found_by_the_shortest_way) {
    const std::array<std::pair<std::uint32_t, std::size_t>, 3> known{
        {{3, 14}, {6, 198}, {10, 6726}}};
    for (const auto& [count, states] : known) {
        const philosophers model{count};
        explore::explorer<philosophers> run{model, {.keep_going = true, .symmetry = false}};
        const auto found = run.run();
        BOOST_TEST(found.seen.states == states);
        BOOST_TEST_REQUIRE(found.violations.size() == 1U);
        BOOST_TEST(found.violations.front().property == 7);
        const auto steps = run.trace(found.violations.front());
        BOOST_TEST(steps.size() == count);
        for (std::uint32_t i = 0; i < count; ++i) {
            BOOST_TEST((steps.back().to[0] >> 2 * i & 3U) == philosophers::one_fork);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_trace_is_a_run_also_with_symmetry) {
    const philosophers model{8};
    explore::explorer<philosophers> run{model};
    const auto found = run.run();
    BOOST_TEST((found.end == ending::violated));
    BOOST_TEST_REQUIRE(found.violations.size() == 1U);
    const auto steps = run.trace(found.violations.front());
    BOOST_TEST_REQUIRE(steps.size() == 8U);
    philosophers::worker worker{model};
    auto now = model.initial();
    for (const auto& step : steps) {
        bool possible = false;
        worker.successors(now, [&](const auto& next, auto action, auto) {
            possible = possible || (next == step.to && action == step.action);
        });
        BOOST_TEST(possible);
        now = step.to;
    }
}

BOOST_AUTO_TEST_CASE(a_memory_limit_ends_the_exploration_with_what_was_seen) {
    const auto found = explore_commit(8, {.memory_limit = 4U << 20U, .symmetry = false});
    BOOST_TEST((found.end == ending::memory));
    BOOST_TEST(found.seen.states > 10000U);
    BOOST_TEST(found.seen.bytes <= 4U << 20U);
}

BOOST_AUTO_TEST_CASE(compact_states_are_as_many_in_less_memory_and_it_is_said) {
    for (const unsigned jobs : {1U, 3U}) {
        const auto full = explore_commit(8, {.jobs = jobs, .symmetry = false});
        const auto compact = explore_commit(8, {.jobs = jobs, .symmetry = false, .compact = true});
        BOOST_TEST(compact.seen.states == full.seen.states);
        BOOST_TEST(compact.seen.transitions == full.seen.transitions);
        BOOST_TEST(compact.seen.depth == full.seen.depth);
        BOOST_TEST(compact.compact);
        BOOST_TEST(!full.compact);
        BOOST_TEST(full.omission_probability() == 0.0);
        // 1,745,408 states are 1.52e12 pairs, with one chance in 1.84e19 each.
        BOOST_TEST(compact.omission_probability() > 8.2e-8);
        BOOST_TEST(compact.omission_probability() < 8.3e-8);
    }
}

BOOST_AUTO_TEST_CASE(a_compact_exploration_forgets_states_and_finds_the_same_trace) {
    const philosophers ring{12};
    explore::explorer<philosophers> full{ring};
    explore::explorer<philosophers> compact{ring, {.compact = true}};
    const auto expected = full.run();
    const auto found = compact.run();
    BOOST_TEST_REQUIRE(found.violations.size() == 1U);
    const auto steps = compact.trace(found.violations.front());
    const auto same = full.trace(expected.violations.front());
    BOOST_TEST_REQUIRE(steps.size() == same.size());
    for (std::size_t i = 0; i < steps.size(); ++i) {
        BOOST_TEST(steps[i].to[0] == same[i].to[0]);
    }
}

BOOST_AUTO_TEST_CASE(a_store_of_hashes_frees_what_is_forgotten_and_still_knows_it) {
    constexpr std::size_t words = 16;
    constexpr std::uint32_t count = 200000;
    const auto make = [](std::uint32_t number) {
        std::array<std::uint32_t, words> made{};
        made.fill(number);
        return made;
    };
    std::array<std::size_t, 2> bytes{};
    for (const auto by : {explore::comparison::full, explore::comparison::hash}) {
        explore::state_store store{words, 0, by};
        explore::state_store::page page;
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto state = make(i);
            BOOST_REQUIRE(store.insert(state.data(), store.hash(state.data()), i, page).fresh);
            store.forget_below(i);
            if (store.is_crowded(i)) {
                using range = std::pair<explore::state_index, explore::state_index>;
                store.grow(std::array{range{0, i + 1}});
            }
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto state = make(i);
            BOOST_REQUIRE(store.find(state.data()) == i);
            BOOST_REQUIRE(store.parent(i) == i);
        }
        BOOST_TEST(store.find(make(count).data()) == explore::no_state);
        bytes[by == explore::comparison::hash ? 1 : 0] = store.bytes();
    }
    BOOST_TEST(bytes[1] < bytes[0] / 2);
}

BOOST_AUTO_TEST_CASE(the_caller_can_stop_it_and_a_depth_bounds_it) {
    std::size_t calls = 0;
    const auto stopped = explore_commit(6, {.on_progress = [&](const explore::progress& seen) {
                                            BOOST_TEST(seen.states > 0U);
                                            return ++calls < 3;
                                        }});
    BOOST_TEST((stopped.end == ending::stopped));
    BOOST_TEST(calls == 3U);
    const auto shallow = explore_commit(3, {.symmetry = false, .depth_max = 1});
    BOOST_TEST((shallow.end == ending::stopped));
    BOOST_TEST(shallow.seen.states == 8U); // each manager does one of two things, or an abort
}

BOOST_AUTO_TEST_CASE(the_states_fit_in_few_bytes) {
    const auto found = explore_commit(7, {.symmetry = false});
    BOOST_TEST(found.bytes_per_state() < 8 + 4 + 11 + 1); // state, parent, table, last segment
}

BOOST_AUTO_TEST_CASE(a_fair_run_that_never_gets_the_lock_is_found) {
    const auto is_ours = [](const lock::state& s) { return s[0] == lock::ours; };
    const auto kind = [](explore::action_id action) { return action == 2 ? 1U : 0U; };
    for (const bool polite : {false, true}) {
        const lock model{polite};
        explore::explorer<lock> run{model};
        run.run();
        const auto cycles = explore::find_unfulfilled_cycle(run, is_ours, kind);
        BOOST_TEST(cycles.cyclic == 1U);
        // Taken and freed in turn, the lock is never free for long enough to be fair about; given
        // back for good, it is.
        BOOST_TEST((cycles.lasso != explore::no_state) == !polite);
        BOOST_TEST(cycles.knot.size() == (polite ? 0U : 2U));
    }
}

BOOST_AUTO_TEST_SUITE_END()
