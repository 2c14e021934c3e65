// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_GUEST_HPP
#define SNAPPROTO_SIMULATOR_WORLD_GUEST_HPP

// One guest with everything in it, and what its host has of it: the disk, and the channel.

#include "simulator/world/agent_process.hpp"
#include "simulator/world/block_device.hpp"
#include "simulator/world/channel.hpp"
#include "simulator/world/clients.hpp"
#include "simulator/world/database.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/message_queue.hpp"
#include "simulator/world/options.hpp"
#include "simulator/world/port.hpp"
#include "simulator/world/publisher.hpp"
#include "simulator/world/tokens.hpp"
#include "simulator/world/witness.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace snapproto::world {

class guest {
  public:
    /// @param number from 0.
    /// @param suffix what stands behind the names of its story instead of the number.
    guest(environment& whole, std::uint32_t number, const scenario& what,
          std::string_view suffix = {});

    /// Switches it on.
    void open();

    /// A disk with a filesystem of its own is plugged in, and mounted below the other one.
    void plug_disk();

    /// Stands still, with or without its clocks.
    void pause(bool clock_too);
    void go_on();

    /// Whether any filesystem of it is.
    [[nodiscard]] bool frozen() const noexcept;

    // ---- where its parts are ----

    environment beside; ///< At the host, which does not stand still with it.
    environment inside;

    // ---- its parts ----

    witness seen;
    block_device disk;
    filesystem files;
    database rows;
    publisher pages;
    message_queue messages;
    token_service tokens;
    clients users;
    channel line;
    agent_process agent;
    port at_line;

  private:
    /// A disk that was plugged in.
    struct more_room {
        more_room(guest& to, const scenario& what);
        block_device disk;
        filesystem files;
    };

    scenario m_options;
    std::unique_ptr<more_room> m_plugged;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_GUEST_HPP
