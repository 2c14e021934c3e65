// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_IMPL_JSONL_WRITER_HPP
#define SNAPPROTO_TRACE_IMPL_JSONL_WRITER_HPP

#include <snapproto/trace/impl/jsonl_members.hpp>
#include <snapproto/trace/impl/utf8.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <type_traits>

namespace snapproto::trace::detail {

/// Appends an integer in decimal.
template <class Integer>
void append_integer(std::string& out, Integer value) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    out.append(digits.data(), end);
}

/// Appends a JSON string; see `append_jsonl` for what happens to what does not fit.
inline void append_string(std::string& out, std::string_view text) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    std::size_t kept = 0;
    while (!text.empty()) {
        std::size_t length = utf8_length(text);
        std::string_view character = text.substr(0, length);
        if (length == 0) {
            length = 1;
            character = "\xEF\xBF\xBD";
        }
        kept += character.size();
        if (kept > note_bytes_max) {
            break;
        }
        text.remove_prefix(length);
        const auto byte = static_cast<unsigned char>(character.front());
        if (byte < 0x20) {
            out += "\\u00";
            out += hex[byte >> 4];
            out += hex[byte & 0x0F];
        } else if (byte == '"' || byte == '\\') {
            out += '\\';
            out += character;
        } else {
            out += character;
        }
    }
    out += '"';
}

/// Writes one member if it says anything.
struct member_writer {
    std::string& out;

    void name(std::string_view text) const {
        out += out.back() == '{' ? "\"" : ",\"";
        out += text;
        out += "\":";
    }

    template <class T>
    void value(const T& field) const {
        if constexpr (vocabulary<T>) {
            append_string(out, to_string(field));
        } else if constexpr (std::is_enum_v<T>) {
            append_integer(out, static_cast<std::underlying_type_t<T>>(field));
        } else if constexpr (std::is_same_v<T, instant>) {
            append_integer(out, field.time_since_epoch().count());
        } else if constexpr (std::is_same_v<T, duration>) {
            append_integer(out, field.count());
        } else if constexpr (std::is_same_v<T, clause>) {
            out += '"';
            append_integer(out, field.chapter);
            out += '.';
            append_integer(out, field.number);
            out += '"';
        } else if constexpr (std::is_same_v<T, std::string>) {
            append_string(out, field);
        } else {
            append_integer(out, field);
        }
    }

    template <class T, class Must>
    void operator()(std::string_view text, const T& field, Must) const {
        if constexpr (is_optional<T>::value) {
            if (field) {
                name(text);
                value(*field);
            }
        } else {
            if (Must::value || field != default_of(field, text)) {
                name(text);
                value(field);
            }
        }
    }

  private:
    template <class T>
    static T default_of(const T&, std::string_view text) {
        if constexpr (std::is_same_v<T, agent_index>) {
            return text == "agent" ? no_agent : T{};
        } else {
            static_cast<void>(text);
            return T{};
        }
    }
};

} // namespace snapproto::trace::detail

namespace snapproto::trace {

inline void append_jsonl(std::string& out, const record& what) {
    out += '{';
    detail::for_each_member(what, detail::member_writer{out});
    out += "}\n";
}

} // namespace snapproto::trace

#endif // SNAPPROTO_TRACE_IMPL_JSONL_WRITER_HPP
