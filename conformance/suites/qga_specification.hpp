// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_QGA_SPECIFICATION_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_QGA_SPECIFICATION_HPP

// The machine that a client of a QGA agent sees, made from the agent's table.
//
// The table's machine is driven as SP 29.8 to 29.10 say (a freeze stands for prepare and freeze,
// transactions are made up), with applications and filesystems that do at once what they are asked.

#include "conformance/suites/mealy.hpp"
#include "conformance/suites/qga_alphabet.hpp"

#include <vector>

namespace snapproto::conformance::suites {

/// What the clauses leave to the agent, or only recommend: found out by asking once.
struct qga_choices {
    /// A freeze while frozen: refused, or the count again (SP 24.10).
    bool repeats_count = false;
    /// A freeze of an unknown mount point: refused (SP 24.5), or a freeze of nothing.
    bool ignores_unknown = false;
    /// A thaw while thawed runs the hook, which it should not (SP 26.14).
    bool thaws_in_vain = false;

    friend bool operator==(const qga_choices&, const qga_choices&) = default;
};

/// The choices in words, for a report.
[[nodiscard]] std::string describe(const qga_choices& choices);

/// Minimal, and with these inputs.
[[nodiscard]] mealy_machine qga_specification(const std::vector<qga_input>& inputs,
                                              const qga_choices& choices = {});

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_QGA_SPECIFICATION_HPP
