// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_HELPER_PROCESS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_HELPER_PROCESS_HPP

#include <initializer_list>

namespace snapagent {

/// Starts this program again in another role, with descriptors 3, 4 ... in this order, in a session
/// of its own: who ends the agent and its process group does not mean it.
/// @return its process id, or -1
[[nodiscard]] int start_helper(const char* role, std::initializer_list<int> descriptors) noexcept;

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_HELPER_PROCESS_HPP
