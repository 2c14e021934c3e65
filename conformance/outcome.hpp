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

/// Why a check gave no verdict.
enum class skip_kind {
    not_judged,   ///< It applies, but cannot be judged here.
    inapplicable, ///< The clause does not apply to this agent or transport.
};

/// The check gives no verdict; what() is the reason.
class check_skipped : public std::runtime_error {
  public:
    check_skipped(skip_kind why, const std::string& reason)
        : std::runtime_error(reason), m_kind(why) {}
    [[nodiscard]] skip_kind kind() const noexcept { return m_kind; }

  private:
    skip_kind m_kind;
};

/// The time bound of the whole check ran out; the runner makes a failure of it.
class out_of_time : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The user has asked to stop (Ctrl-C); the runner thaws what is frozen and ends.
class interrupted : public std::runtime_error {
  public:
    interrupted() : std::runtime_error("interrupted") {}
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_OUTCOME_HPP
