// SPDX-License-Identifier: BSL-1.0
#include "conformance/attach/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

namespace snapproto::conformance {
namespace {

constexpr std::string_view block_head = "{block:";

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
        text.replace(at, what.size(), by);
    }
}

bool is_block_list(std::string_view word) {
    return word.starts_with(block_head) && word.ends_with('}') &&
           word.size() > block_head.size() + 1;
}

/// A brace with a name inside that is no placeholder is a mistake; a JSON text in a word is not.
void refuse_unknown(const std::string& word) {
    constexpr std::array known{"{socket}", "{state}", "{hook}", "{pidfile}", "{log}"};
    for (auto open = word.find('{'); open != std::string::npos; open = word.find('{', open + 1)) {
        const auto close = word.find('}', open);
        if (close == std::string::npos) {
            return;
        }
        const std::string inside = word.substr(open, close - open + 1);
        const bool name =
            inside.size() > 2 && std::all_of(inside.begin() + 1, inside.end() - 1,
                                             [](unsigned char c) { return std::islower(c) != 0; });
        if (name && std::find(known.begin(), known.end(), inside) == known.end()) {
            throw std::invalid_argument(
                fmt::format("unknown placeholder {} (known: {} {{block:FLAG}})", inside,
                            fmt::join(known, " ")));
        }
    }
}

} // namespace

std::string shell_quoted(std::string_view word) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-+=:,./@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) {
        return std::string(word);
    }
    std::string out = "'";
    for (const char c : word) {
        if (c == '\'') {
            out += "'\\''";
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::vector<std::string> split_words(std::string_view command) {
    std::vector<std::string> words;
    std::string word;
    bool inside = false;
    char quote = 0;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        const bool escapes = c == '\\' && quote != '\'' && i + 1 < command.size();
        if (escapes) {
            word += command[++i];
            inside = true;
        } else if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                word += c;
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            inside = true;
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (inside) {
                words.push_back(std::move(word));
                word.clear();
            }
            inside = false;
        } else {
            word += c;
            inside = true;
        }
    }
    if (quote != 0) {
        throw std::invalid_argument(fmt::format("a {} is not closed in: {}", quote, command));
    }
    if (inside) {
        words.push_back(std::move(word));
    }
    return words;
}

spawn_command::spawn_command(std::string_view text) : m_text(text), m_words(split_words(text)) {
    if (m_words.empty()) {
        throw std::invalid_argument("the command of --spawn is empty");
    }
    for (const auto& word : m_words) {
        refuse_unknown(word);
    }
    if (!has("{socket}")) {
        throw std::invalid_argument("the command of --spawn has no {socket}: the agent must be "
                                    "told where to listen");
    }
}

bool spawn_command::has(std::string_view placeholder) const noexcept {
    return std::any_of(m_words.begin(), m_words.end(), [&](const std::string& word) {
        return word.find(placeholder) != std::string::npos;
    });
}

std::vector<std::string> spawn_command::words(const placeholder_values& values) const {
    std::vector<std::string> out;
    for (const auto& pattern : m_words) {
        if (is_block_list(pattern)) {
            if (!values.block_list.empty()) {
                const std::string flag =
                    pattern.substr(block_head.size(), pattern.size() - block_head.size() - 1);
                const std::string list = fmt::format("{}", fmt::join(values.block_list, ","));
                if (flag.ends_with('=')) {
                    out.push_back(flag + list);
                } else {
                    out.push_back(flag);
                    out.push_back(list);
                }
            }
            continue;
        }
        if (pattern.find("{hook}") != std::string::npos && !values.hook) {
            if (pattern == "{hook}" && out.size() > 1 && out.back().starts_with('-')) {
                out.pop_back();
            }
            continue;
        }
        std::string word = pattern;
        replace_all(word, "{socket}", values.socket);
        replace_all(word, "{state}", values.state);
        replace_all(word, "{pidfile}", values.pidfile);
        replace_all(word, "{log}", values.log);
        if (values.hook) {
            replace_all(word, "{hook}", *values.hook);
        }
        out.push_back(std::move(word));
    }
    return out;
}

} // namespace snapproto::conformance
