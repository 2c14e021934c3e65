// SPDX-License-Identifier: BSL-1.0
#include "conformance/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view take_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

std::optional<status> status_named(std::string_view word) {
    for (const status one : all_statuses) {
        if (name(one) == word) {
            return one;
        }
    }
    return std::nullopt;
}

bool exists(std::span<const std::string> ids, std::string_view id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

const case_result* find_case(const run_result& run, std::string_view id) {
    const auto found = std::find_if(run.cases.begin(), run.cases.end(),
                                    [&](const case_result& one) { return one.id == id; });
    return found == run.cases.end() ? nullptr : &*found;
}

std::string short_actual(const case_result& one) {
    return one.verdict == status::skip ? one.reason : one.found.actual;
}

} // namespace

const baseline_entry* baseline::find(std::string_view id) const {
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const baseline_entry& one) { return one.id == id; });
    return found == entries.end() ? nullptr : &*found;
}

baseline read_baseline(std::string_view text) {
    baseline out;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto first = line.find_first_not_of(blanks);
        if (first == std::string_view::npos || line[first] == '#') {
            if (out.entries.empty()) {
                out.head.emplace_back(line);
            }
            continue;
        }
        const auto wrong = [&](std::string_view why) {
            return std::invalid_argument(
                fmt::format("baseline line {}: {}; a line is: ID STATUS REASON", number, why));
        };
        baseline_entry entry;
        entry.id = std::string(take_word(line));
        const std::string_view word = take_word(line);
        const auto known = status_named(word);
        if (!known || *known == status::pass) {
            throw wrong(fmt::format("'{}' is not fail, warn or skip", word));
        }
        entry.expected = *known;
        line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
        line = line.substr(0, line.find_last_not_of(blanks) + 1);
        if (line.empty()) {
            throw wrong("the reason is missing");
        }
        entry.reason = std::string(line);
        if (out.find(entry.id) != nullptr) {
            throw wrong(fmt::format("{} is there twice", entry.id));
        }
        out.entries.push_back(std::move(entry));
    }
    return out;
}

std::string write_baseline(const run_result& run, const baseline& before,
                           std::span<const std::string> existing_ids) {
    std::string out;
    if (before.head.empty()) {
        out = fmt::format("# Expected deviations of {}\n"
                          "# One a line: check, status, reason. Everything not listed must pass.\n",
                          printable(run.target, 200));
    }
    for (const auto& line : before.head) {
        out += line + '\n';
    }
    // In the order of all checks, so that a selection does not move lines about.
    for (const auto& id : existing_ids) {
        const baseline_entry* known = before.find(id);
        if (const case_result* one = find_case(run, id)) {
            if (one->verdict == status::pass) {
                continue;
            }
            const bool skipped = one->verdict == status::skip;
            const bool reason_fits =
                known != nullptr && (known->expected == status::skip) == skipped;
            const std::string reason = reason_fits ? known->reason
                                       : skipped
                                           ? printable(one->reason, 200)
                                           : "unexplained: " + printable(short_actual(*one), 160);
            out += fmt::format("{:<8} {:<5} {}\n", id, name(one->verdict), reason);
        } else if (known != nullptr) {
            out += fmt::format("{:<8} {:<5} {}\n", id, name(known->expected), known->reason);
        }
    }
    return out;
}

std::vector<std::string> compare(const run_result& run, const baseline& expected,
                                 std::span<const std::string> existing_ids) {
    std::vector<std::string> differences;
    for (const auto& one : run.cases) {
        const baseline_entry* known = expected.find(one.id);
        const status wanted = known != nullptr ? known->expected : status::pass;
        if (one.verdict == wanted) {
            continue;
        }
        std::string line = fmt::format("{}: expected {}, found {}: {}", one.id, name(wanted),
                                       name(one.verdict), one.title);
        if (one.verdict == status::pass) {
            line += fmt::format(" (accepted until now because: {})", known->reason);
        } else {
            line += fmt::format(" ({})", printable(short_actual(one), 160));
        }
        differences.push_back(std::move(line));
    }
    for (const auto& entry : expected.entries) {
        if (!exists(existing_ids, entry.id)) {
            differences.push_back(fmt::format("{}: expected {}, but there is no such check",
                                              entry.id, name(entry.expected)));
        }
    }
    return differences;
}

} // namespace snapproto::conformance
