// SPDX-License-Identifier: BSL-1.0
// A program of somebody else: it sees the installed or added library and nothing of our build.
#include <snapproto/core/clause.hpp>
#include <snapproto/version.hpp>

#include <cstdio>

int main() {
    static_assert(snapproto::sec<4, 2>::value.chapter == 4);
    std::puts(SNAPPROTO_VERSION_STRING);
    return snapproto::version{}.major_number == SNAPPROTO_VERSION_MAJOR ? 0 : 1;
}
