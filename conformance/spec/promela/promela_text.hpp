// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_TEXT_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_TEXT_HPP

// The .pml files of this folder inside the program. The build writes the definitions anew whenever
// a file changes.

#include <string_view>

namespace snapproto::conformance::promela_text {

[[nodiscard]] std::string_view state() noexcept;
[[nodiscard]] std::string_view link() noexcept;
[[nodiscard]] std::string_view agent_words() noexcept;
[[nodiscard]] std::string_view orchestrator_words() noexcept;
[[nodiscard]] std::string_view agent() noexcept;
[[nodiscard]] std::string_view orchestrator() noexcept;
[[nodiscard]] std::string_view environment() noexcept;
[[nodiscard]] std::string_view formulas() noexcept;

} // namespace snapproto::conformance::promela_text

#endif // SNAPPROTO_CONFORMANCE_SPEC_PROMELA_PROMELA_TEXT_HPP
