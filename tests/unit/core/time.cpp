// SPDX-License-Identifier: BSL-1.0
#include <snapproto/core/time.hpp>

#include <boost/test/unit_test.hpp>

#include <rapidcheck/boost_test.h>

#include <chrono>
#include <limits>

using namespace snapproto;
using namespace std::chrono_literals;

namespace {

// The clock of the library cannot be read.
template <class Clock>
concept readable = requires {
    Clock::now();
};
static_assert(!readable<timeline>);
static_assert(readable<std::chrono::steady_clock>);
static_assert(timeline::is_steady);
static_assert(std::is_same_v<duration, std::chrono::duration<std::int64_t, std::nano>>);

} // namespace

BOOST_AUTO_TEST_CASE(a_deadline_is_the_instant_plus_the_span) {
    static_assert(saturating_add(instant{5s}, 3s) == instant{8s});
    static_assert(saturating_add(instant{}, duration{}) == instant{});
    BOOST_TEST((saturating_add(instant{-5s}, 3s) == instant{-2s}));
}

BOOST_AUTO_TEST_CASE(a_deadline_never_wraps_into_the_past) {
    static_assert(saturating_add(never, 1ns) == never);
    static_assert(saturating_add(never, duration{}) == never);
    static_assert(saturating_add(instant{1ns}, duration::max()) == never);
    // One below, at, and one above the greatest span that fits.
    const instant at{100ns};
    const duration room = never - at;
    BOOST_TEST((saturating_add(at, room - 1ns) == never - 1ns));
    BOOST_TEST((saturating_add(at, room) == never));
    BOOST_TEST((saturating_add(at, room + 1ns) == never));
    // Before the epoch there is room for every span.
    BOOST_TEST((saturating_add(instant{-1ns}, duration::max()) == never - 1ns));
}

RC_BOOST_PROP(no_deadline_lies_before_its_start, ()) {
    const instant at{duration{*rc::gen::arbitrary<std::int64_t>()}};
    const duration span{*rc::gen::suchThat(rc::gen::arbitrary<std::int64_t>(),
                                           [](std::int64_t n) { return n >= 0; })};
    const instant deadline = saturating_add(at, span);
    RC_ASSERT(deadline >= at);
    RC_ASSERT(deadline <= never);
    if (deadline != never) {
        RC_ASSERT(deadline - at == span);
    }
}
