// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_AGENT_HPP
#define SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_AGENT_HPP

// The guest agent that the suite plays: a right one, until a check tells it to do otherwise.

#include "conformance/orchestrator/scripted_side.hpp"

#include <snapproto/dialect/qga/request_decoder.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace snapproto::conformance {

/// What a request asks for, as far as checks tell requests apart.
enum class asked { sync, info, status, freeze, thaw, other };

[[nodiscard]] std::string_view name(asked what) noexcept;

/// A request that reached the agent.
struct heard_request {
    instant at{};
    connection on;
    asked what = asked::other;
    std::string name; ///< "guest-fsfreeze-freeze"
    std::string id;   ///< JSON text; empty: none.
    std::int64_t sync_id = 0;
    bool delimited = false; ///< guest-sync-delimited.
    bool behind_ff = false; ///< A 0xFF came between the request before and this one.
    std::size_t nth = 1;    ///< Among those that ask for the same.

    [[nodiscard]] asked kind() const noexcept { return what; }
};

/// What the agent does on a request. It comes as a right agent's; a check may change it.
struct reaction {
    duration after = std::chrono::milliseconds(2); ///< From when the request's turn comes.
    hold_step step = hold_step::none;
    std::string member;  ///< The member of the reply: "\"return\": 3".
    std::string more;    ///< Further members, with a leading comma.
    std::string lead;    ///< Bytes before the reply.
    std::string trail;   ///< Bytes behind it.
    bool answers = true; ///< False: no reply, and the next request is served.
    bool echoes_id = true;
    std::optional<std::string> instead; ///< These bytes in the place of the reply line.
    std::size_t piece = 0;              ///< Bytes in one go, 1 ms apart; 0: all.
    bool hangs_up = false;              ///< Ends the connection when it has answered.

    void returns(std::string_view json);
    void fails(std::string_view words);
    /// The reply that a command gets which the agent does not have, or not now.
    void refuses(std::string_view words);
};

class played_agent final : public scripted_side<heard_request, reaction> {
  public:
    using scripted_side::scripted_side;

    // ---- how it is to behave ----

    /// A new connection finds it with half a request of somebody else: everything is swallowed
    /// until a 0xFF comes.
    void start_wedged() { m_starts_wedged = true; }
    /// Says this to each new connection before anything was asked.
    void greets_with(std::string bytes) { m_greeting = std::move(bytes); }
    /// What guest-info says of a command: absent, or disabled.
    void lacks(std::string_view command) { m_absent.emplace_back(command); }
    void disables(std::string_view command) { m_disabled.emplace_back(command); }
    void pads_info(std::size_t bytes) { m_info_padding = bytes; }

    // ---- what it has seen ----

    [[nodiscard]] bool busy() const override { return m_busy || !m_waiting.empty(); }

    /// Filesystems that a freeze holds.
    static constexpr int filesystems = 2;

  protected:
    void on_connected(connection on) override;
    void on_received(connection on, std::string_view bytes) override;
    void on_disconnected(connection on, bool by_us) override;

  private:
    struct line {
        qga::request_decoder decoder{qga::request_limits};
        bool wedged = false;
        bool saw_ff = false;
    };

    void take(connection on, line& from, std::string_view bytes);
    void hear(connection on, line& from, const qga::request& request);
    void serve_next();
    [[nodiscard]] reaction right_reaction(const heard_request& request) const;
    [[nodiscard]] std::string info() const;
    void finish(const heard_request& request, const reaction& how);
    void say(connection on, const std::string& bytes, std::size_t piece);

    std::map<std::uint32_t, line> m_lines;
    std::deque<heard_request> m_waiting;
    std::vector<std::string> m_absent;
    std::vector<std::string> m_disabled;
    std::string m_greeting;
    std::size_t m_info_padding = 0;
    bool m_busy = false;
    bool m_starts_wedged = false;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ORCHESTRATOR_PLAYED_AGENT_HPP
