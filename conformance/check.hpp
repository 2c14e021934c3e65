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

class trial;

/// Whose side of the conversation is judged.
enum class role { agent, orchestrator };

[[nodiscard]] std::string_view name(role which) noexcept; ///< "agent", "orchestrator".

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
    /// The judgement of an agent. Throws through the context's expectations only.
    void (*run)(run_context&) = nullptr;
    /// The judgement of an orchestrator, in the place of `run`.
    void (*judge)(trial&) = nullptr;

    /// Who is judged.
    [[nodiscard]] role judged() const noexcept {
        return run != nullptr ? role::agent : role::orchestrator;
    }

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

/// Every check of agents that speak QGA (conformance/clauses/all.cpp lists the files).
[[nodiscard]] const registry& qga_checks();

/// Every check of orchestrators that speak QGA.
[[nodiscard]] const registry& qga_orchestrator_checks();

/// Both, in order of id: no id is given twice.
[[nodiscard]] const registry& all_qga_checks();

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CHECK_HPP
