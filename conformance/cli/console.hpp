// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_CLI_CONSOLE_HPP
#define SNAPPROTO_CONFORMANCE_CLI_CONSOLE_HPP

// What a person at a terminal sees: progress, cases, summary, claim.

#include "conformance/check.hpp"
#include "conformance/result.hpp"

#include <cstdio>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// Writes for people. Colours only on a terminal, and never when NO_COLOR is set and not empty.
class console {
  public:
    /// @param out where the tables go: standard output, or standard error when a report has that.
    console(std::FILE* out, bool quiet);

    void before(const check& one, std::size_t index, std::size_t total);
    void after(const case_result& one);
    /// Of long work inside of one case; shown now and then.
    void progress(std::size_t done, std::size_t of, std::string_view what);
    /// Everything about the cases that did not pass, the table, and the claim.
    void summary(const run_result& run, double seconds);
    void line(std::string_view words);

  private:
    enum class colour { plain, bold, green, red, yellow, grey };
    [[nodiscard]] std::string painted(std::string_view words, colour with) const;
    [[nodiscard]] static colour colour_of(status which);
    void clear_progress();
    void print(std::string_view words);
    void print_deviation(const case_result& one);
    void print_skips(const run_result& run);
    void print_table(const run_result& run);

    std::FILE* m_out;
    bool m_quiet;
    bool m_colours;
    bool m_progress; ///< Standard error is a terminal.
    bool m_progress_shown = false;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_CLI_CONSOLE_HPP
