// SPDX-License-Identifier: BSL-1.0
#include "simulator/kernel/event_queue.hpp"

#include "simulator/kernel/distributions.hpp"
#include "simulator/kernel/simulation.hpp"

#include <boost/test/unit_test.hpp>
#include <rapidcheck.h>
#include <rapidcheck/boost_test.h>

#include <algorithm>
#include <vector>

namespace {

using namespace snapproto::kernel;

using queue = event_queue<int>;

// What a queue is, the slow way: everything pending, in the order in which it was added.
struct naive_queue {
    struct entry {
        ticks at;
        int what;
        bool operator==(const entry&) const = default;
    };
    std::vector<entry> pending;

    [[nodiscard]] auto next() {
        return std::min_element(pending.begin(), pending.end(),
                                [](const entry& a, const entry& b) { return a.at < b.at; });
    }
    entry pop() {
        const auto at = next();
        const entry taken = *at;
        pending.erase(at);
        return taken;
    }
    bool cancel(int what) {
        return std::erase_if(pending, [what](const entry& e) { return e.what == what; }) != 0;
    }
};

// One step of a run: two numbers that choose what is done and with what.
using step = std::pair<std::uint8_t, std::uint16_t>;

void compare(queue tested, const std::vector<step>& steps) {
    naive_queue model;
    std::vector<event_handle> handles; // of event number i
    for (const auto& [action, number] : steps) {
        if (action % 8 < 4) {
            const ticks at = number % 16; // few instants, so that many are equal
            const int what = static_cast<int>(handles.size());
            handles.emplace_back(); // names nothing
            if (action % 8 == 0) {
                tested.post(at, what);
            } else {
                handles.back() = tested.push(at, what);
            }
            model.pending.push_back({at, what});
        } else if (action % 8 < 6) {
            RC_ASSERT(tested.empty() == model.pending.empty());
            if (!tested.empty()) {
                RC_ASSERT(tested.next_time() == model.next()->at);
                const auto expected = model.pop();
                const auto taken = tested.pop();
                RC_ASSERT(taken.at == expected.at);
                RC_ASSERT(taken.what == expected.what);
                RC_ASSERT(!tested.pending(handles[static_cast<std::size_t>(taken.what)]));
            }
        } else if (!handles.empty()) {
            const std::size_t which = number % handles.size(); // often one that is gone
            const bool known = !(handles[which] == event_handle{});
            RC_ASSERT(tested.cancel(handles[which]) ==
                      (known && model.cancel(static_cast<int>(which))));
        }
        RC_ASSERT(tested.size() == model.pending.size());
    }
    while (!model.pending.empty()) {
        RC_ASSERT(tested.pop().what == model.pop().what);
    }
    RC_ASSERT(tested.empty());
}

} // namespace

BOOST_AUTO_TEST_SUITE(kernel_event_queue)

RC_BOOST_PROP(a_queue_does_what_the_naive_one_does, (const std::vector<step>& steps)) {
    compare(queue{}, steps);
}

// The first few hundred events of this queue exhaust the numbers.
RC_BOOST_PROP(the_order_survives_the_end_of_the_sequence_numbers,
              (const std::vector<step>& steps)) {
    const auto left = *rc::gen::inRange<std::uint64_t>(0, 20);
    compare(queue{(std::uint64_t{1} << 39) - left}, steps);
}

BOOST_AUTO_TEST_CASE(a_long_run_agrees_with_the_naive_queue) {
    generator random{1};
    std::vector<step> steps;
    for (int i = 0; i < 4000; ++i) {
        // First mostly growing, then mostly shrinking: hundreds are pending in between.
        const auto action = below(random, i < 2000 ? 5 : 8);
        steps.emplace_back(static_cast<std::uint8_t>(action),
                           static_cast<std::uint16_t>(below(random, 60000)));
    }
    compare(queue{}, steps);
}

BOOST_AUTO_TEST_CASE(events_of_one_instant_come_in_the_order_they_were_added) {
    queue q;
    for (int i = 0; i < 100; ++i) {
        i % 3 == 0 ? q.post(5, i) : void(q.push(5, i));
    }
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(q.pop().what == i);
        if (i < 50) {
            q.post(5, 100 + i);
        }
    }
    for (int i = 100; i < 150; ++i) {
        BOOST_TEST(q.pop().what == i);
    }
}

BOOST_AUTO_TEST_CASE(a_handle_never_names_another_event) {
    queue q;
    const auto first = q.push(1, 1);
    BOOST_TEST(q.pending(first));
    BOOST_TEST(q.cancel(first));
    const auto second = q.push(2, 2); // in the slot of the first
    BOOST_TEST(second.slot == first.slot);
    BOOST_TEST(!q.pending(first));
    BOOST_TEST(!q.cancel(first));
    BOOST_TEST(!q.cancel(event_handle{}));
    BOOST_TEST(q.size() == 1U);
    BOOST_TEST(q.pop().what == 2);
    BOOST_TEST(!q.cancel(second));
}

// A timer that is set and taken back again and again costs nothing that stays.
BOOST_AUTO_TEST_CASE(cancelled_timers_leave_nothing_behind) {
    queue q;
    for (int i = 0; i < 50; ++i) {
        q.push(1'000'000 + i, i);
    }
    BOOST_TEST(q.slots() == 50U);
    for (int i = 0; i < 100'000; ++i) {
        BOOST_REQUIRE(q.cancel(q.push(i, -1)));
    }
    BOOST_TEST(q.slots() == 51U); // all of the timers had the same one
    BOOST_TEST(q.size() == 50U);
    BOOST_TEST(q.pop().what == 0);
}

BOOST_AUTO_TEST_CASE(a_simulation_goes_from_event_to_event_and_stops_where_it_is_told) {
    simulation<int> s;
    std::vector<std::pair<ticks, int>> seen;
    const auto handle = [&](int what) {
        seen.emplace_back(s.now(), what);
        if (what == 1) {
            s.after(5, 2);
            s.cancel(s.timer_after(5, 8));
            s.at(3, 3); // the past is now
        }
    };
    s.at(10, 1);
    const auto dropped = s.timer_at(12, 9);
    s.at(16, 4);
    BOOST_TEST(s.cancel(dropped));
    s.run(15, handle);
    const std::vector<std::pair<ticks, int>> expected{{10, 1}, {10, 3}, {15, 2}};
    BOOST_TEST((seen == expected));
    BOOST_TEST(s.now() == 15);
    BOOST_TEST(s.pending() == 1U);
    s.run(end_of_time - 1, handle);
    BOOST_TEST(s.handled() == 4U);
    BOOST_TEST(s.now() == end_of_time - 1);
    s.after(10, 5); // does not wrap around
    s.run(end_of_time, handle);
    BOOST_TEST((seen.back() == std::pair<ticks, int>{end_of_time, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
