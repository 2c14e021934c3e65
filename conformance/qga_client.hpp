// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_QGA_CLIENT_HPP
#define SNAPPROTO_CONFORMANCE_QGA_CLIENT_HPP

// The wire driver of the QGA checks. It shares nothing with the library's codec: it can send any
// bytes, also nonsense, and reads replies with a JSON parser of its own.

#include "conformance/attach/channel.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/budget.hpp"
#include "conformance/transcript.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

enum class reply_kind {
    value,      ///< An object with `return`.
    error,      ///< An object with `error`.
    unreadable, ///< A line that is not a reply: no JSON, no object, neither member or both.
    none,       ///< Nothing, or no whole line, came within the wait.
    closed,     ///< The agent closed the connection.
};

/// One line from the agent, taken apart; or that none came.
struct reply {
    reply_kind kind = reply_kind::none;
    boost::json::value returned;          ///< With kind value: what `return` holds.
    std::string error_class;              ///< With kind error.
    std::string error_words;              ///< With kind error: `desc`.
    std::optional<boost::json::value> id; ///< The echoed id; a JSON null is an id too.
    std::size_t sentinels = 0;            ///< 0xFF bytes directly before the line.
    std::size_t stray_sentinels = 0;      ///< 0xFF bytes elsewhere inside the line.
    boost::json::object members;          ///< The whole object, if the line was one.
    std::string raw;                      ///< The line as it came, without sentinels and newline.
    std::string unreadable_because;       ///< With kind unreadable.
    duration latency{0};                  ///< From the last send to the end of this line.
    duration waited{0};                   ///< With kind none: how long.

    [[nodiscard]] bool is_value() const noexcept { return kind == reply_kind::value; }
    [[nodiscard]] bool is_error() const noexcept { return kind == reply_kind::error; }
    /// True when the reply is `return` with exactly this integer.
    [[nodiscard]] bool returns(std::int64_t number) const;
    /// True when the reply is `return` with exactly this string.
    [[nodiscard]] bool returns(std::string_view text) const;
    /// `return` as an integer, if it is one.
    [[nodiscard]] std::optional<std::int64_t> number() const;
    /// The reply in one line for "actual": the raw line shortened, or "no reply within …".
    [[nodiscard]] std::string words() const;
};

struct call_options {
    duration wait = std::chrono::seconds(5);
    std::optional<boost::json::value> id; ///< Put into the request when present.
};

/// How much is read at the most before a line without an end is given up (as unreadable).
inline constexpr std::size_t line_bytes_max = std::size_t{80} << 20;

/// One connection to a QGA agent.
///
/// Waits are in nominal time: the budget scales them and cuts them at the check's bound. Nothing
/// here judges; replies of any form come back as values.
class qga_client {
  public:
    /// @param name what transcripts call this connection.
    qga_client(std::unique_ptr<channel> stream, target& agent, budget& time, transcript& log,
               std::string name, std::uint64_t seed);
    ~qga_client();
    qga_client(const qga_client&) = delete;
    qga_client& operator=(const qga_client&) = delete;

    // Bytes.

    /// Sends exactly these bytes.
    send_result send(std::string_view bytes, duration wait = std::chrono::seconds(5));

    /// Sends these bytes one write per byte.
    send_result send_split(std::string_view bytes);

    /// Reads the next line.
    [[nodiscard]] reply read(duration wait = std::chrono::seconds(5));

    /// Reads lines until `quiet` passes without a byte, the stream ends, or `most` lines came.
    [[nodiscard]] std::vector<reply> read_all(duration quiet, std::size_t most = 100'000);

    /// True when not a byte comes for that long (and none is waiting).
    [[nodiscard]] bool silent_for(duration span);

    /// True when the agent closes the connection within the wait; lines that come are discarded.
    [[nodiscard]] bool closed_within(duration wait);

    bool half_close();
    void close();
    /// False once closed here or seen closed by the agent.
    [[nodiscard]] bool is_open() const noexcept { return m_open; }

    // Requests.

    /// One request as text with a newline: `{"execute": command, "arguments": …, "id": …}`.
    /// @param arguments a JSON null means: no such member.
    [[nodiscard]] static std::string request(std::string_view command,
                                             const boost::json::value& arguments = nullptr,
                                             const std::optional<boost::json::value>& id = {});

    /// Sends one request and reads one reply.
    reply call(std::string_view command, const boost::json::value& arguments = nullptr,
               const call_options& options = {});

    // Synchronisation.

    /// Brings both sides to a known point: 0xFF and guest-sync-delimited with a fresh id; discards
    /// up to and including the sentinel, then reads one line; a wrong id is read past, a time-out
    /// repeats with a new id, three times at the most.
    /// @return true when in step; the lines read past are in discarded().
    [[nodiscard]] bool sync(duration wait_each = std::chrono::seconds(2));

    /// The same with plain guest-sync and no 0xFF: lines are read past until the id comes.
    [[nodiscard]] bool sync_plain(duration wait_each = std::chrono::seconds(2));

    /// The lines that the last sync read past.
    [[nodiscard]] const std::vector<reply>& discarded() const noexcept { return m_discarded; }

    /// A fresh sync id: positive, 63 bits, never repeated by this connection's seed.
    [[nodiscard]] std::int64_t fresh_id();

    /// Received bytes that do not yet make a line.
    [[nodiscard]] std::string_view unread() const noexcept {
        return std::string_view(m_buffer).substr(m_begin);
    }

    [[nodiscard]] const std::string& name() const noexcept { return m_name; }

  private:
    [[nodiscard]] reply take_line(std::size_t end);
    void forget_buffer() noexcept;
    [[nodiscard]] reply without_line(reply_kind why, instant start);
    [[nodiscard]] bool sync_with(std::string_view head, std::string_view command, bool delimited,
                                 duration wait_each);

    std::unique_ptr<channel> m_stream;
    target& m_agent;
    budget& m_time;
    transcript& m_log;
    std::string m_name;
    std::mt19937_64 m_random;
    std::string m_buffer;
    std::size_t m_begin = 0;   ///< What lies before is taken already.
    std::size_t m_scanned = 0; ///< No newline from m_begin up to this offset of the buffer.
    std::vector<reply> m_discarded;
    instant m_last_send{};
    bool m_open = true;
};

/// Takes one line apart; @see reply. The line is given with sentinels and without its newline.
[[nodiscard]] reply parse_reply(std::string_view line);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_QGA_CLIENT_HPP
