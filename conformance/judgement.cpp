// SPDX-License-Identifier: BSL-1.0
#include "conformance/judgement.hpp"

#include <fmt/format.h>

namespace snapproto::conformance {

void judgement::require(bool holds, std::string_view requirement, std::string_view expected,
                        std::string_view actual) {
    if (!holds) {
        fail(requirement, expected, actual);
    }
}

bool judgement::expect(bool holds, std::string_view requirement, std::string_view expected,
                       std::string_view actual) {
    if (!holds) {
        m_findings.push_back(
            {std::string(requirement), std::string(expected), std::string(actual)});
        m_log.event(now(), m_ours, fmt::format("does not hold: {}", requirement));
    }
    return holds;
}

void judgement::fail(std::string_view requirement, std::string_view expected,
                     std::string_view actual) {
    m_log.event(now(), m_ours, fmt::format("does not hold: {}", requirement));
    throw check_failed({std::string(requirement), std::string(expected), std::string(actual)});
}

void judgement::skip(const std::string& reason) {
    throw check_skipped(skip_kind::not_judged, reason);
}

void judgement::inapplicable(const std::string& reason) {
    throw check_skipped(skip_kind::inapplicable, reason);
}

void judgement::note(std::string_view text) {
    m_notes.emplace_back(text);
    m_log.event(now(), m_ours, fmt::format("note: {}", text));
}

} // namespace snapproto::conformance
