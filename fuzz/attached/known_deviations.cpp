// SPDX-License-Identifier: BSL-1.0
#include "fuzz/attached/known_deviations.hpp"

#include "conformance/baseline.hpp"
#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <stdexcept>

namespace snapproto::fuzz {
namespace {

using conformance::level;

[[noreturn]] void no_clause(std::string_view text) {
    throw std::invalid_argument(fmt::format(
        "there is no clause '{}'; clauses look like 27.1 (snapcheck spec clauses)", text));
}

std::uint16_t number_of(std::string_view digits, std::string_view all) {
    std::uint16_t made = 0;
    const char* const end = digits.data() + digits.size();
    if (const auto [at, failed] = std::from_chars(digits.data(), end, made);
        failed != std::errc{} || at != end) {
        no_clause(all);
    }
    return made;
}

} // namespace

void known_deviations::add(std::string_view clause) {
    std::string_view text = clause.substr(0, clause.find('/'));
    if (text.starts_with("SP ")) {
        text.remove_prefix(3);
    }
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) {
        no_clause(clause);
    }
    const snapproto::clause which{number_of(text.substr(0, dot), clause),
                                  number_of(text.substr(dot + 1), clause)};
    if (conformance::find_clause(which) == nullptr) {
        no_clause(clause);
    }
    m_known[which];
}

void known_deviations::add_baseline(std::string_view text, const std::string& name) {
    try {
        for (const auto& one : conformance::read_baseline(text).entries) {
            if (one.expected == conformance::status::fail ||
                one.expected == conformance::status::warn) {
                add(one.id);
            }
        }
    } catch (const std::invalid_argument& wrong) {
        throw std::invalid_argument(name + ": " + wrong.what());
    }
}

bool known_deviations::passes(const breach& found) const {
    const auto* const clause = conformance::find_clause(found.governed_by);
    const bool recommended = clause != nullptr && clause->strength != level::must;
    return !found.crash && (knows(found.governed_by) || (!m_should_counts && recommended));
}

bool known_deviations::pass(const breach& found) {
    if (!passes(found)) {
        return false;
    }
    auto& entries = knows(found.governed_by) ? m_known : m_recommended;
    entry& met = entries[found.governed_by];
    if (met.met++ == 0) {
        met.sentence = found.sentence;
    }
    return true;
}

std::string known_deviations::summary() const {
    std::string lines;
    const auto add_lines = [&](const auto& entries, std::string_view why) {
        for (const auto& [which, one] : entries) {
            if (one.met != 0) {
                lines += fmt::format("met {} times, {}: SP {}.{}: {}\n", one.met,
                                     one.found ? "found above" : why, which.chapter, which.number,
                                     one.sentence);
            }
        }
    };
    add_lines(m_known, "known");
    add_lines(m_recommended, "a SHOULD");
    return lines;
}

} // namespace snapproto::fuzz
