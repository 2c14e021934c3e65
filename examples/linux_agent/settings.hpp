// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_SETTINGS_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_SETTINGS_HPP

#include <chrono>
#include <string>
#include <vector>

namespace snapagent {

/// What the command line and the configuration file say.
struct settings {
    std::string dialect = "qga";          ///< or native
    std::string method = "virtio-serial"; ///< or unix-listen, vsock-listen
    std::string path;                     ///< of the port or socket; for vsock CID:PORT
    std::string pid_file;
    std::string log_file;             ///< empty: standard error
    std::string hook;                 ///< a program, or a directory of programs; empty: none
    std::vector<std::string> plugins; ///< NAME=ARGUMENT, in hold order
    std::vector<std::string> blocked; ///< commands of qga that are switched off
    double hold_limit_s = 10;         ///< nothing stays frozen for longer
    double hook_limit_s = 60;         ///< for all hooks of a freeze, and for those of a thaw
};

/// A span as the library counts it.
[[nodiscard]] inline std::chrono::nanoseconds nanoseconds_of(double seconds) {
    return std::chrono::round<std::chrono::nanoseconds>(std::chrono::duration<double>{seconds});
}

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_SETTINGS_HPP
