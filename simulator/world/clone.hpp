// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_CLONE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_CLONE_HPP

// A copy of a guest with its memory, and what comes of it when it is restored beside its original.
//
// A guest cannot be taken apart and put together again, but the world is deterministic: a twin to
// whom all the same things happen is the same guest. It stops at the snapshot point, and so it is
// the copy.

#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/guest.hpp"
#include "simulator/world/options.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace snapproto::world {

class clone final : public actor, public channel_end {
  public:
    /// @param original from now on what comes for it comes for the twin too.
    clone(environment& whole, const scenario& what, guest& original);

    void open();

    /// To be sent when a cut has ended: the first one is the copy.
    [[nodiscard]] event cut_ended() const noexcept { return {m_self, stop, 0}; }

    /// When it was restored; nothing before.
    [[nodiscard]] std::optional<ticks> restored() const noexcept { return m_restored; }
    [[nodiscard]] guest& copy() noexcept { return m_twin; }

    // What comes for the original.
    void channel_up() override;
    void channel_lost() override;
    void bytes_arrived(std::string_view bytes) override;

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { stop, restore };

    void on_restore();

    restore_options m_options;
    environment& m_world;
    guest& m_original;
    guest m_twin;
    actor_id m_self;
    bool m_stopped = false;
    std::optional<ticks> m_restored;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_CLONE_HPP
