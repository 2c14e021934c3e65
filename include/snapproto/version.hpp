// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_VERSION_HPP
#define SNAPPROTO_VERSION_HPP

// The version of the library. The build reads it from here; a test compares every place that
// repeats it.

#define SNAPPROTO_VERSION_MAJOR 0
#define SNAPPROTO_VERSION_MINOR 1
#define SNAPPROTO_VERSION_PATCH 0

/// The version as a string literal, "major.minor.patch".
#define SNAPPROTO_VERSION_STRING "0.1.0"

namespace snapproto {

/// The version of the library, for comparisons in code.
struct version {
    int major_number = SNAPPROTO_VERSION_MAJOR;
    int minor_number = SNAPPROTO_VERSION_MINOR;
    int patch_number = SNAPPROTO_VERSION_PATCH;
};

} // namespace snapproto

#endif // SNAPPROTO_VERSION_HPP
