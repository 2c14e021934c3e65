// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_HOST_HPP
#define SNAPPROTO_SIMULATOR_WORLD_HOST_HPP

// The host's side: whoever asks for snapshots, and what came of each.

#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/provider.hpp"

#include <snapproto/message/vocabulary.hpp>
#include <snapproto/trace/record.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace snapproto::world {

/// One snapshot that was asked for.
struct attempt {
    ticks started = 0;
    std::optional<ticks> ended; ///< Nothing: no outcome was ever told.
    session_outcome outcome = session_outcome::failed;
    consistency label = consistency::none;
    consistency wanted = consistency::none;
    std::string reason;
    std::optional<copy> kept; ///< The copy, unless it was discarded.
};

/// A host with one guest.
class host : public actor, public channel_end {
  public:
    /// It is faulty.
    virtual void tamper(flaw& /*wrong*/) noexcept {}

    virtual void open() = 0;
    /// Its process, or its machine, dies; what the guest holds stays held.
    virtual void die() = 0;
    virtual void restart() = 0;

    [[nodiscard]] const std::vector<attempt>& attempts() const noexcept { return m_attempts; }
    [[nodiscard]] const std::vector<trace::record>& recording() const noexcept {
        return m_recording;
    }

  protected:
    /// The line of the story that ends an attempt.
    static void tell_outcome(environment& world, const attempt& what);

    std::vector<attempt> m_attempts;
    std::vector<trace::record> m_recording;
};

/// A host with the library's orchestrator.
[[nodiscard]] std::unique_ptr<host> make_orchestrator_host(environment& world, channel& line,
                                                           provider& copies,
                                                           const host_options& options);

/// A host as scripts often are: it sends commands without ever synchronising, and takes the next
/// line that comes for the reply.
[[nodiscard]] std::unique_ptr<host> make_naive_host(environment& world, channel& line,
                                                    provider& copies, const host_options& options);

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_HOST_HPP
