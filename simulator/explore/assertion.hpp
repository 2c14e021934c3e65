// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_ASSERTION_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_ASSERTION_HPP

// Assertions of the library while it is explored: noted, so that an assertion that fails is a
// finding with a shortest run that leads to it, and not the end of the program. The build includes
// this before everything else, in each unit that uses the simulator.

namespace snapproto::explore {

/// The last assertion that did not hold in this thread; whoever looks sets it back.
inline thread_local constinit const char* broken_assertion = nullptr;

} // namespace snapproto::explore

#define SNAPPROTO_ASSERT(condition)                                                                \
    ((condition) ? void() : void(::snapproto::explore::broken_assertion = #condition))

#endif // SNAPPROTO_SIMULATOR_EXPLORE_ASSERTION_HPP
