// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_RESULT_HPP
#define SNAPPROTO_CONFORMANCE_RESULT_HPP

// What a run found: one result per case, and the sums that reports and the exit status are made of.

#include "conformance/check.hpp"
#include "conformance/outcome.hpp"
#include "conformance/transcript.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

enum class status {
    pass, ///< The requirement is met.
    fail, ///< A MUST is not met.
    warn, ///< A SHOULD (or a MAY that the check asks about) is not met.
    skip, ///< No verdict; never counted as a pass.
};

inline constexpr std::array<status, 4> all_statuses{status::pass, status::fail, status::warn,
                                                    status::skip};

[[nodiscard]] std::string_view name(status which) noexcept; ///< "pass", "fail", "warn", "skip".

struct case_result {
    std::string id;           ///< "24.3/1".
    std::string clause;       ///< "SP 24.3".
    std::string clause_title; ///< From the specification; empty if it has no such clause.
    std::string clause_text;
    std::string title;
    level strength = level::must;
    status verdict = status::skip;
    finding found; ///< The first finding, if it failed.
    std::vector<finding> further;
    skip_kind skipped = skip_kind::not_judged;
    std::string reason; ///< Why it was skipped.
    std::vector<std::string> notes;
    std::vector<transcript_entry> transcript;
    std::string agent_output; ///< Standard error and log of the agent, for failures.
    duration took{0};         ///< In the target's time.
    std::string mend;         ///< What to look for when it deviates; empty for generated suites.
    std::string replay;       ///< The command that repeats just this case.

    [[nodiscard]] bool deviates() const noexcept {
        return verdict == status::fail || verdict == status::warn;
    }
};

struct counts {
    std::size_t pass = 0, fail = 0, warn = 0, skip = 0;

    [[nodiscard]] std::size_t& of(status which) noexcept;
    [[nodiscard]] std::size_t of(status which) const noexcept;
};

struct run_result {
    role judged = role::agent;
    std::string dialect = "qga";
    std::string target;
    std::uint64_t seed = 1;
    std::vector<case_result> cases;
    bool all_selected = true; ///< No check was left out by --only or --skip.
    bool interrupted = false;

    [[nodiscard]] counts sum() const;
    [[nodiscard]] counts sum(level of) const;
};

/// What may be claimed after a run.
struct claim {
    bool conforms = false;
    std::string words; ///< One or two sentences.
};

/// The claim that a run supports: "conforms" only if every MUST that applies was judged and met.
[[nodiscard]] claim claim_of(const run_result& run);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_RESULT_HPP
