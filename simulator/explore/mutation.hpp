// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_MUTATION_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_MUTATION_HPP

// Changes of one row of a table, applied while exploring: what the properties are tested with.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::explore {

/// Which table a row is of.
enum class table_kind : std::uint8_t { agent, orchestrator, participant, provider };
inline constexpr auto table_names =
    std::to_array<std::string_view>({"agent", "orchestrator", "participant", "provider"});
inline constexpr std::size_t table_count = table_names.size();

/// An effect by its kind and, of timers, which; a message by its kind and its argument (a verdict,
/// a code, an outcome). Both are numbers of the table's own: low byte the kind, high byte the rest.
using effect_word = std::uint16_t;

/// One changed row.
struct row_mutation {
    enum class kind : std::uint8_t {
        deletion,   ///< The row does nothing.
        target,     ///< It leads to phase `to`.
        instead,    ///< Row `to` of its cell is taken in its place.
        always,     ///< It is taken in the place of all others of its cell.
        action,     ///< It does what row `to` does, and leads where it should.
        data_only,  ///< It leads where it should, and changes no data and has no effects.
        no_data,    ///< It has its effects and changes no data.
        no_effects, ///< Its effects are lost.
        no_sends,   ///< The messages among its effects are lost.
        reversed,   ///< Its effects come in reverse order.
        drop,       ///< Effects `to` are lost.
        twice,      ///< Messages `to` are sent twice.
        fewer,      ///< Messages `to` go to one agent fewer.
        reply       ///< Messages `to` are sent as `with`.
    };
    table_kind table = table_kind::agent;
    std::int16_t row = -1;
    kind what = kind::deletion;
    std::uint16_t to = 0;
    effect_word with = 0;

    friend constexpr bool operator==(const row_mutation&, const row_mutation&) noexcept = default;
};

/// What of a row a mutation changes.
enum class mutation_group : std::uint8_t { target, action, guard, reply, deletion };
inline constexpr auto mutation_groups =
    std::to_array<std::string_view>({"target", "action", "guard", "reply", "deletion"});
[[nodiscard]] mutation_group group_of(const row_mutation& mutation);

/// `agent:frozen:hold_expired::deletion`, `agent:thaw:done::target=idle`.
[[nodiscard]] std::string to_text(const row_mutation& mutation);
/// Errors: throws std::invalid_argument for a row or word that does not exist.
[[nodiscard]] row_mutation mutation_from(std::string_view text);

/// Every mutation of every row of a table, in its order. None of them is without effect by its
/// form alone: what the row's action cannot do is not taken away from it.
[[nodiscard]] std::vector<row_mutation> all_mutations(table_kind table);

/// The rows of which one has to be taken before a mutation can make a difference.
[[nodiscard]] std::vector<std::size_t> rows_concerned(const row_mutation& mutation);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_MUTATION_HPP
