// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLAUSES_WORDS_HPP
#define SNAPPROTO_CONFORMANCE_CLAUSES_WORDS_HPP

// What docs/checks/ says of each check beside its clause. The words of a group stand in a file of
// their own, so that a check's code stays short; a test holds that each check has them.

#include "conformance/check.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

struct check_words {
    std::string_view id;      ///< "24.3/1".
    std::string_view sends;   ///< What is done to the implementation.
    std::string_view accepts; ///< With what it passes.
    std::string_view fix;     ///< What to look for in an implementation that fails.
};

/// The words of every check, by group.
[[nodiscard]] const std::vector<check_words>& every_check_words();

/// The words of the check with this id, or null.
[[nodiscard]] const check_words* find_words(std::string_view id);

/// The words of one check. @throws std::logic_error when it has none
[[nodiscard]] const check_words& words_of(const check& one);

namespace clauses {

[[nodiscard]] std::span<const check_words> qga_20_words();
[[nodiscard]] std::span<const check_words> qga_21_words();
[[nodiscard]] std::span<const check_words> qga_22_words();
[[nodiscard]] std::span<const check_words> qga_23_words();
[[nodiscard]] std::span<const check_words> qga_24_words();
[[nodiscard]] std::span<const check_words> qga_25_words();
[[nodiscard]] std::span<const check_words> qga_26_words();
[[nodiscard]] std::span<const check_words> qga_27_words();
[[nodiscard]] std::span<const check_words> qga_28_words();
[[nodiscard]] std::span<const check_words> qga_29_words();
[[nodiscard]] std::span<const check_words> orchestrator_words();
[[nodiscard]] std::span<const check_words> hyperv_orchestrator_words();
[[nodiscard]] std::span<const check_words> native_orchestrator_words();
[[nodiscard]] std::span<const check_words> vmbackup_orchestrator_words();
[[nodiscard]] std::span<const check_words> hyperv_33_words();
[[nodiscard]] std::span<const check_words> hyperv_36_words();
[[nodiscard]] std::span<const check_words> vmbackup_40_words();
[[nodiscard]] std::span<const check_words> vmbackup_45_words();
[[nodiscard]] std::span<const check_words> vmbackup_46_words();
[[nodiscard]] std::span<const check_words> native_abstract_1_words();
[[nodiscard]] std::span<const check_words> native_abstract_2_words();
[[nodiscard]] std::span<const check_words> native_abstract_3_words();
[[nodiscard]] std::span<const check_words> native_60_words();
[[nodiscard]] std::span<const check_words> native_61_words();
[[nodiscard]] std::span<const check_words> native_62_words();

} // namespace clauses
} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLAUSES_WORDS_HPP
