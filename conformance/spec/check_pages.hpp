// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SPEC_CHECK_PAGES_HPP
#define SNAPPROTO_CONFORMANCE_SPEC_CHECK_PAGES_HPP

// docs/checks/: for each check its clause, what is done, what passes, which fault it catches, and
// how to mend what fails.

#include "conformance/dialects/dialect.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// The checks of one dialect, role and chapter: one page.
struct check_group {
    const dialect* of = nullptr;
    role who{};
    std::uint16_t chapter = 0;

    /// No dialect before this one has checks of that role and chapter.
    [[nodiscard]] bool is_first() const;
    /// "agent-24", and "orchestrator-native-12" where another dialect has the short name: the
    /// page's name without its end.
    [[nodiscard]] std::string name() const;
    /// "SP 24", "SP 12, native".
    [[nodiscard]] std::string title() const;
    [[nodiscard]] std::vector<const check*> checks() const;
};

/// In order: the agent's chapters, then the orchestrator's.
[[nodiscard]] std::vector<check_group> check_groups();

[[nodiscard]] std::string check_page(const check_group& group);

/// docs/checks/README.md: which check is on which page.
[[nodiscard]] std::string check_index();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_SPEC_CHECK_PAGES_HPP
