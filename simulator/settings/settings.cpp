// SPDX-License-Identifier: BSL-1.0
#include "simulator/settings/settings.hpp"

#include <snapproto/codec/json_document.hpp>
#include <snapproto/codec/json_parser.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace snapproto::settings {
namespace {

using codec::json_kind;
using codec::json_value;

[[noreturn]] void refuse(std::string why) {
    throw error(std::move(why));
}

// ---- one value ----

void assign_number(const field& to, std::optional<std::int64_t> value) {
    if (!value || *value < 0 || std::cmp_less(*value, to.least) ||
        std::cmp_greater(*value, to.most)) {
        refuse(fmt::format("{} is a whole number from {} to {}", to.name, to.least, to.most));
    }
    **std::get_if<std::uint64_t*>(&to.where) = static_cast<std::uint64_t>(*value);
}

void assign_text(const field& to, std::string_view value) {
    if (!to.words.empty() && std::find(to.words.begin(), to.words.end(), value) == to.words.end()) {
        refuse(fmt::format("{} is one of: {}", to.name, fmt::join(to.words, ", ")));
    }
    **std::get_if<std::string*>(&to.where) = value;
}

void assign_value(const field& to, const json_value& value) {
    if (auto* const flag = std::get_if<bool*>(&to.where)) {
        const auto got = value.as_bool();
        if (!got) {
            refuse(fmt::format("{} is true or false", to.name));
        }
        **flag = *got;
    } else if (std::holds_alternative<std::uint64_t*>(to.where)) {
        assign_number(to, value.as_int64());
    } else {
        const auto got = value.as_text();
        if (!got) {
            refuse(fmt::format("{} is a text", to.name));
        }
        assign_text(to, *got);
    }
}

void assign_word(const field& to, std::string_view word) {
    if (auto* const flag = std::get_if<bool*>(&to.where)) {
        if (word != "true" && word != "false") {
            refuse(fmt::format("{} is true or false", to.name));
        }
        **flag = word == "true";
    } else if (std::holds_alternative<std::uint64_t*>(to.where)) {
        std::int64_t number = 0;
        const auto [end, wrong] = std::from_chars(word.data(), word.data() + word.size(), number);
        const bool whole = wrong == std::errc{} && end == word.data() + word.size();
        assign_number(to, whole ? std::optional{number} : std::nullopt);
    } else {
        assign_text(to, word);
    }
}

const field& find(std::span<const field> fields, std::string_view name) {
    const auto at =
        std::find_if(fields.begin(), fields.end(), [&](const field& f) { return f.name == name; });
    if (at == fields.end()) {
        refuse(fmt::format("there is no option '{}'", name));
    }
    return *at;
}

// ---- a document ----

/// Knows on which line a value stands that something is wrong with.
class reader {
  public:
    explicit reader(std::string_view text) : m_text(text) { parse(); }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;
    ~reader() = default;

    [[nodiscard]] json_value root() const { return m_document.root(); }

    void read_object(const json_value& from, const std::string& prefix,
                     std::span<const field> fields, std::span<const list> lists) const {
        from.for_each_member([&](const json_value& name, const json_value& value) {
            const std::string path = prefix + std::string{name.text()};
            const auto entries = std::find_if(lists.begin(), lists.end(),
                                              [&](const list& l) { return l.name == path; });
            if (entries != lists.end()) {
                read_entries(value, *entries);
            } else if (value.is(json_kind::object)) {
                read_object(value, path + ".", fields, lists);
            } else {
                at_line(value, [&] { assign_value(find(fields, path), value); });
            }
        });
    }

  private:
    void read_entries(const json_value& from, const list& entries) const {
        if (!from.is(json_kind::array)) {
            at_line(from, [&] { refuse(fmt::format("{} is a list", entries.name)); });
        }
        from.for_each_entry([&](const json_value& entry) {
            if (!entry.is(json_kind::object)) {
                at_line(entry, [&] { refuse(fmt::format("{} holds objects", entries.name)); });
            }
            const auto fields = entries.begin();
            read_object(entry, {}, fields, {});
            at_line(entry, entries.end);
        });
    }

    /// Puts the line of the value in front of a complaint.
    template <class Read>
    void at_line(const json_value& value, const Read& read) const {
        try {
            read();
        } catch (const error& wrong) {
            refuse(fmt::format("line {}: {}", line_at(value.offset()), wrong.what()));
        }
    }

    [[nodiscard]] std::size_t line_at(std::size_t offset) const {
        const auto before = m_text.substr(0, offset);
        return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
    }

    void parse() {
        constexpr std::size_t padding = 64;
        m_document.text.assign(m_text.begin(), m_text.end());
        m_document.text.push_back('\n');
        const std::size_t size = m_document.text.size();
        m_document.text.resize(size + padding);
        codec::json_parser parser;
        parser.start();
        const auto status = parser.parse(m_document, m_document.text.data(), size);
        if (status == codec::parse_status::failed) {
            refuse(fmt::format("line {}: {}", line_at(parser.wrong()), message(parser.why())));
        }
        if (status == codec::parse_status::more || !m_document.root().is(json_kind::object)) {
            refuse("line 1: this is not one JSON object");
        }
        const auto rest = m_text.substr(std::min(parser.at(), m_text.size()));
        if (const auto more = rest.find_first_not_of(" \t\r\n"); more != std::string_view::npos) {
            refuse(
                fmt::format("line {}: something follows the object", line_at(parser.at() + more)));
        }
    }

    std::string_view m_text;
    codec::json_document m_document;
};

} // namespace

void read(std::string_view text, std::span<const field> fields, std::span<const list> lists) {
    const reader from{text};
    from.read_object(from.root(), {}, fields, lists);
}

void assign(std::string_view assignment, std::span<const field> fields) {
    const auto equals = assignment.find('=');
    if (equals == std::string_view::npos) {
        refuse(fmt::format("'{}' is not KEY=VALUE", assignment));
    }
    assign_word(find(fields, assignment.substr(0, equals)), assignment.substr(equals + 1));
}

std::string value_of(const field& which) {
    return std::visit([](const auto* value) { return fmt::format("{}", *value); }, which.where);
}

std::string text_of(std::string_view text, std::string_view name) {
    std::string found;
    try {
        reader{text}.root().for_each_member([&](const json_value& member, const json_value& value) {
            if (member.text() == name) {
                found = value.as_text().value_or(std::string{});
            }
        });
    } catch (const error&) {
        return {};
    }
    return found;
}

} // namespace snapproto::settings
