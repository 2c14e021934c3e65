// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_TRACE_JSONL_HPP
#define SNAPPROTO_TRACE_JSONL_HPP

// Recordings as JSON Lines: one flat JSON object per record and line, LF at the end of each.
//
// Members that say nothing are left out. Instants and spans are whole nanoseconds. The reader is
// strict: what the writer never writes is refused, with the line and column of the first wrong
// byte. It knows the flat objects of recordings and no other JSON.

#include <snapproto/core/result.hpp>
#include <snapproto/trace/record.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace snapproto::trace {

/// Bounds: the most bytes of one line, its LF not counted. The longest line that the writer makes
/// has a note of `note_bytes_max` bytes that all need six characters, and 1 KiB of the rest.
inline constexpr std::size_t line_bytes_max = 8 * 1024;

/// Appends one record as one line, LF included.
///
/// A note that is too long is cut at the end of a character; bytes of it that are not UTF-8 become
/// U+FFFD. Everything else is read back as it was.
void append_jsonl(std::string& out, const record& what);

/// One record as one line, LF included.
[[nodiscard]] inline std::string to_jsonl(const record& what) {
    std::string out;
    append_jsonl(out, what);
    return out;
}

/// The record of one line, without its LF.
///
/// Errors: `bad_syntax`, `bad_text`, `bad_number`, `too_long`, `not_an_object`; `duplicate_member`
/// and `unexpected_member` at the member's name; `wrong_type` at a value of the wrong type or at a
/// word that is none of its vocabulary; `missing_member` at the closing brace when `at`, `who` or
/// `what` is missing. The offset counts bytes from the start of the line.
[[nodiscard]] result<record> parse_record(std::string_view line);

/// Reads a recording from any pieces of it.
///
/// Drain `next()` until it needs more before the next `feed()`. After a failure the reader goes on
/// with the next line. Bounds: keeps at most one line and what the last `feed()` brought.
class jsonl_reader {
  public:
    /// Takes more bytes.
    void feed(std::string_view bytes);

    /// The next record, `need_more`, or why a line is none.
    [[nodiscard]] decoded<record> next();

    /// The record of a last line that has no LF; `need_more` when nothing is left.
    [[nodiscard]] decoded<record> finish();

    /// The line, counted from 1, that `next()` or `finish()` spoke of last.
    [[nodiscard]] std::size_t line() const noexcept { return m_line; }

    /// The column of a failure in its line, counted from 1 in bytes.
    [[nodiscard]] static constexpr std::size_t column(const failure& why) noexcept {
        return why.offset + 1;
    }

  private:
    [[nodiscard]] decoded<record> take(std::string_view line);

    std::string m_buffer;
    std::size_t m_start = 0;   // of the line being read, in m_buffer
    std::size_t m_scanned = 0; // bytes of m_buffer already searched for an LF
    std::size_t m_line = 0;
    bool m_skipping = false; // the rest of a line that was too long
};

/// "line 3, column 17: a member name occurs twice" and the like.
[[nodiscard]] std::string describe(const jsonl_reader& where, const failure& why);

} // namespace snapproto::trace

#include <snapproto/trace/impl/jsonl_reader.hpp>
#include <snapproto/trace/impl/jsonl_writer.hpp>

#endif // SNAPPROTO_TRACE_JSONL_HPP
