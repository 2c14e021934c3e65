// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/promela/promela.hpp"

#include "conformance/spec/promela/promela_text.hpp"
#include "conformance/spec/promela/tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

/// The faults of the environment, by the words of `snapsim explore --faults`.
const std::vector<std::string>& faults() {
    static const std::vector<std::string> all{
        "loss",  "duplicate",  "stale", "timeout", "veto", "early",   "release", "stop",
        "crash", "host_crash", "clone", "cancel",  "cut",  "silence", "noise"};
    return all;
}

constexpr std::size_t sessions_max = 3;

std::size_t in_range(std::size_t value, std::size_t least, std::size_t most, const char* name) {
    if (value < least || value > most) {
        throw std::invalid_argument(fmt::format("--{} is {} to {}", name, least, most));
    }
    return value;
}

void require_word(const std::string& word, const std::vector<std::string>& known,
                  const char* what) {
    if (std::find(known.begin(), known.end(), word) == known.end()) {
        throw std::invalid_argument(
            fmt::format("'{}' is no {}; there are: {}", word, what, fmt::join(known, " ")));
    }
}

/// "all,-loss": words from left to right, all, none, one, or -one.
std::vector<std::string> faults_from(std::string_view words) {
    std::vector<std::string> chosen;
    for (;;) {
        const auto at = words.find(',');
        std::string word{words.substr(0, at)};
        if (word == "all") {
            chosen = faults();
        } else if (word.starts_with('-')) {
            word.erase(0, 1);
            require_word(word, faults(), "fault");
            chosen.erase(std::remove(chosen.begin(), chosen.end(), word), chosen.end());
        } else if (word != "none") {
            require_word(word, faults(), "fault");
            chosen.push_back(word);
        }
        if (at == std::string_view::npos) {
            return chosen;
        }
        words.remove_prefix(at + 1);
    }
}

std::string upper(std::string word) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return word;
}

std::string configuration(const promela_options& options) {
    require_word(options.dialect, {"native", "qga"}, "dialect of this model");
    require_word(options.flaw, promela_flaws(), "flaw");
    std::string text = fmt::format(
        "/* The model of docs/verification.md: snapcheck spec promela --dialect {} --agents {}\n"
        " * --participants {} --sessions {} --fault-budget {} --faults {}\n */\n\n",
        options.dialect, in_range(options.agents, 1, 3, "agents"),
        in_range(options.participants, 1, 3, "participants"),
        in_range(options.sessions, 1, sessions_max, "sessions"),
        in_range(options.fault_budget, 0, 7, "fault-budget"), options.faults);
    const auto define = [&](const std::string& name, auto value) {
        text += fmt::format("#define {} {}\n", name, value);
    };
    define("QGA", options.dialect == "qga" ? 1 : 0);
    define("AGENTS", options.agents);
    define("PARTICIPANTS", options.participants);
    define("SESSIONS", options.sessions);
    define("SESSIONS_MAX", sessions_max);
    define("FAULT_BUDGET", options.fault_budget);
    const auto chosen = faults_from(options.faults);
    for (const auto& one : faults()) {
        define("FAULT_" + one,
               std::find(chosen.begin(), chosen.end(), one) == chosen.end() ? 0 : 1);
    }
    for (const auto& one : promela_flaws()) {
        if (one != "none") {
            define("FLAW_" + upper(one), one == options.flaw ? 1 : 0);
        }
    }
    define("MUTATED", options.mutation.empty() ? 0 : 1);
    define("LIVENESS", options.liveness ? 1 : 0);
    return text + '\n';
}

} // namespace

const std::vector<std::string>& promela_flaws() {
    static const std::vector<std::string> all{"none",
                                              "not_held_is_clean",
                                              "cut_at_first",
                                              "no_hold_timer",
                                              "no_transaction_ids",
                                              "late_hold_is_kept",
                                              "thaw_counts_all",
                                              "requests_outlive_close",
                                              "no_resync"};
    return all;
}

std::string promela_model(const promela_options& options) {
    std::optional<promela_mutation> mutation;
    if (!options.mutation.empty()) {
        mutation = promela_mutation_from(options.mutation);
    }
    std::string text = configuration(options) + promela_words();
    for (const auto part : {promela_text::state(), promela_text::link(),
                            promela_text::agent_words(), promela_text::orchestrator_words()}) {
        text += part;
        text += '\n';
    }
    text += promela_tables(mutation) + '\n';
    for (const auto part :
         {promela_text::agent(), promela_text::orchestrator(), promela_text::environment()}) {
        text += part;
        text += '\n';
    }
    if (options.liveness) {
        text += promela_text::formulas();
    }
    return text;
}

} // namespace snapproto::conformance
