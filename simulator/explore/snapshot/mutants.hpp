// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MUTANTS_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MUTANTS_HPP

// Does the verification bite? Each mutation of each row is explored in a ladder of configurations,
// from small to larger. It is killed by the first property that it breaks; equivalent when whoever
// watches sees no difference in any of them; or it survives.

#include "simulator/explore/snapshot/run.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::explore {

/// The configurations, in their order.
[[nodiscard]] const std::vector<config>& mutation_ladder();

/// What became of one mutant.
struct mutant {
    enum class fate : std::uint8_t { killed, equivalent, surviving };
    row_mutation change;
    fate end = fate::surviving;
    property killer = property::none; ///< Of a killed one.
    std::size_t rung = 0;             ///< Where it was killed, or was seen to differ.
    std::size_t steps = 0;            ///< Of the shortest run that shows it; 0 for an endless run.
    bool reached = true;              ///< Some configuration takes its row.

    friend bool operator==(const mutant&, const mutant&) noexcept = default;
};

/// Judges mutants. What the original does in each configuration is explored once.
class mutant_judge {
  public:
    mutant_judge();

    [[nodiscard]] mutant judge(const row_mutation& change) const;

  private:
    [[nodiscard]] bool reaches(const row_mutation& change, std::size_t rung) const;

    std::vector<std::array<std::vector<std::uint64_t>, table_count>> m_taken;
};

/// Every mutant of every table, in the order of the ledger.
[[nodiscard]] std::vector<row_mutation> all_mutations();

/// Judges many on several threads, in any order; the result is in the order of `changes`.
/// @param on_progress is called after each with how many are done.
[[nodiscard]] std::vector<mutant> judge_all(const std::vector<row_mutation>& changes, unsigned jobs,
                                            const std::function<void(std::size_t)>& on_progress);

/// A ledger: one line a mutant, with tabs: mutant, `killed`, clause, rung of the ladder, steps; or
/// `surviving`, rung, steps of a run that shows a difference; or `equivalent`, or `unreached`.
[[nodiscard]] std::string to_ledger(const std::vector<mutant>& mutants);
/// Errors: throws std::invalid_argument with the line that is wrong.
[[nodiscard]] std::vector<mutant> ledger_from(std::string_view text);

/// For people: a table of what became of the mutants of each table and group, which property
/// killed how many, and the survivors.
[[nodiscard]] std::string mutants_report(const std::vector<mutant>& mutants);
/// A page with the summary between its marks `<!-- mutants -->` and `<!-- end of mutants -->`.
/// Errors: throws std::invalid_argument when it has no such marks.
[[nodiscard]] std::string with_report(const std::string& page, const std::vector<mutant>& mutants);
/// For machines, as JSON.
[[nodiscard]] std::string mutants_json(const std::vector<mutant>& mutants);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_MUTANTS_HPP
