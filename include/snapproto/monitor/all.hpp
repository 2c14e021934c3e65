// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_ALL_HPP
#define SNAPPROTO_MONITOR_ALL_HPP

// All monitors at once. SP 18.10 has none: what it forbids happens between two records.

#include <snapproto/monitor/hold.hpp>
#include <snapproto/monitor/life.hpp>
#include <snapproto/monitor/liveness.hpp>
#include <snapproto/monitor/outcome.hpp>
#include <snapproto/monitor/release.hpp>
#include <snapproto/monitor/requests.hpp>
#include <snapproto/monitor/session.hpp>
#include <snapproto/monitor/transaction.hpp>
#include <snapproto/monitor/window.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <vector>

namespace snapproto::monitor {

/// One property, the monitor that judges it, and what that monitor reads the property from.
struct judged_property {
    /// SP 18.`property`.
    std::uint8_t property = 0;
    std::string_view monitor;
    /// The clauses that a violation may name as the exact requirement; the rest are empty.
    std::array<clause, 6> clauses{};
};

// clang-format off
/// The properties that `all_monitors` judges: all of SP chapter 18 but 18.10.
inline constexpr auto judged_properties = std::to_array<judged_property>({
    { 1, "window"     , {{{13, 11}}}},
    { 2, "outcome"    , {{{12, 11}, {12, 27}}}},
    { 3, "outcome"    , {{{17, 1}, {17, 3}, {17, 4}, {17, 5}, {17, 7}}}},
    { 4, "hold"       , {{{6, 8}}}},
    { 5, "hold"       , {{{6, 4}, {12, 21}, {15, 2}}}},
    { 6, "transaction", {{{3, 3}}}},
    { 7, "release"    , {{{1, 5}, {5, 12}}}},
    { 8, "release"    , {{{1, 7}, {7, 12}}}},
    { 9, "release"    , {{{5, 2}, {5, 11}, {7, 1}, {7, 2}, {8, 9}}}},
    {11, "transaction", {{{7, 9}, {8, 10}, {9, 8}}}},
    {12, "transaction", {{{2, 10}, {3, 4}, {3, 5}, {3, 7}, {3, 12}, {3, 13}}}},
    {13, "session"    , {{{2, 1}, {2, 13}}}},
    {14, "transaction", {{{16, 1}, {16, 2}}}},
    {15, "release"    , {{{6, 3}, {7, 3}, {7, 5}, {7, 10}}}},
    {16, "life"       , {{{10, 9}, {10, 13}}}},
    {17, "window"     , {{{12, 34}}}},
    {18, "life"       , {{{11, 1}, {11, 2}, {11, 6}}}},
    {19, "requests"   , {{{3, 8}}}},
    {20, "window"     , {{{13, 7}}}},
    {21, "requests"   , {{{5, 13}}}},
    {22, "hold"       , {{{6, 8}, {10, 10}}}},
    {23, "liveness"   , {{{10, 12}, {15, 3}, {15, 9}}}},
    {24, "outcome"    , {{{12, 29}}}},
    {25, "requests"   , {{{16, 6}}}},
    {26, "liveness"   , {{{6, 11}, {15, 8}}}},
});
// clang-format on

/// Every monitor, fed with the same records.
///
/// @pre records come with instants that do not go back; `finish` comes last, with an instant that
/// is not before theirs.
class all_monitors {
  public:
    explicit all_monitors(const rules& measures = {})
        : m_monitors{window_monitor(measures),      outcome_monitor(measures),
                     hold_monitor(measures),        release_monitor(measures),
                     transaction_monitor(measures), requests_monitor(measures),
                     session_monitor(measures),     life_monitor(measures),
                     liveness_monitor(measures)} {}

    /// Takes the next record.
    void observe(const trace::record& r) {
        std::apply([&](auto&... each) { (each.observe(r), ...); }, m_monitors);
    }

    /// The recording ends here: deadlines before `end` have passed.
    void finish(instant end) {
        std::apply([&](auto&... each) { (each.finish(end), ...); }, m_monitors);
    }

    /// How many violations were found, those beyond `violations_max` of one monitor included.
    [[nodiscard]] std::size_t count() const {
        return std::apply(
            [](const auto&... each) { return ((each.violations().size() + each.dropped()) + ...); },
            m_monitors);
    }

    /// All violations, in the order of their records and then of their properties.
    [[nodiscard]] std::vector<violation> violations() const {
        // Few. Not std::stable_sort: libstdc++ 12's uses what C++17 deprecates, and Clang 19 says
        // so.
        std::vector<violation> sorted;
        const auto add = [&](const violation& one) {
            const auto later = std::upper_bound(
                sorted.begin(), sorted.end(), one, [](const violation& a, const violation& b) {
                    return std::tuple(a.record, a.property) < std::tuple(b.record, b.property);
                });
            sorted.insert(later, one);
        };
        std::apply(
            [&](const auto&... each) {
                (std::for_each(each.violations().begin(), each.violations().end(), add), ...);
            },
            m_monitors);
        return sorted;
    }

    /// True when a bound of some monitor was exceeded: silence is no acquittal then.
    [[nodiscard]] bool overflowed() const {
        return std::apply([](const auto&... each) { return (each.overflowed() || ...); },
                          m_monitors);
    }

  private:
    std::tuple<window_monitor, outcome_monitor, hold_monitor, release_monitor, transaction_monitor,
               requests_monitor, session_monitor, life_monitor, liveness_monitor>
        m_monitors;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_ALL_HPP
