// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_ATTACHED_COMMANDS_HPP
#define SNAPPROTO_FUZZ_ATTACHED_COMMANDS_HPP

// What fuzz_attached does, by form and dialect. Each returns the status of the program.

#include "fuzz/attached/options.hpp"

namespace snapproto::fuzz {

/// Throw std::invalid_argument and conformance::unreachable with a sentence.
[[nodiscard]] int hunt_in_qga(const options& asked);
[[nodiscard]] int hunt_in_qga_catalogue(const options& asked);
[[nodiscard]] int hunt_in_hyperv(const options& asked);
[[nodiscard]] int hunt_in_hyperv_catalogue(const options& asked);

} // namespace snapproto::fuzz

#endif // SNAPPROTO_FUZZ_ATTACHED_COMMANDS_HPP
