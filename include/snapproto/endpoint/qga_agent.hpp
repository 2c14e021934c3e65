// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_QGA_AGENT_HPP
#define SNAPPROTO_ENDPOINT_QGA_AGENT_HPP

// A QEMU guest agent without I/O: bytes of its clients, participants' answers and time go in;
// bytes, operations on participants and a deadline come out.
//
// This is the agent's endpoint behind the QGA codec, with the completion adapter for what the
// dialect lacks (SP 29.8 to 29.10): the session is opened by the adapter and belongs to the
// channel, not to a connection; Freeze stands for prepare and freeze; transaction ids are made
// up; the verdict of a thaw is told by its count alone.

#include <snapproto/dialect/qga/encode.hpp>
#include <snapproto/dialect/qga/request_decoder.hpp>
#include <snapproto/endpoint/agent.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace snapproto::endpoint {

/// One client of an agent, by a number that the caller chooses and does not use twice.
using client_id = std::uint32_t;

/// Send bytes to a client. They are valid until the next call that takes something in.
struct transmit_bytes {
    client_id client = 0;
    std::string_view bytes;
};

/// Do what a command asks for that has nothing to do with snapshots, and tell what came of it with
/// `command_answered` or `command_failed`. Its client's further input waits until then.
struct run_command {
    client_id client = 0;
    qga::verb verb = qga::verb::unknown;
    std::optional<std::int64_t> time_ns; ///< set_time: nanoseconds since 1970, or the hardware's.
};

/// What a QGA agent yields.
using qga_agent_output = std::variant<deadline, transmit_bytes, find_participants, operate, cancel,
                                      close_channel, exit_process, reseed, warning, run_command>;

/// What a QGA agent is and can do.
struct qga_agent_options {
    /// What guest-info tells as the version.
    std::string version = "snapproto";
    /// Commands that are switched off. An agent that may freeze can always thaw: with
    /// guest-fsfreeze-thaw in this list, the freeze commands are off as well (SP 25.8).
    std::vector<qga::verb> blocked;
    /// Commands besides those of snapshots that the caller can do: get_fsinfo, get_time, set_time,
    /// get_osinfo, get_host_name, each once. They are refused while frozen (SP 24.11).
    std::vector<qga::verb> further;
    wire_limits wire = qga::request_limits;
    agent_limits limits{};
    timer_limits timers{};
    /// Clients served at once; a further one is not accepted.
    std::size_t clients_max = 8;
};

/// The agent's side of QGA.
///
/// Requests of one client are served one after the other. While a freeze or thaw is in work, its
/// client's further input waits with the caller: `receive` takes less than it is given until the
/// reply has been polled. Other clients are served meanwhile: they are told the status, refused a
/// second freeze, and a thaw of theirs undoes the freeze in work.
class qga_agent {
  public:
    explicit qga_agent(qga_agent_options options = {});

    // ---- input: call one, then drain poll() ----

    /// A client has come. @return false when there are `clients_max` already.
    bool client_connected(client_id client);

    /// A client has gone, at its own wish or not. What it froze stays frozen until somebody thaws
    /// or the hold limit passes (SP 27.2, 29.15); half a request of it is forgotten (SP 20.25).
    void client_gone(client_id client);

    /// Takes bytes of a client.
    /// @return how many were taken. The rest is to be given again after the next input that
    ///         yields output.
    std::size_t receive(client_id client, byte_view bytes, instant now);

    /// Answers `find_participants`.
    void participants_found(std::span<const participant_summary> found, instant now);
    void participants_failed(std::string_view why, instant now);

    /// Answers `operate`. `why` is for the error reply, when the answer is a failure.
    void participant_answered(participant_index participant, machine::participant_event answer,
                              instant now, std::string_view why = {});
    void participant_skipped(participant_index participant, instant now);

    /// A participant has let go without being asked.
    void participant_let_go(participant_index participant, instant now);

    /// Answers `run_command`. `result` is JSON text: what is returned.
    void command_answered(client_id client, codec::raw_json result);
    void command_failed(client_id client, std::string_view why);

    void handle_timeout(instant now);
    void stop(instant now);
    void generation_changed(generation_id generation, instant now);

    /// Takes over what a predecessor left frozen (SP 27.9, 27.16). Before any other input.
    void adopt(std::span<const participant_summary> held, instant now);

    // ---- output ----

    [[nodiscard]] qga_agent_output poll();

    // ---- state ----

    [[nodiscard]] const agent_endpoint& session() const noexcept { return m_agent; }

    /// What guest-fsfreeze-status says: whether this agent holds a filesystem, or may yet, because
    /// the freeze of one has not come back. A host that gave the freeze up would take "thawed" for
    /// the end of it and go away (SP 23.5, 23.6, 29.16).
    [[nodiscard]] qga::freeze_state status() const noexcept {
        return m_agent.held_filesystems() + m_agent.freezes_in_work() != 0
                   ? qga::freeze_state::frozen
                   : qga::freeze_state::thawed;
    }

    void record_to(std::vector<trace::record>* recording) noexcept { m_agent.record_to(recording); }

  private:
    struct connection {
        client_id id;
        qga::request_decoder decoder;
    };

    /// A request whose reply waits for the participants.
    struct outstanding {
        client_id asked_by = 0;
        std::string id; ///< To be echoed: JSON text, or empty.
    };

    struct chunk {
        client_id to;
        std::size_t begin;
        std::size_t end;
    };

    [[nodiscard]] connection* find(client_id id) noexcept;
    [[nodiscard]] bool enabled(qga::verb verb) const noexcept;
    [[nodiscard]] bool is_served(qga::verb verb) const noexcept;
    void begin_input() noexcept;
    void open_session(instant now);
    void serve(connection& from, const qga::request& request, instant now);
    void refuse(connection& from, const qga::rejection& rejected);
    void tell_commands(client_id to, codec::raw_json id);
    void freeze(connection& from, const qga::request& request, instant now);
    void thaw(connection& from, const qga::request& request, instant now);
    void collect(instant now);
    void conclude(const any_message& message, instant now);
    void reply(client_id to, const qga::reply& what);
    void settle(std::optional<outstanding>& request, qga::reply what);
    void settle_command(client_id client, qga::reply what);
    void settle_error(std::optional<outstanding>& request, std::string_view what);
    [[nodiscard]] bool waits(client_id id) const noexcept;
    [[nodiscard]] bool blocked(qga::verb verb) const noexcept;

    qga_agent_options m_options;
    agent_endpoint m_agent;
    std::vector<connection> m_clients;
    std::optional<outstanding> m_freeze;
    std::optional<outstanding> m_thaw;
    std::vector<outstanding> m_commands;    ///< The caller is doing them; one of a client.
    std::vector<qga::command_entry> m_told; ///< What guest-info lists, kept for its memory.
    std::uint32_t m_thawed_before = 0; ///< Filesystems of the undo that the thaw in work joined.
    bool m_nothing_frozen = false;     ///< The freeze in work held nothing and is being undone.
    std::string m_why;                 ///< The first failure that a participant told.

    std::string m_bytes; ///< Replies not polled yet.
    std::vector<chunk> m_chunks;
    std::vector<qga_agent_output> m_outputs;
    std::size_t m_next_chunk = 0;
    std::size_t m_next_output = 0;

    std::uint64_t m_session = 0;
    std::uint64_t m_txn = 0;
};

} // namespace snapproto::endpoint

#include <snapproto/endpoint/impl/qga_agent.hpp>

#endif // SNAPPROTO_ENDPOINT_QGA_AGENT_HPP
