// SPDX-License-Identifier: BSL-1.0
#include "conformance/result.hpp"

#include "snapproto/version.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace snapproto::conformance {

std::string_view name(status which) noexcept {
    switch (which) {
    case status::pass:
        return "pass";
    case status::fail:
        return "fail";
    case status::warn:
        return "warn";
    case status::skip:
        return "skip";
    }
    return "?";
}

std::size_t& counts::of(status which) noexcept {
    switch (which) {
    case status::pass:
        return pass;
    case status::fail:
        return fail;
    case status::warn:
        return warn;
    case status::skip:
        break;
    }
    return skip;
}

std::size_t counts::of(status which) const noexcept {
    counts copy = *this;
    return copy.of(which);
}

counts run_result::sum() const {
    counts out;
    for (const auto& one : cases) {
        ++out.of(one.verdict);
    }
    return out;
}

counts run_result::sum(level of) const {
    counts out;
    for (const auto& one : cases) {
        if (one.strength == of) {
            ++out.of(one.verdict);
        }
    }
    return out;
}

claim claim_of(const run_result& run) {
    const counts must = run.sum(level::must);
    const counts should = run.sum(level::should);
    const std::size_t inapplicable = static_cast<std::size_t>(
        std::count_if(run.cases.begin(), run.cases.end(), [](const case_result& one) {
            return one.strength == level::must && one.verdict == status::skip &&
                   one.skipped == skip_kind::inapplicable;
        }));
    const std::size_t not_judged = must.skip - inapplicable;
    const std::size_t applicable = must.pass + must.fail + not_judged;
    if (must.fail > 0) {
        return {false, fmt::format("does not conform: {} of {} MUST checks failed", must.fail,
                                   applicable)};
    }
    if (run.interrupted) {
        return {false, "no claim: the run was interrupted"};
    }
    if (!run.all_selected) {
        return {false, fmt::format("no claim: only a selection of the checks ran ({} MUST checks "
                                   "passed, none failed)",
                                   must.pass)};
    }
    if (applicable == 0) {
        return {false, "no claim: no MUST check applied"};
    }
    if (not_judged > 0) {
        return {false,
                fmt::format("partial: {} of {} MUST checks passed and none failed, but {} could "
                            "not be judged, so \"conforms\" cannot be claimed",
                            must.pass, applicable, not_judged)};
    }
    const bool all_should = should.pass > 0 && should.warn == 0 && should.skip == 0;
    // Role, dialect, levels, version: without them nobody can repeat the judgement (SP 1.1).
    std::string words =
        fmt::format("conforms as {}, {}, {}, version {}: all {} MUST checks that apply passed",
                    name(run.judged), run.dialect, all_should ? "MUST and SHOULD" : "MUST",
                    SNAPPROTO_VERSION_STRING, applicable);
    if (inapplicable > 0) {
        words += fmt::format(" ({} do not apply to this {} or transport)", inapplicable,
                             name(run.judged));
    }
    if (should.warn > 0) {
        words += fmt::format("; {} SHOULD checks show a deviation", should.warn);
    }
    return {true, words};
}

} // namespace snapproto::conformance
