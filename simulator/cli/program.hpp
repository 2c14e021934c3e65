// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_CLI_PROGRAM_HPP
#define SNAPPROTO_SIMULATOR_CLI_PROGRAM_HPP

namespace snapproto::simulator {

/// Exit statuses of snapsim.
inline constexpr int exit_held = 0;     ///< Every property held.
inline constexpr int exit_violated = 1; ///< A property was violated, or nothing could be said.
inline constexpr int exit_usage = 2;    ///< Wrong usage.

/// The whole program. Writes to standard output and error.
int run_program(int argc, const char* const* argv);

} // namespace snapproto::simulator

#endif // SNAPPROTO_SIMULATOR_CLI_PROGRAM_HPP
