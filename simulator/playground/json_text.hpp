// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_PLAYGROUND_JSON_TEXT_HPP
#define SNAPPROTO_SIMULATOR_PLAYGROUND_JSON_TEXT_HPP

// JSON as it is written here: members in the order in which they are added.

#include <snapproto/codec/json_writer.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace snapproto::playground {

[[nodiscard]] inline std::string json_of(std::string_view text) {
    std::string made;
    codec::put_string(made, text);
    return made;
}
[[nodiscard]] inline std::string json_of(const std::string& text) {
    return json_of(std::string_view{text});
}
[[nodiscard]] inline std::string json_of(const char* text) {
    return json_of(std::string_view{text});
}
[[nodiscard]] inline std::string json_of(std::same_as<bool> auto value) {
    return value ? "true" : "false";
}
template <std::integral Number>
    requires(!std::same_as<Number, bool>)
[[nodiscard]] std::string json_of(Number value) {
    return std::to_string(value);
}

/// An array of what `write` makes of each.
template <class Range, class Write>
[[nodiscard]] std::string json_array(const Range& all, Write&& write) {
    std::string made{"["};
    for (const auto& one : all) {
        const std::string text = write(one);
        if (!text.empty()) {
            made.append(made.size() == 1 ? "" : ",").append(text);
        }
    }
    return made.append("]");
}

/// An object that is written member by member.
class json_object {
  public:
    template <class Value>
    json_object& add(std::string_view name, const Value& value) {
        return add_json(name, json_of(value));
    }
    /// @param value JSON.
    json_object& add_json(std::string_view name, std::string_view value) {
        m_text.append(m_text.empty() ? "{" : ",").append(json_of(name)).append(":").append(value);
        return *this;
    }
    [[nodiscard]] std::string text() const { return (m_text.empty() ? "{" : m_text) + "}"; }

  private:
    std::string m_text;
};

} // namespace snapproto::playground

#endif // SNAPPROTO_SIMULATOR_PLAYGROUND_JSON_TEXT_HPP
