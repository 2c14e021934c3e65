// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_IMPL_JSONL_READER_HPP
#define SNAPPROTO_TRACE_IMPL_JSONL_READER_HPP

#include <snapproto/trace/impl/jsonl_members.hpp>
#include <snapproto/trace/impl/utf8.hpp>
#include <snapproto/trace/jsonl.hpp>

#include <bitset>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace snapproto::trace::detail {

/// A place in one line, and the first thing that was wrong with it.
class line_cursor {
  public:
    explicit line_cursor(std::string_view line) noexcept : m_line(line) {}

    [[nodiscard]] std::size_t offset() const noexcept { return m_at; }
    [[nodiscard]] bool at_end() const noexcept { return m_at == m_line.size(); }
    [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : m_line[m_at]; }
    [[nodiscard]] const std::optional<failure>& problem() const noexcept { return m_problem; }

    /// Notes the first problem. Always false, to be returned.
    bool wrong(error code, std::size_t where) {
        if (!m_problem) {
            m_problem = fail(code, where);
        }
        return false;
    }
    bool wrong(error code) { return wrong(code, m_at); }

    void skip_blanks() noexcept {
        while (!at_end() && (peek() == ' ' || peek() == '\t')) {
            ++m_at;
        }
    }

    [[nodiscard]] bool take(char expected) noexcept {
        if (peek() != expected || at_end()) {
            return false;
        }
        ++m_at;
        return true;
    }

    /// Reads a JSON string into `out`, at most `note_bytes_max` bytes of it.
    bool string(std::string& out) {
        const std::size_t start = m_at;
        out.clear();
        if (!take('"')) {
            return wrong(error::wrong_type);
        }
        for (;;) {
            if (at_end()) {
                return wrong(error::bad_syntax);
            }
            if (take('"')) {
                return true;
            }
            if (take('\\')) {
                if (!escape(out)) {
                    return false;
                }
            } else if (const std::size_t plain = plain_run(); plain != 0) {
                out += m_line.substr(m_at, plain);
                m_at += plain;
            } else {
                const std::size_t length = utf8_length(m_line.substr(m_at));
                if (length == 0 || static_cast<unsigned char>(peek()) < 0x20) {
                    return wrong(error::bad_text);
                }
                out += m_line.substr(m_at, length);
                m_at += length;
            }
            if (out.size() > note_bytes_max) {
                return wrong(error::too_long, start);
            }
        }
    }

    /// Reads a JSON integer that fits `Integer`.
    template <class Integer>
    bool integer(Integer& out) {
        const std::size_t start = m_at;
        std::size_t end = m_at;
        const auto digit = [&](std::size_t i) {
            return i < m_line.size() && m_line[i] >= '0' && m_line[i] <= '9';
        };
        if (end < m_line.size() && m_line[end] == '-') {
            ++end;
        }
        const std::size_t first = end;
        while (digit(end)) {
            ++end;
        }
        if (end == first) {
            return wrong(first == start ? error::wrong_type : error::bad_number, start);
        }
        const bool zero_first = m_line[first] == '0' && (end - first > 1 || first != start);
        const bool fraction =
            end < m_line.size() && (m_line[end] == '.' || m_line[end] == 'e' || m_line[end] == 'E');
        if (zero_first || fraction) {
            return wrong(error::bad_number, start);
        }
        const auto done = std::from_chars(m_line.data() + start, m_line.data() + end, out);
        if (done.ec != std::errc{} || done.ptr != m_line.data() + end) {
            return wrong(error::bad_number, start);
        }
        m_at = end;
        return true;
    }

  private:
    /// How many characters of ASCII follow that mean themselves.
    [[nodiscard]] std::size_t plain_run() const noexcept {
        std::size_t end = m_at;
        while (end < m_line.size() && m_line[end] >= 0x20 && m_line[end] < 0x7f &&
               m_line[end] != '"' && m_line[end] != '\\') {
            ++end;
        }
        return end - m_at;
    }

    bool escape(std::string& out) {
        const std::size_t start = m_at - 1;
        constexpr std::string_view letters = "\"\\/bfnrt";
        constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const auto index = at_end() ? std::string_view::npos : letters.find(peek());
        if (index != std::string_view::npos) {
            out += meanings[index];
            ++m_at;
            return true;
        }
        std::uint32_t point = 0;
        if (!hex(point)) {
            return wrong(error::bad_text, start);
        }
        if (point >= 0xD800 && point < 0xDC00) {
            std::uint32_t low = 0;
            if (!take('\\') || !hex(low) || low < 0xDC00 || low > 0xDFFF) {
                return wrong(error::bad_text, start);
            }
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        } else if (point >= 0xDC00 && point < 0xE000) {
            return wrong(error::bad_text, start);
        }
        append_utf8(out, point);
        return true;
    }

    bool hex(std::uint32_t& out) {
        if (!take('u') || m_line.size() - m_at < 4) {
            return false;
        }
        const char* from = m_line.data() + m_at;
        const auto done = std::from_chars(from, from + 4, out, 16);
        m_at += 4;
        return done.ec == std::errc{} && done.ptr == from + 4;
    }

    std::string_view m_line;
    std::size_t m_at = 0;
    std::optional<failure> m_problem;
};

/// Reads the value of one member.
struct value_reader {
    line_cursor& in;
    std::string& scratch;

    template <class T>
    bool operator()(T& field) const {
        if constexpr (is_optional<T>::value) {
            return (*this)(field.emplace());
        } else if constexpr (vocabulary<T>) {
            const std::size_t start = in.offset();
            if (!in.string(scratch)) {
                return false;
            }
            const auto value = from_string<T>(scratch);
            field = value.value_or(T{});
            return value || in.wrong(error::wrong_type, start);
        } else if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> bits{};
            const bool good = in.integer(bits);
            field = static_cast<T>(bits);
            return good;
        } else if constexpr (std::is_same_v<T, instant>) {
            duration::rep count{};
            const bool good = in.integer(count);
            field = instant{duration{count}};
            return good;
        } else if constexpr (std::is_same_v<T, duration>) {
            duration::rep count{};
            const bool good = in.integer(count);
            field = duration{count};
            return good;
        } else if constexpr (std::is_same_v<T, clause>) {
            return read_clause(field);
        } else if constexpr (std::is_same_v<T, std::string>) {
            return in.string(field);
        } else {
            return in.integer(field);
        }
    }

  private:
    bool read_clause(clause& field) const {
        const std::size_t start = in.offset();
        if (!in.string(scratch)) {
            return false;
        }
        const char* end = scratch.data() + scratch.size();
        const auto chapter = std::from_chars(scratch.data(), end, field.chapter);
        if (chapter.ec != std::errc{} || chapter.ptr == end || *chapter.ptr != '.') {
            return in.wrong(error::wrong_type, start);
        }
        const auto number = std::from_chars(chapter.ptr + 1, end, field.number);
        if (number.ec != std::errc{} || number.ptr != end || !field) {
            return in.wrong(error::wrong_type, start);
        }
        return true;
    }
};

/// Reads one member, name and value, into `made`.
inline bool read_member(line_cursor& in, record& made, std::bitset<member_count>& seen,
                        std::string& scratch) {
    const std::size_t start = in.offset();
    std::string name;
    if (in.peek() != '"') {
        return in.wrong(error::bad_syntax);
    }
    if (!in.string(name)) {
        return false;
    }
    in.skip_blanks();
    if (!in.take(':')) {
        return in.wrong(error::bad_syntax);
    }
    in.skip_blanks();
    bool found = false;
    bool good = false;
    std::size_t index = 0;
    for_each_member(made, [&](std::string_view known, auto& field, auto) {
        if (!found && name == known) {
            found = true;
            good = seen[index] ? in.wrong(error::duplicate_member, start)
                               : value_reader{in, scratch}(field);
            seen[index] = true;
        }
        ++index;
    });
    return found ? good : in.wrong(error::unexpected_member, start);
}

/// Reads the whole line into `made`.
inline bool read_object(line_cursor& in, record& made) {
    std::bitset<member_count> seen;
    std::string scratch;
    in.skip_blanks();
    if (!in.take('{')) {
        return in.wrong(in.at_end() ? error::bad_syntax : error::not_an_object);
    }
    in.skip_blanks();
    while (in.peek() != '}' || in.at_end()) {
        if (!read_member(in, made, seen, scratch)) {
            return false;
        }
        in.skip_blanks();
        if (in.take(',')) {
            in.skip_blanks();
            if (in.peek() == '}') {
                return in.wrong(error::bad_syntax);
            }
        } else if (in.peek() != '}') {
            return in.wrong(error::bad_syntax);
        }
    }
    std::size_t index = 0;
    bool complete = true;
    for_each_member(made, [&](std::string_view, auto&, auto must) {
        complete = complete && (!decltype(must)::value || seen[index]);
        ++index;
    });
    if (!complete) {
        return in.wrong(error::missing_member);
    }
    static_cast<void>(in.take('}'));
    in.skip_blanks();
    return in.at_end() || in.wrong(error::bad_syntax);
}

} // namespace snapproto::trace::detail

namespace snapproto::trace {

inline result<record> parse_record(std::string_view line) {
    if (line.size() > line_bytes_max) {
        return fail(error::too_long, line_bytes_max);
    }
    record made;
    detail::line_cursor in(line);
    if (!detail::read_object(in, made)) {
        return *in.problem();
    }
    return made;
}

inline void jsonl_reader::feed(std::string_view bytes) {
    m_buffer.erase(0, m_start);
    m_scanned -= m_start;
    m_start = 0;
    m_buffer.append(bytes);
}

inline decoded<record> jsonl_reader::take(std::string_view line) {
    ++m_line;
    result<record> parsed = parse_record(line);
    if (!parsed) {
        return parsed.error();
    }
    return std::move(*parsed);
}

inline decoded<record> jsonl_reader::next() {
    for (;;) {
        const std::size_t end = m_buffer.find('\n', m_scanned);
        if (end == std::string::npos) {
            m_scanned = m_buffer.size();
            const bool over = !m_skipping && m_buffer.size() - m_start > line_bytes_max;
            if (m_skipping || over) {
                m_start = m_scanned; // what is kept of a line that is too long is nothing
            }
            if (over) {
                m_skipping = true;
                ++m_line;
                return fail(error::too_long, line_bytes_max);
            }
            return need_more;
        }
        const std::string_view line(m_buffer.data() + m_start, end - m_start);
        m_start = end + 1;
        m_scanned = m_start;
        if (m_skipping) {
            m_skipping = false;
            continue;
        }
        return take(line);
    }
}

inline decoded<record> jsonl_reader::finish() {
    const std::string line = m_buffer.substr(m_start);
    m_start = m_scanned = m_buffer.size();
    const bool skipped = m_skipping;
    m_skipping = false;
    if (line.empty() || skipped) {
        return need_more;
    }
    return take(line);
}

inline std::string describe(const jsonl_reader& where, const failure& why) {
    std::string text = "line ";
    text += std::to_string(where.line());
    text += ", column ";
    text += std::to_string(jsonl_reader::column(why));
    text += ": ";
    text += message(why.code);
    return text;
}

} // namespace snapproto::trace

#endif // SNAPPROTO_TRACE_IMPL_JSONL_READER_HPP
