// SPDX-License-Identifier: BSL-1.0
#include "conformance/selection.hpp"

#include "conformance/spec/clauses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include <fnmatch.h>

namespace snapproto::conformance {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, change});
        }
    }
    return row.back();
}

bool any_matches(const std::vector<std::string>& globs, const check& one) {
    return std::any_of(globs.begin(), globs.end(),
                       [&](const std::string& glob) { return matches(glob, one); });
}

void require_each_to_match(const std::vector<std::string>& globs, std::string_view flag,
                           std::span<const check> all) {
    for (const auto& glob : globs) {
        if (std::none_of(all.begin(), all.end(),
                         [&](const check& one) { return matches(glob, one); })) {
            std::vector<std::string> known;
            for (const check& one : all) {
                known.push_back(one.id());
                known.push_back(clause_id(one.about).substr(3));
                known.emplace_back(one.title);
            }
            const std::string_view near = nearest(glob, known);
            throw std::invalid_argument(fmt::format(
                "{} '{}' matches no check{} (snapcheck list shows them all)", flag, glob,
                near.empty() ? std::string{} : fmt::format("; did you mean '{}'?", near)));
        }
    }
}

} // namespace

bool matches(const std::string& glob, const check& one) {
    const std::string clause = clause_id(one.about);
    const auto hits = [&](const std::string& text) {
        return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
    };
    return hits(one.id()) || hits(clause) || hits(clause.substr(3)) || hits(std::string(one.title));
}

std::vector<const check*> select(std::span<const check> all, const selection& wanted) {
    require_each_to_match(wanted.only, "--only", all);
    require_each_to_match(wanted.skip, "--skip", all);
    std::vector<const check*> out;
    for (const check& one : all) {
        if ((wanted.only.empty() || any_matches(wanted.only, one)) &&
            !any_matches(wanted.skip, one)) {
            out.push_back(&one);
        }
    }
    return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string> known) {
    std::string_view best;
    std::size_t best_distance = word.size() / 3 + 1;
    for (const auto& one : known) {
        // A beginning counts as near: "--base" for "--baseline".
        const bool begins = word.size() >= 4 && one.starts_with(word);
        const std::size_t far = begins ? 1 : distance(word, one);
        if (far < best_distance || (far == best_distance && best.empty())) {
            best = one;
            best_distance = far;
        }
    }
    return best;
}

} // namespace snapproto::conformance
