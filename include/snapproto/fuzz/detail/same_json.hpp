// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_FUZZ_DETAIL_SAME_JSON_HPP
#define SNAPPROTO_FUZZ_DETAIL_SAME_JSON_HPP

// Whether two JSON texts mean the same value.

#include <snapproto/codec/json_parser.hpp>
#include <snapproto/core/limits.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace snapproto::fuzz::detail {

inline constexpr wire_limits generous{
    .frame_bytes_max = 4U << 20U, .nesting_max = 1024, .list_entries_max = 1U << 20U};

/// A text that was parsed, if it could be.
class parsed {
  public:
    explicit parsed(std::string_view text) {
        m_document.text.assign(text.begin(), text.end());
        m_document.text.push_back('\n'); // a scalar ends with the byte behind it
        const std::size_t size = m_document.text.size();
        m_document.text.resize(size + codec::padding);
        codec::json_parser parser{generous};
        parser.start();
        m_good =
            parser.parse(m_document, m_document.text.data(), size) == codec::parse_status::complete;
    }

    [[nodiscard]] explicit operator bool() const noexcept { return m_good; }
    /// @pre it could be parsed
    [[nodiscard]] codec::json_value root() const noexcept { return m_document.root(); }

  private:
    codec::json_document m_document;
    bool m_good = false;
};

[[nodiscard]] inline std::vector<codec::json_value> entries_of(const codec::json_value& array) {
    std::vector<codec::json_value> all;
    array.for_each_entry([&](codec::json_value entry) { all.push_back(entry); });
    return all;
}

// Numbers that are no integers of 64 bits are taken for equal: how they are written is free.
[[nodiscard]] inline bool same(const codec::json_value& a, const codec::json_value& b) {
    if (a.kind() != b.kind() || a.size() != b.size()) {
        return false;
    }
    switch (a.kind()) {
    case codec::json_kind::null:
        return true;
    case codec::json_kind::boolean:
        return a.as_bool() == b.as_bool();
    case codec::json_kind::number:
        return !a.as_int64() || !b.as_int64() || a.as_int64() == b.as_int64();
    case codec::json_kind::string:
        return a.text() == b.text();
    case codec::json_kind::array: {
        const auto first = entries_of(a);
        const auto second = entries_of(b);
        for (std::size_t i = 0; i < first.size(); ++i) {
            if (!same(first[i], second[i])) {
                return false;
            }
        }
        return true;
    }
    case codec::json_kind::object: {
        bool equal = true;
        a.for_each_member([&](codec::json_value name, codec::json_value value) {
            const codec::json_value other = b.find(name.text());
            equal = equal && other && same(value, other);
        });
        return equal;
    }
    }
    return false;
}

/// True when both are absent or mean the same.
[[nodiscard]] inline bool same_json(std::string_view a, std::string_view b) {
    if (a == b) {
        return true;
    }
    if (a.empty() || b.empty()) {
        return false;
    }
    const parsed first{a};
    const parsed second{b};
    return first && second && same(first.root(), second.root());
}

} // namespace snapproto::fuzz::detail

#endif // SNAPPROTO_FUZZ_DETAIL_SAME_JSON_HPP
