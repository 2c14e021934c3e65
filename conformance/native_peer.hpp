// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_NATIVE_PEER_HPP
#define SNAPPROTO_CONFORMANCE_NATIVE_PEER_HPP

// One channel to an agent that speaks the native dialect: what it sends, message by message.

#include "conformance/attach/channel.hpp"
#include "conformance/attach/target.hpp"
#include "conformance/restore.hpp"

#include <snapproto/dialect/native/decoder.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// What the two sides of a session may agree on. `capability` is what a target can do.
using feature = snapproto::capability;

/// What one read gave.
struct native_said {
    receive_status status = receive_status::nothing; ///< data: a message, or what is none.
    std::optional<any_message> message;
    std::string wrong; ///< Why a frame is no message.
    instant at{};

    template <class Message>
    [[nodiscard]] const Message* as() const noexcept {
        return message ? std::get_if<Message>(&*message) : nullptr;
    }
    [[nodiscard]] bool refuses(nak_code code) const noexcept {
        const nak* const refusal = as<nak>();
        return refusal != nullptr && refusal->code == code;
    }
    /// "Frozen, txn 5, seq 3: held 2 ...", "nothing", "no message: ...".
    [[nodiscard]] std::string words() const;
};

/// A message in words.
[[nodiscard]] std::string words_of(const any_message& message);

/// An open channel.
class native_peer {
  public:
    native_peer(std::unique_ptr<channel> stream, const time_source& clock)
        : m_stream(std::move(stream)), m_clock(clock) {}

    /// @return whether the other side took all of it.
    bool send(std::string_view bytes, duration wait);

    /// Waits until a frame is complete or wrong, at most `wait`.
    [[nodiscard]] native_said read(duration wait);

    /// The bytes that came, up to 1 MiB.
    [[nodiscard]] const std::string& received() const noexcept { return m_received; }

    [[nodiscard]] channel& stream() noexcept { return *m_stream; }

  private:
    std::unique_ptr<channel> m_stream;
    const time_source& m_clock;
    native::decoder m_decoder{native::direction::reports};
    std::string m_received;
    std::string m_unread;
};

/// Brings an agent to the starting state: a Hello, and a Status that holds nothing.
[[nodiscard]] settlement settle_by_native(target& agent, budget& time, bool again);

/// Makes sure that an agent of the dialect answers there. @throws unreachable
void require_native_agent(target& agent, double timeout_scale);

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_NATIVE_PEER_HPP
