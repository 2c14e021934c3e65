// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_QMP_SESSION_HPP
#define SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_QMP_SESSION_HPP

// The client's side of QEMU's monitor (QMP) without I/O: bytes and commands go in; bytes, replies
// and events come out. QEMU's "QEMU Machine Protocol Specification" is what it follows.

#include <boost/json/object.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <variant>

namespace snaptake {

/// What QEMU answered to a command.
struct qmp_reply {
    std::uint64_t id = 0; ///< Of the command.
    bool ok = false;
    bool lost = false;        ///< No answer will ever come: what became of it is unknown.
    boost::json::value value; ///< What it returned.
    std::string why;          ///< QEMU's words about a failure.
};

/// Something that happened in the machine.
struct qmp_event {
    std::string name;
    boost::json::object data;
};

/// Commands may be given from now on.
struct qmp_ready {};

/// What came is not QMP, and nothing that follows can be understood.
struct qmp_broken {
    std::string why;
};

/// `std::monostate`: nothing more for now.
using qmp_output = std::variant<std::monostate, qmp_ready, qmp_reply, qmp_event, qmp_broken>;

/// One connection to a monitor at a time.
///
/// Messages need not be lines: a monitor may be set up to write them for people.
class qmp_session {
  public:
    /// Bytes of one message. The description of all block devices of a large machine is some
    /// hundred KiB.
    static constexpr std::size_t message_bytes_max = 16U << 20U;
    /// Open brackets of one message. Each image under an overlay is described inside of it.
    static constexpr std::size_t nesting_max = 512;

    qmp_session();

    /// A connection is open: nothing of an earlier one counts any more.
    void connected();

    /// Takes bytes of the connection.
    void receive(std::string_view bytes);

    /// Gives a command.
    /// @pre ready()
    /// @return the id that its reply will have.
    std::uint64_t ask(std::string_view command, boost::json::object arguments = {});

    /// What is to be sent now.
    [[nodiscard]] std::string take_bytes();

    [[nodiscard]] qmp_output poll();

    [[nodiscard]] bool ready() const noexcept { return m_stage == stage::open; }

  private:
    enum class stage { greeting, negotiating, open, broken };

    void take(boost::json::value message);
    void take_reply(boost::json::object& message);
    void give_up(std::string why);
    void send(std::uint64_t id, std::string_view command, boost::json::object arguments);

    boost::json::stream_parser m_parser;
    std::size_t m_message_bytes = 0; ///< Of the message that has begun.
    stage m_stage = stage::broken;
    std::uint64_t m_ids = 0;
    std::uint64_t m_negotiation = 0; ///< The id of qmp_capabilities.
    std::string m_bytes;
    std::deque<qmp_output> m_outputs;
};

} // namespace snaptake

#endif // SNAPPROTO_EXAMPLES_QEMU_ORCHESTRATOR_QMP_SESSION_HPP
