// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_TRANSCRIPT_HPP
#define SNAPPROTO_CONFORMANCE_TRANSCRIPT_HPP

// What happened in one case: every byte sent and received, and everything seen beside the wire.

#include "conformance/time.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// Who takes part in a case; the lanes of a sequence chart.
enum class lane { orchestrator, agent, hook, filesystem, provider };

[[nodiscard]] std::string_view name(lane which) noexcept;

/// One entry: a message from one lane to another, or (both the same) something that happened there.
struct transcript_entry {
    instant at{};
    lane from = lane::orchestrator;
    lane to = lane::orchestrator;
    std::string client;    ///< Which connection ("first", "second"); empty for no connection.
    std::string text;      ///< The bytes of a message as printable(), or the words of an event.
    std::size_t bytes = 0; ///< Length of the message, also where `text` shows a part of it.
    bool message = false;  ///< Bytes on the wire, as opposed to an event.
};

/// Bytes as printable text: \n, \t, \r so; other control bytes and bad UTF-8 as \xNN.
///
/// Bounds: at most `most` bytes are shown, then "… (N bytes)".
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t most = 400);

/// The same for a text of many lines: newlines stay, nothing is left out.
[[nodiscard]] std::string printable_lines(std::string_view text);

/// The record of one case, in order of time of noting.
///
/// Bounds: the first 1000 and the last 1000 entries, of 400 shown bytes each; what lay between is
/// counted in dropped(), and an event says so at its place. Received bytes are noted by whole
/// lines, and by what is left at a time-out or end.
class transcript {
  public:
    static constexpr std::size_t half_max = 1000;

    void sent(instant at, std::string_view client, std::string_view bytes);
    void received(instant at, std::string_view client, std::string_view bytes);
    void event(instant at, lane where, std::string_view words);
    void event(instant at, lane from, lane to, std::string_view words);

    /// The entries, in the order of their times (hook calls are learned of after they happened).
    [[nodiscard]] std::vector<transcript_entry> entries() const;
    [[nodiscard]] std::size_t dropped() const noexcept { return m_dropped; }

  private:
    void add(transcript_entry entry);

    std::vector<transcript_entry> m_first;
    std::deque<transcript_entry> m_last;
    std::size_t m_dropped = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_TRANSCRIPT_HPP
