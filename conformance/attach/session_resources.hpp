// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_SESSION_RESOURCES_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_SESSION_RESOURCES_HPP

// Memory and processor time of the processes of one session, read from /proc.

#include "conformance/attach/target.hpp"

#include <sys/types.h>

namespace snapproto::conformance {

/// The sum over the processes whose session this is and their descendants, the leader included.
///
/// Absent, with a reason, where /proc cannot be read or has none of them.
[[nodiscard]] observed<resource_use> resources_of_session(pid_t leader);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_SESSION_RESOURCES_HPP
