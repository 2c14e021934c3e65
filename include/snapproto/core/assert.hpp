// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_ASSERT_HPP
#define SNAPPROTO_CORE_ASSERT_HPP

// SNAPPROTO_ASSERT(condition): a programmer error, never a peer's.
//
// What a peer or a file sends is answered with a `failure`; an assertion says that the library or
// its caller is wrong. On by default in builds without NDEBUG; define SNAPPROTO_ASSERT before the
// first include to send it elsewhere.

#ifndef SNAPPROTO_ASSERT
#include <cassert>
#define SNAPPROTO_ASSERT(condition) assert(condition)
#endif

#endif // SNAPPROTO_CORE_ASSERT_HPP
