// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_PROGRAM_HPP
#define SNAPPROTO_CONFORMANCE_CLI_PROGRAM_HPP

// The program snapcheck, as a function.

namespace snapproto::conformance {

/// Exit statuses; they are promised to scripts.
enum exit_status : int {
    /// Nothing that counts failed; with a baseline: it is met exactly, whatever it expects.
    exit_good = 0,
    exit_failed = 1,      ///< Something failed, or the baseline is out of date.
    exit_usage = 2,       ///< Wrong usage, or something this version does not have.
    exit_unreachable = 3, ///< The implementation could not be reached.
    exit_interrupted = 130,
};

/// Runs the program with these arguments; @return its exit status.
int run_program(int argc, const char* const* argv);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_PROGRAM_HPP
