// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SORT_STABLY_HPP
#define SNAPPROTO_CONFORMANCE_SORT_STABLY_HPP

#include <algorithm>
#include <utility>
#include <vector>

namespace snapproto::conformance {

/// Sorts; what compares equal keeps its order. For short or nearly sorted lists: the worst case
/// takes quadratic time. Not std::stable_sort, because libstdc++ 12's uses what C++17 deprecates,
/// and Clang 19 says so.
template <class T, class Less>
void sort_stably(std::vector<T>& list, Less less) {
    std::vector<T> sorted;
    sorted.reserve(list.size());
    for (auto& one : list) {
        sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), one, less), std::move(one));
    }
    list = std::move(sorted);
}

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SORT_STABLY_HPP
