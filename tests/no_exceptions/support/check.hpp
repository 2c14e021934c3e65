// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TESTS_NO_EXCEPTIONS_SUPPORT_CHECK_HPP
#define SNAPPROTO_TESTS_NO_EXCEPTIONS_SUPPORT_CHECK_HPP

// The test framework needs exceptions; these programs count for themselves.

#include <cstdio>

#if defined(__cpp_exceptions) || defined(__cpp_rtti)
#error "these programs are meant for -fno-exceptions -fno-rtti"
#endif

namespace snapproto::tests {

inline int failures = 0;

/// Counts and prints what does not hold.
inline void check(bool holds, const char* what) {
    if (!holds) {
        std::fprintf(stderr, "failed: %s\n", what);
        ++failures;
    }
}

/// The exit status for `main`.
[[nodiscard]] inline int exit_status() {
    return failures == 0 ? 0 : 1;
}

} // namespace snapproto::tests

#endif // SNAPPROTO_TESTS_NO_EXCEPTIONS_SUPPORT_CHECK_HPP
