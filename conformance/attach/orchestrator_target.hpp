// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_CONFORMANCE_ATTACH_ORCHESTRATOR_TARGET_HPP
#define SNAPPROTO_CONFORMANCE_ATTACH_ORCHESTRATOR_TARGET_HPP

// An orchestrator under test: how a snapshot is begun, how its bytes and its cuts reach the side
// that the suite plays, and how the snapshot ended.

#include "conformance/attach/capability.hpp"
#include "conformance/time.hpp"
#include "conformance/time_source.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace snapproto::conformance {

/// One connection of an orchestrator to a guest's agent. No number is used twice.
struct connection {
    std::size_t guest = 0;
    std::uint32_t number = 0;

    friend bool operator==(const connection&, const connection&) = default;
};

/// What becomes of a cut, where that can be chosen.
struct cut_plan {
    enum class end { succeeds, fails, never };

    duration takes = std::chrono::milliseconds(20);
    end ends = end::succeeds;
};

/// What is seen of a cut.
enum class cut_sign { begun, done, failed };

/// What an orchestrator says of a snapshot that is over.
enum class claim_made {
    consistent, ///< Made, and quiesced as it was asked for.
    degraded,   ///< Made, and said to be less than that.
    failure     ///< Not made, or not to be relied upon.
};

[[nodiscard]] std::string_view name(claim_made what) noexcept;

/// How a snapshot ended.
struct snapshot_end {
    claim_made claim = claim_made::failure;
    std::string words;  ///< "exit status 1"; for people.
    std::string output; ///< What it wrote, the last of it.
};

/// What happens to the side that the suite plays.
class orchestrator_events {
  public:
    virtual void connected(connection on) = 0;
    virtual void received(connection on, std::string_view bytes) = 0;
    virtual void disconnected(connection on) = 0;
    virtual void cut_seen(cut_sign what) = 0;

  protected:
    ~orchestrator_events() = default;
};

/// The implementation under test. Every function is bounded in time and called from one thread.
class orchestrator_target : public time_source {
  public:
    /// One line for reports: "embedded orchestrator 'reference'".
    [[nodiscard]] virtual std::string description() const = 0;
    [[nodiscard]] virtual support can(capability what) const = 0;
    /// The attach flags that reach this target again.
    [[nodiscard]] virtual std::string replay_flags() const = 0;

    /// How long a snapshot may take, whatever the agent does.
    [[nodiscard]] virtual duration patience() const = 0;
    /// The longest hold that it allows, by its own timer.
    [[nodiscard]] virtual duration hold_limit() const = 0;
    /// How long it may go on with what it left frozen after it has reported.
    [[nodiscard]] virtual duration aftermath() const = 0;

    /// Begins a snapshot of that many guests. @throws unreachable
    virtual void begin(orchestrator_events& to, std::size_t guests, const cut_plan& cut) = 0;

    /// Lets time pass until `until`, or until something has happened.
    virtual void proceed(instant until) = 0;

    /// Sends bytes as the agent; nothing for a connection that is gone.
    virtual void send(connection on, std::string_view bytes) = 0;
    /// Ends a connection, as an agent does that goes away.
    virtual void close(connection on) = 0;

    /// How the snapshot ended, once it has.
    [[nodiscard]] virtual std::optional<snapshot_end> ended() = 0;

    /// Ends what still runs of the snapshot and closes every connection.
    virtual void stop() = 0;
};

} // namespace snapproto::conformance

#endif // SNAPPROTO_CONFORMANCE_ATTACH_ORCHESTRATOR_TARGET_HPP
