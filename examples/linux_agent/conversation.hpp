// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_LINUX_AGENT_CONVERSATION_HPP
#define SNAPPROTO_EXAMPLES_LINUX_AGENT_CONVERSATION_HPP

// The library's endpoint behind one face, whatever dialect it speaks: what the agent's surroundings
// give it and what they do for it is the same.

#include "settings.hpp"

#include <snapproto/endpoint/agent.hpp>
#include <snapproto/endpoint/qga_agent.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <variant>

namespace snapagent {

/// What hosts say to this agent, and what it makes of that.
///
/// The rule of every endpoint holds: after each call that takes something in, `poll()` until it
/// yields a deadline.
class conversation {
  public:
    using client_id = snapproto::endpoint::client_id;
    using instant = snapproto::instant;
    using participant_index = snapproto::participant_index;

    /// End a connection. What was sent before still goes out.
    struct close_client {
        client_id client = 0;
    };

    using output =
        std::variant<snapproto::endpoint::deadline, snapproto::endpoint::transmit_bytes,
                     snapproto::endpoint::find_participants, snapproto::endpoint::operate,
                     snapproto::endpoint::cancel, close_client, snapproto::endpoint::exit_process,
                     snapproto::endpoint::warning, snapproto::endpoint::run_command>;

    virtual ~conversation() = default;

    // ---- clients, each by a number that is used once ----

    /// @return false when there are too many
    [[nodiscard]] virtual bool client_connected(client_id client, instant now) = 0;
    virtual void client_gone(client_id client, instant now) = 0;

    /// Takes bytes of a client. @return how many; the rest is to be given again
    [[nodiscard]] virtual std::size_t receive(client_id client, snapproto::byte_view bytes,
                                              instant now) = 0;

    /// Nothing more comes from this client. @return false while a reply is still owed to it
    [[nodiscard]] virtual bool input_ended(client_id client, instant now) = 0;

    // ---- answers ----

    virtual void participants_found(std::span<const snapproto::participant_summary> found,
                                    instant now) = 0;
    virtual void participants_failed(std::string_view why, instant now) = 0;
    virtual void participant_answered(participant_index participant,
                                      snapproto::machine::participant_event answer, instant now,
                                      std::string_view why) = 0;
    virtual void participant_skipped(participant_index participant, instant now) = 0;
    virtual void participant_let_go(participant_index participant, instant now) = 0;
    virtual void command_answered(client_id client, std::string_view json) = 0;
    virtual void command_failed(client_id client, std::string_view why) = 0;

    // ---- what happens by itself ----

    virtual void handle_timeout(instant now) = 0;
    virtual void stop(instant now) = 0;

    /// Takes over what a predecessor left held. Before any other input.
    virtual void adopt(std::span<const snapproto::participant_summary> held, instant now) = 0;

    [[nodiscard]] virtual output poll() = 0;

    /// Whether a filesystem is held, or may be: its freeze or thaw has not come back.
    [[nodiscard]] bool may_hold_a_filesystem() const noexcept {
        const auto& now = session();
        return now.held_filesystems() + now.freezes_in_work() + now.releases_in_work() != 0;
    }

  protected:
    [[nodiscard]] virtual const snapproto::endpoint::agent_endpoint& session() const noexcept = 0;
};

/// The one that the settings name.
[[nodiscard]] std::unique_ptr<conversation> make_conversation(const settings& what);

} // namespace snapagent

#endif // SNAPPROTO_EXAMPLES_LINUX_AGENT_CONVERSATION_HPP
