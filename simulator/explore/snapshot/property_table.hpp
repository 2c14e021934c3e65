// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTY_TABLE_HPP
#define SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTY_TABLE_HPP

// Which of the properties of SP chapter 18 each dialect can keep, found by exploration: nothing is
// excused, and what cannot be kept is shown by a shortest run.

#include "simulator/explore/snapshot/run.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace snapproto::explore {

/// What a dialect makes of one property.
struct finding {
    enum class kind : std::uint8_t {
        holds,    ///< In every run that was explored.
        broken,   ///< By `run`.
        wordless, ///< The dialect has nothing of which the property speaks.
        elsewhere ///< Not of this model.
    };
    property number = property::none;
    kind what = kind::holds;
    config shown_by{}; ///< Where `run` was found, with nothing but this property judged.
    run_of_model run{};
};

/// What a dialect makes of all of them.
struct dialect_findings {
    profile dialect = profile::native;
    std::vector<finding> all; ///< Numbers 1 to 26, in order.
    /// Of each configuration of `explored_configurations`.
    std::vector<std::size_t> states;
    /// What is not as the traits say, in words: a lack that no run shows, a run that breaks what is
    /// no lack. Empty, or the traits are wrong.
    std::vector<std::string> surprises;
};

/// In which configurations, but for the dialect: from small to large.
[[nodiscard]] const std::vector<config>& explored_configurations();

/// Explores a dialect.
[[nodiscard]] dialect_findings findings_of(profile dialect, const options& how);

/// The page about them, in Markdown.
[[nodiscard]] std::string properties_page(const std::vector<dialect_findings>& found);

} // namespace snapproto::explore

#endif // SNAPPROTO_SIMULATOR_EXPLORE_SNAPSHOT_PROPERTY_TABLE_HPP
