// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SPECIFICATION_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SPECIFICATION_HPP

// The machine that a kernel sees of a Hyper-V daemon, made from the agent's table behind the
// adapter of SP chapter 36.

#include "conformance/suites/hyperv_alphabet.hpp"
#include "conformance/suites/mealy.hpp"

#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// What the clauses only recommend: found out by asking once.
struct hyperv_choices {
    /// A freeze that finds nothing to hold is called a success (SP 36.6).
    bool empty_succeeds = false;
    /// An operation that the daemon does not do is called a success (SP 36.13).
    bool unknown_succeeds = false;

    friend bool operator==(const hyperv_choices&, const hyperv_choices&) = default;
};

/// The choices in words, for a report.
[[nodiscard]] std::string describe(const hyperv_choices& choices);

/// Minimal, and with these inputs.
[[nodiscard]] mealy_machine hyperv_specification(const std::vector<hyperv_input>& inputs,
                                                 const hyperv_choices& choices = {});

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_HYPERV_SPECIFICATION_HPP
