// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_STREAM_CHANNEL_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_STREAM_CHANNEL_HPP

// A channel on a file descriptor: a socket, or a terminal.

#include "conformance/attach/channel.hpp"
#include "conformance/attach/descriptor.hpp"

namespace snapproto::conformance {

/// A byte stream on a file descriptor, on the real clock.
///
/// While it sends it also takes in what the other side sends, up to 64 MiB, since an agent that
/// answers a long request in the middle of it stops reading while nobody reads from it.
class stream_channel final : public channel {
  public:
    enum class kind { socket, terminal };

    stream_channel(descriptor stream, kind what) : m_stream(std::move(stream)), m_kind(what) {}

    [[nodiscard]] send_result send(std::string_view bytes, duration wait) override;
    [[nodiscard]] receive_result receive(duration wait) override;
    bool half_close() override;
    void close() override { m_stream.reset(); }

  private:
    enum class taken { some, none, end };
    taken take(std::size_t most);

    descriptor m_stream;
    kind m_kind;
    std::string m_early;     ///< Taken in, also while sending.
    std::size_t m_given = 0; ///< What lies before was received by the caller already.
    bool m_ended = false;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_STREAM_CHANNEL_HPP
