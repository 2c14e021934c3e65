// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/campaign.hpp"

#include "conformance/interrupt.hpp"

#include <snapproto/fuzz.hpp>

#include <fmt/format.h>

#include <cstdio>

#include <unistd.h>

namespace snapproto::fuzz {
namespace {

using namespace std::chrono_literals;

constexpr int interrupted = 130;
constexpr auto minimise_max = 90s; ///< Of a real agent, which may take its time for each answer.

} // namespace

campaign::campaign(const options& asked)
    : m_asked(asked),
      m_known(!asked.is_real() || asked.strict),
      m_terminal(::isatty(STDERR_FILENO) != 0) {
    for (const std::string& each : asked.expect) {
        m_known.add_baseline(read_file(each), each);
    }
    for (const std::string& each : asked.passing) {
        m_known.add(each);
    }
}

double campaign::took() const {
    return std::chrono::duration<double>(steady::now() - m_began).count();
}

std::string campaign::rates() const {
    const double seconds = std::max(took(), 1e-9);
    std::string text = fmt::format("{} conversations in {:.1f} s, {:.0f} a second", m_runs, seconds,
                                   static_cast<double>(m_runs) / seconds);
    if (m_messages != 0) {
        text += fmt::format("; {} messages, {:.0f} a second", m_messages,
                            static_cast<double>(m_messages) / seconds);
    }
    return text;
}

bool campaign::go_on(std::size_t runs, std::size_t messages, std::size_t reached) {
    m_runs = runs;
    m_messages = messages;
    m_reached = reached;
    const auto now = steady::now();
    if (m_terminal && now - m_told > 1s) {
        m_told = now;
        std::fprintf(stderr, "\r%s; %zu reached, %zu findings ", rates().c_str(), m_reached,
                     m_findings);
    }
    const auto bound = std::chrono::seconds{m_asked.seconds};
    return runs < m_asked.runs && (m_asked.seconds == 0 || now - m_began < bound) &&
           !conformance::stop_requested();
}

bool campaign::may_minimise() const {
    return !m_asked.as_is && !conformance::stop_requested() &&
           (!m_asked.is_real() || steady::now() - m_minimises_from < minimise_max);
}

bool campaign::take(const breach& found, const std::function<std::optional<breach>()>& again,
                    const std::function<shown_finding()>& small) {
    if (m_known.pass(found)) {
        return true;
    }
    if (found.crash && m_crashes++ != 0) {
        return true; // one is shown
    }
    for (int i = 0; m_asked.is_real() && i < 2 && !found.crash; ++i) {
        const auto second = again();
        if (!second || second->governed_by != found.governed_by) {
            if (m_unconfirmed++ == 0) {
                m_unconfirmed_first = describe(found);
            }
            return true;
        }
    }
    ++m_findings;
    m_minimises_from = steady::now();
    const shown_finding shown = small();
    std::printf("%s%s\n", m_terminal ? "\n" : "", shown.story.c_str());
    std::fflush(stdout);
    if (!m_asked.out.empty()) {
        const std::string file =
            m_findings == 1 ? m_asked.out : fmt::format("{}-{}", m_asked.out, m_findings);
        write_file(file, shown.input);
        if (!shown.recording.empty()) {
            write_file(file + ".jsonl", shown.recording);
        }
    }
    if (m_asked.go_on && !found.crash) {
        m_known.add_found(found.governed_by);
    }
    return m_asked.go_on;
}

int campaign::finish(const std::string& bounds) {
    std::printf("%s%s; %zu%s reached\n", m_terminal ? "\n" : "", rates().c_str(), m_reached,
                bounds.c_str());
    std::printf("%s", m_known.summary().c_str());
    if (m_unconfirmed != 0) {
        std::printf("%zu breaches were not seen again when the same was played, the first: %s\n",
                    m_unconfirmed, m_unconfirmed_first.c_str());
    }
    if (m_crashes > 1) {
        std::printf("%zu times the process was ended by a signal\n", m_crashes);
    }
    const bool stopped = conformance::stop_requested();
    std::printf("%s%zu finding%s\n", stopped ? "stopped; " : "", m_findings,
                m_findings == 1 ? "" : "s");
    return m_findings != 0 ? 1 : stopped ? interrupted : 0;
}

int hunt_in_each(std::string_view noun, const std::vector<catalogue_entry>& all,
                 const std::function<catalogue_result(const catalogue_entry&)>& hunt_in_one) {
    using steady = std::chrono::steady_clock;
    std::size_t wrong = 0;
    fmt::print("{:<32} {:>7} {:>8}  what is found\n", noun, "runs", "seconds");
    for (const catalogue_entry& one : all) {
        const auto began = steady::now();
        const catalogue_result got = hunt_in_one(one);
        if (conformance::stop_requested()) {
            fmt::print("stopped\n");
            return interrupted;
        }
        fmt::print("{:<32} {:>7} {:>8.3f}  {}\n", one.name, got.runs,
                   std::chrono::duration<double>(steady::now() - began).count(),
                   got.found ? describe(*got.found) : "nothing found");
        std::fflush(stdout);
        wrong += got.found.has_value() == one.faulty ? 0U : 1U;
    }
    fmt::print("{} {}s with another result than they have to have\n", wrong, noun);
    return wrong == 0 ? 0 : 1;
}

} // namespace snapproto::fuzz
