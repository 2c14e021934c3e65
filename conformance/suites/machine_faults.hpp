// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_MACHINE_FAULTS_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_MACHINE_FAULTS_HPP

// Every single fault of the machine behind QGA: for one input in one state another answer, or
// another state that it leads to; and embedded agents that have it and no other.

#include "conformance/attach/target.hpp"
#include "conformance/suites/mealy.hpp"
#include "conformance/suites/qga_alphabet.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// One of `answer` and `held_then` is there.
struct machine_fault {
    qga_input on{};
    std::size_t held = 0; ///< Filesystems that are held when it comes: the state.
    std::string right;    ///< The answer that is specified.
    std::optional<std::string> answer;
    std::optional<std::size_t> held_then; ///< The state that it leads to.

    /// "thaw in frozen-1 says 'error'", "thaw in frozen-1 leads to frozen-2".
    [[nodiscard]] std::string name() const;

    /// Why it is no fault at all: what a clause leaves to the agent, or only recommends; empty
    /// where it is one.
    [[nodiscard]] std::string_view left_free() const;

    /// Why no named check catches it; empty where one does.
    [[nodiscard]] std::string_view unseen_by_checks() const;
    /// Why a hundred sessions do not; empty where they do.
    [[nodiscard]] std::string_view unseen_by_sessions() const;
    /// Why the complete suite for no state more does not; empty where it does.
    [[nodiscard]] std::string_view unseen_by_complete() const;

    /// States that an agent with this fault has more than the specification: before a client can
    /// go one must have come, which the specification's first state does not know.
    [[nodiscard]] std::size_t extra_states() const;
};

/// All of them: each answer that the input can get and the specification gives anywhere, or none
/// at all; each state. In order of states and inputs, answers first.
///
/// An answer that a client cannot tell from another one counts as the same: a synchronisation is
/// answered or not, and time that passes is not answered. A restart of a thawed agent is left out:
/// it is how the suites bring an agent to its first state.
[[nodiscard]] std::vector<machine_fault> single_machine_faults();

/// An embedded agent with this fault.
[[nodiscard]] std::unique_ptr<target> make_faulty(const machine_fault& with);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_MACHINE_FAULTS_HPP
