// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_SHIM_ADAPTER_HPP
#define SNAPPROTO_CONFORMANCE_SHIM_ADAPTER_HPP

// The program behind --shim: one JSON object a line goes in, one comes out (docs/shim.md). It knows
// the form of an answer and nothing of what the agent means by it.

#include "conformance/attach/process.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance::shim {

/// Bytes of the agent for one client.
struct client_bytes {
    std::uint32_t client = 0;
    std::string bytes;
};

/// The agent calls its hook.
struct hook_start {
    std::uint32_t call = 0;
    std::string argument;
};

/// What an adapter answered to one command; what is absent there is empty here.
struct answer {
    std::optional<std::string> unsupported; ///< Why the command means nothing to it.
    std::vector<client_bytes> out;
    std::vector<std::uint32_t> closed; ///< Clients that the agent has closed.
    std::optional<std::int64_t> due;   ///< When it wants to be woken, in microseconds.
    std::vector<std::string> frozen;   ///< Mount points.
    std::optional<std::int64_t> ended; ///< The agent's process has, with this status.
    std::vector<hook_start> hook;      ///< Calls that begin.
    std::vector<std::uint32_t> kill;   ///< Calls of the hook that it wants to be ended.
    std::vector<std::string> mounts;   ///< To reset: what may be frozen.
    std::vector<std::string> can;      ///< To reset: commands that are optional.
};

/// Reads one line. @throws std::invalid_argument with a sentence
[[nodiscard]] answer parse_answer(std::string_view line);

/// A running adapter.
class adapter {
  public:
    /// @param patience how long an answer may take, on the real clock.
    adapter(std::string command, duration patience);

    /// Sends a command and waits for its answer.
    ///
    /// @throws unreachable when there is none, or one that is none; so does every later call then,
    ///         with the same words.
    [[nodiscard]] answer tell(const boost::json::object& command);

    /// Finds fault with what its answers mean. @throws unreachable, and so does every later tell()
    [[noreturn]] void fail(const std::string& words);

    /// Why nothing can be asked of it any more; empty while all is well.
    [[nodiscard]] const std::string& trouble() const noexcept { return m_trouble; }
    [[nodiscard]] const std::string& command() const noexcept { return m_command; }
    /// The last of what it wrote to standard error.
    [[nodiscard]] std::string output() const { return m_process->output(); }

    /// Nothing that an agent has to say at once is longer.
    static constexpr std::size_t line_bytes_max = std::size_t{16} << 20;

  private:
    void write(std::string_view line, instant until);
    [[nodiscard]] std::string read_line(instant until);
    bool read_more();

    std::string m_command;
    duration m_patience;
    descriptor m_stream;
    std::unique_ptr<process> m_process;
    std::string m_read;
    std::string m_trouble;
};

} // namespace snapproto::conformance::shim

#endif // SNAPPROTO_CONFORMANCE_SHIM_ADAPTER_HPP
