// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_CHANNEL_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_CHANNEL_HPP

// One byte stream to an agent. It knows bytes and time, and nothing of any dialect.

#include "conformance/time.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace snapproto::conformance {

enum class send_status {
    complete, ///< Every byte was taken by the transport.
    partial,  ///< The wait ended first: the other side does not read.
    closed,   ///< The other side is gone.
};

struct send_result {
    send_status status = send_status::complete;
    std::size_t sent = 0; ///< Bytes taken, in every case.
};

enum class receive_status {
    data,    ///< `bytes` holds at least one byte.
    nothing, ///< Nothing came within the wait.
    closed,  ///< End of the stream; no more bytes will come.
};

struct receive_result {
    receive_status status = receive_status::nothing;
    std::string bytes;
};

/// One byte stream to the implementation under test, as one client of it holds it.
///
/// No function blocks longer than the wait it is given, and none throws for what the other side
/// does: a broken stream is the answer `closed`. The waits are in the target's time, so that on a
/// virtual clock a wait costs nothing.
class channel {
  public:
    channel() = default;
    channel(const channel&) = delete;
    channel& operator=(const channel&) = delete;
    virtual ~channel() = default;

    /// Sends the bytes, waiting at most `wait` for room.
    [[nodiscard]] virtual send_result send(std::string_view bytes, duration wait) = 0;

    /// Waits at most `wait` for bytes and returns those that are there, 64 KiB at the most.
    ///
    /// A wait of zero only looks.
    [[nodiscard]] virtual receive_result receive(duration wait) = 0;

    /// Ends the sending direction, so that the other side reads end-of-file.
    ///
    /// @return false where the transport cannot do so (a terminal); nothing has happened then.
    virtual bool half_close() = 0;

    /// Closes both directions; later sends and receives answer `closed`. Idempotent.
    virtual void close() = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_CHANNEL_HPP
