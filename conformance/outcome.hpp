// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_OUTCOME_HPP
#define SNAPPROTO_CONFORMANCE_OUTCOME_HPP

// How a check ends early: thrown by the expectations, caught by the runner and by nobody else.

#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

namespace snapproto::conformance {

/// What was wrong: the requirement in words, what it demands here, and what was seen.
struct finding {
    std::string requirement;
    std::string expected;
    std::string actual;
};

/// The implementation does not meet the requirement.
class check_failed : public std::exception {
public:
    explicit check_failed(finding what) : m_finding(std::move(what)) {}
    [[nodiscard]] const finding& found() const noexcept { return m_finding; }
    [[nodiscard]] const char* what() const noexcept override {
        return m_finding.requirement.c_str();
    }

private:
    finding m_finding;
};

/// The check does not apply, or cannot be judged, here; what() is the reason.
class check_skipped : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// The time bound of the whole check ran out; the runner makes a failure of it.
class out_of_time : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_OUTCOME_HPP
