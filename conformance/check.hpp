// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CHECK_HPP
#define SNAPPROTO_CONFORMANCE_CHECK_HPP

// What a check is, and the list of all of them.
//
// A check belongs to one clause of the specification; its id is the clause's number and an index,
// "24.3/1". The level is the clause's, read from the embedded specification.

#include "conformance/attach/capability.hpp"
#include "conformance/run_context.hpp"
#include "conformance/time.hpp"
#include "snapproto/core/clause.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

enum class level { must, should, may };

[[nodiscard]] std::string_view name(level which) noexcept; ///< "MUST", "SHOULD", "MAY".

/// One case of the suite.
struct check {
    /// The clause it judges.
    snapproto::clause about{};
    /// Its number among the checks of that clause, from 1.
    int index = 1;
    /// What is judged, as a statement about a right implementation: "ping returns an empty object".
    std::string_view title{};
    /// The capabilities without which it is skipped.
    std::vector<capability> needs{};
    /// The time that the whole check may take, in nominal time.
    duration bound = std::chrono::seconds(20);
    /// Only to lower the level below the clause's.
    std::optional<level> lowered{};
    /// The judgement. Throws through run_context's expectations only.
    void (*run)(run_context&) = nullptr;

    /// "24.3/1".
    [[nodiscard]] std::string id() const {
        return std::to_string(about.chapter) + '.' + std::to_string(about.number) + '/' +
               std::to_string(index);
    }
};

/// The checks of one dialect, in order of id.
class registry {
  public:
    /// Adds a check. @throws std::logic_error when the id is taken or a field is missing.
    void add(check one);

    [[nodiscard]] std::span<const check> all() const noexcept { return m_checks; }
    [[nodiscard]] const check* find(std::string_view id) const;

  private:
    std::vector<check> m_checks;
};

/// Every check of the QGA dialect (conformance/clauses/all.cpp lists the files).
[[nodiscard]] const registry& qga_checks();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CHECK_HPP
