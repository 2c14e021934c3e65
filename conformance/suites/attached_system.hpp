// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SUITES_ATTACHED_SYSTEM_HPP
#define SNAPPROTO_CONFORMANCE_SUITES_ATTACHED_SYSTEM_HPP

// An attached agent as something that answers words of inputs: what a dialect has to have for the
// generated suites and for learning.

#include "conformance/attach/target.hpp"
#include "conformance/suites/system.hpp"
#include "conformance/transcript.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace snapproto::conformance::suites {

/// The machine that a client of an agent sees, if the agent keeps the clauses.
struct specification {
    mealy_machine machine;
    std::string choices; ///< What the clauses leave to the agent, as this one has it; in words.
};

class attached_system : public system_under_test {
  public:
    /// Whether it makes sense: without anything to freeze it does not.
    [[nodiscard]] virtual support can_be_asked() const = 0;

    /// The inputs by name, in order.
    [[nodiscard]] virtual std::vector<std::string> input_names() const = 0;

    /// How the agent is brought to its first state before each word: an assumption which a report
    /// has to name.
    [[nodiscard]] virtual std::string how_reset() const = 0;

    /// The machine over these inputs. Where the clauses leave a choice, the agent is asked.
    ///
    /// @param asked this, or what remembers its answers
    /// @throws unreachable, check_failed
    [[nodiscard]] virtual specification specify(system_under_test& asked) const = 0;

    /// Forgets what was recorded, so that transcript() shows the next word alone.
    virtual void start_recording() = 0;
    [[nodiscard]] virtual std::vector<transcript_entry> transcript() = 0;

    /// Leaves the agent thawed. @return what there was to do about it; empty if nothing
    [[nodiscard]] virtual std::string leave() = 0;
};

/// Words have no bound of their own: each input has one.
inline constexpr duration unbounded = std::chrono::hours{24 * 365};

struct system_settings {
    double timeout_scale = 1.0;
    std::uint64_t seed = 1;
};

/// The agent behind the inputs of its dialect. @throws std::invalid_argument for a dialect that
/// has none
[[nodiscard]] std::unique_ptr<attached_system> make_system(target& agent,
                                                           const system_settings& how);

} // namespace snapproto::conformance::suites

#endif // SNAPPROTO_CONFORMANCE_SUITES_ATTACHED_SYSTEM_HPP
