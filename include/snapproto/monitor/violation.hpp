// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MONITOR_VIOLATION_HPP
#define SNAPPROTO_MONITOR_VIOLATION_HPP

// What a monitor has to say: one property of SP chapter 18, broken at one place of a recording.

#include <snapproto/core/clause.hpp>
#include <snapproto/core/ids.hpp>
#include <snapproto/core/time.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace snapproto::monitor {

/// One breach.
struct violation {
    /// Which of the 26 properties: SP 18.`property`.
    std::uint8_t property = 0;

    /// The clause that says most exactly what was required.
    clause governed_by{};

    /// When it was broken: the instant of the record, or the deadline that passed.
    instant at{};

    /// The index, from 0, of the record with which it became certain; the number of records for
    /// what became certain at the end.
    std::size_t record = 0;

    /// The agent concerned, or `trace::no_agent`.
    agent_index agent = 0;

    /// The transaction concerned, if one was known.
    txn_id txn{};

    /// What happened, for people.
    std::string sentence;

    friend bool operator==(const violation&, const violation&) = default;
};

} // namespace snapproto::monitor

#endif // SNAPPROTO_MONITOR_VIOLATION_HPP
