// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CORE_CONFIG_HPP
#define SNAPPROTO_CORE_CONFIG_HPP

// What the library asks of the compiler. The library itself knows no platform.

#if !defined(__cplusplus) || __cplusplus < 202002L
#error "snapproto needs C++20 (-std=c++20)"
#endif

#include <version>

#if !defined(__cpp_lib_span) || !defined(__cpp_impl_three_way_comparison)
#error "snapproto needs <span> and three-way comparison: GCC 12 or Clang 14 and up"
#endif

#endif // SNAPPROTO_CORE_CONFIG_HPP
