// SPDX-License-Identifier: BSL-1.0
#include "conformance/cli/console.hpp"

#include "conformance/report/report.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <map>
#include <vector>

#include <unistd.h>

namespace snapproto::conformance {
namespace {

bool set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != 0;
}

bool is_dumb() {
    const char* term = std::getenv("TERM");
    return term != nullptr && std::string_view(term) == "dumb";
}

} // namespace

console::console(std::FILE* out, bool quiet)
    : m_out(out),
      m_quiet(quiet),
      m_colours(::isatty(::fileno(out)) != 0 && !set("NO_COLOR") && !is_dumb()),
      m_progress(::isatty(STDERR_FILENO) != 0 && !is_dumb()) {}

std::string console::painted(std::string_view words, colour with) const {
    if (!m_colours || with == colour::plain) {
        return std::string(words);
    }
    const char* code = "";
    switch (with) {
    case colour::bold:
        code = "1";
        break;
    case colour::green:
        code = "32";
        break;
    case colour::red:
        code = "31;1";
        break;
    case colour::yellow:
        code = "33";
        break;
    case colour::grey:
    case colour::plain:
        code = "90";
        break;
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code, words);
}

console::colour console::colour_of(status which) {
    switch (which) {
    case status::pass:
        return colour::green;
    case status::fail:
        return colour::red;
    case status::warn:
        return colour::yellow;
    case status::skip:
        break;
    }
    return colour::grey;
}

void console::clear_progress() {
    if (m_progress_shown) {
        std::fputs("\r\x1b[K", stderr);
        std::fflush(stderr);
        m_progress_shown = false;
    }
}

void console::print(std::string_view words) {
    fmt::print(m_out, "{}", words);
}

void console::line(std::string_view words) {
    clear_progress();
    fmt::print(m_out, "{}\n", words);
    std::fflush(m_out);
}

void console::before(const check& one, std::size_t index, std::size_t total) {
    if (m_progress) {
        clear_progress();
        fmt::print(stderr, "[{}/{}] {} {:.60}", index + 1, total, one.id(), one.title);
        std::fflush(stderr);
        m_progress_shown = true;
    }
}

void console::progress(std::size_t done, std::size_t of, std::string_view what) {
    constexpr std::size_t every = 100;
    if (m_progress && (done % every == 0 || done == of)) {
        clear_progress();
        fmt::print(stderr, "{} of {} {}", done, of, what);
        std::fflush(stderr);
        m_progress_shown = true;
    }
}

void console::after(const case_result& one) {
    clear_progress();
    if (!m_quiet) {
        fmt::print(m_out, "{}  {:<7} {:<6} {}\n",
                   painted(name(one.verdict), colour_of(one.verdict)), one.id, name(one.strength),
                   one.title);
        std::fflush(m_out);
    }
}

void console::print_deviation(const case_result& one) {
    print(fmt::format("\n{} {} {}\n", painted(name(one.verdict), colour_of(one.verdict)), one.id,
                      painted(one.title, colour::bold)));
    print(fmt::format("  clause      {} {}{}{}\n", one.clause, name(one.strength),
                      one.clause_title.empty() ? "" : ": ", one.clause_title));
    print(fmt::format("  requirement {}\n  expected    {}\n  actual      {}\n",
                      one.found.requirement, one.found.expected, one.found.actual));
    for (const auto& more : one.further) {
        print(fmt::format("  also        {}: expected {}, actual {}\n", more.requirement,
                          more.expected, more.actual));
    }
    for (const auto& note : one.notes) {
        print(fmt::format("  note        {}\n", note));
    }
    if (!one.mend.empty()) {
        print(fmt::format("  to mend it  {}\n", one.mend));
    }
    print("  transcript\n" + painted(transcript_lines(one), colour::grey));
    if (!one.agent_output.empty()) {
        print("  output of the agent\n" + painted(one.agent_output, colour::grey) + "\n");
    }
    print(fmt::format("  replay      {}\n", one.replay));
}

void console::print_skips(const run_result& run) {
    std::map<std::string, std::vector<std::string>> by_reason;
    for (const auto& one : run.cases) {
        if (one.verdict == status::skip) {
            const std::string kind =
                one.skipped == skip_kind::inapplicable ? "does not apply: " : "not judged: ";
            by_reason[kind + one.reason].push_back(one.id);
        }
    }
    if (!by_reason.empty()) {
        print("\nskipped (a skipped check is never a passed one)\n");
    }
    for (const auto& [reason, ids] : by_reason) {
        print(fmt::format("  {:>3}  {} ({})\n", ids.size(), reason, fmt::join(ids, " ")));
    }
}

void console::print_table(const run_result& run) {
    print(fmt::format("\n  {:<8}{:>6}{:>6}{:>6}{:>6}\n", "level", "pass", "fail", "warn", "skip"));
    const auto row = [&](std::string_view label, const counts& sum) {
        std::string out = fmt::format("  {:<8}", label);
        for (const status one : all_statuses) {
            const std::string number = fmt::format("{:>6}", sum.of(one));
            out += sum.of(one) > 0 ? painted(number, colour_of(one)) : number;
        }
        print(out + "\n");
    };
    for (const level one : {level::must, level::should, level::may}) {
        row(name(one), run.sum(one));
    }
    row("all", run.sum());
}

void console::summary(const run_result& run, double seconds) {
    clear_progress();
    for (const auto& one : run.cases) {
        if (one.deviates() && !m_quiet) {
            print_deviation(one);
        }
    }
    print_skips(run);
    print_table(run);
    const claim words = claim_of(run);
    print(fmt::format("\ntarget: {}\n{} cases in {:.2f} s, seed {}\n{}\n", run.target,
                      run.cases.size(), seconds, run.seed,
                      painted(words.words, words.conforms                  ? colour::green
                                           : run.sum(level::must).fail > 0 ? colour::red
                                                                           : colour::yellow)));
    std::fflush(m_out);
}

} // namespace snapproto::conformance
