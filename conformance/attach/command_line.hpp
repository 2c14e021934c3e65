// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_COMMAND_LINE_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_COMMAND_LINE_HPP

// The command of --spawn: words, and the placeholders in them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// One word as a POSIX shell would have to be given it; unchanged where no quoting is needed.
[[nodiscard]] std::string shell_quoted(std::string_view word);

/// Splits a command into words at blanks; '…', "…" and \ quote as in a shell, nothing else is
/// special. @throws std::invalid_argument for a quote without an end.
[[nodiscard]] std::vector<std::string> split_words(std::string_view command);

/// What the placeholders stand for in one start.
struct placeholder_values {
    std::string socket;
    std::string state;
    std::string pidfile;
    std::string log;
    std::optional<std::string> hook;     ///< Absent: started without a hook.
    std::vector<std::string> block_list; ///< Empty: started without a block list.
};

/// The command of --spawn.
///
/// `{socket}` must be in it; `{state}`, `{pidfile}` and `{log}` may be. A word with `{hook}` is
/// left out in a start without a hook, and with it, if it is `{hook}` alone, an option before it.
/// The word `{block:FLAG}` becomes FLAG and the list, joined by commas (one word if FLAG ends in
/// "="), or nothing.
class spawn_command {
  public:
    /// @throws std::invalid_argument: no words, no {socket}, an unknown placeholder, an open quote.
    explicit spawn_command(std::string_view text);

    [[nodiscard]] const std::string& text() const noexcept { return m_text; }
    [[nodiscard]] bool has_hook() const noexcept { return has("{hook}"); }
    [[nodiscard]] bool has_state() const noexcept { return has("{state}"); }
    [[nodiscard]] bool has_log() const noexcept { return has("{log}"); }
    [[nodiscard]] bool has_block_list() const noexcept { return has("{block:"); }

    /// The words to execute.
    [[nodiscard]] std::vector<std::string> words(const placeholder_values& values) const;

  private:
    [[nodiscard]] bool has(std::string_view placeholder) const noexcept;

    std::string m_text;
    std::vector<std::string> m_words;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_COMMAND_LINE_HPP
