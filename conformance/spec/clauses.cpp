// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/clauses.hpp"

#include "conformance/spec/spec_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

bool take(std::string_view& text, std::string_view head) {
    if (!text.starts_with(head)) {
        return false;
    }
    text.remove_prefix(head.size());
    return true;
}

bool take_number(std::string_view& text, std::uint16_t& number) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || number == 0) {
        return false;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

std::optional<clause_info> read_heading(std::string_view line) {
    clause_info out;
    if (!take(line, "### SP ") || !take_number(line, out.number.chapter) || !take(line, ".") ||
        !take_number(line, out.number.number) || !take(line, " ")) {
        return std::nullopt;
    }
    bool known = false;
    for (const level one : {level::must, level::should, level::may}) {
        if (!known && take(line, std::string(name(one)) + ": ")) {
            out.strength = one;
            known = true;
        }
    }
    if (!known || line.empty()) {
        return std::nullopt;
    }
    out.title = std::string(line);
    return out;
}

std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" \t\n");
    if (first == std::string::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t\n") - first + 1);
}

} // namespace

std::string clause_id(snapproto::clause number) {
    return fmt::format("SP {}.{}", number.chapter, number.number);
}

std::string clause_info::id() const {
    return clause_id(number);
}

std::vector<clause_info> read_clauses(std::string_view text) {
    std::vector<clause_info> all;
    bool inside = false;
    for (std::size_t line_number = 1; !text.empty(); ++line_number) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.starts_with("### SP")) {
            auto next = read_heading(line);
            if (!next) {
                throw std::invalid_argument(
                    fmt::format("line {}: not a clause heading: {}", line_number, line));
            }
            if (std::any_of(all.begin(), all.end(),
                            [&](const auto& one) { return one.number == next->number; })) {
                throw std::invalid_argument(
                    fmt::format("line {}: {} appears twice", line_number, next->id()));
            }
            all.push_back(std::move(*next));
            inside = true;
        } else if (line.starts_with("# ") || line.starts_with("## ") || line.starts_with("### ")) {
            inside = false;
        } else if (inside) {
            all.back().text.append(line).push_back('\n');
        }
    }
    for (auto& one : all) {
        one.text = trimmed(one.text);
    }
    return all;
}

const std::vector<clause_info>& clauses_of_spec() {
    static const std::vector<clause_info> all = read_clauses(spec_text());
    return all;
}

const clause_info* find_clause(snapproto::clause number) {
    const auto& all = clauses_of_spec();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.number == number; });
    return found == all.end() ? nullptr : &*found;
}

level level_of(const check& one) {
    const clause_info* info = find_clause(one.about);
    const level of_clause = info != nullptr ? info->strength : level::must;
    return one.lowered ? std::max(of_clause, *one.lowered) : of_clause;
}

} // namespace snapproto::conformance
