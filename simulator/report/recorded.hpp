// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_REPORT_RECORDED_HPP
#define SNAPPROTO_SIMULATOR_REPORT_RECORDED_HPP

// A recording that was made elsewhere, of a real agent or by a fuzzer, as a run that can be told.

#include "simulator/world/history.hpp"

#include <snapproto/monitor/violation.hpp>
#include <snapproto/trace/record.hpp>

#include <string>
#include <vector>

namespace snapproto::report {

/// The run that a recording tells of: its story and its records. There is no world behind it, so
/// that nothing can be said of copies.
/// @param name where it is from, for the title.
[[nodiscard]] world::history history_of(std::vector<trace::record> all, const std::string& name);

/// What the monitors have against a recording, by what it shows of itself.
/// @param negotiates the dialect has the abstract Hello.
[[nodiscard]] std::vector<monitor::violation> objections(const std::vector<trace::record>& all,
                                                         bool negotiates);

} // namespace snapproto::report

#endif // SNAPPROTO_SIMULATOR_REPORT_RECORDED_HPP
