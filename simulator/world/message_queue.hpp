// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_MESSAGE_QUEUE_HPP
#define SNAPPROTO_SIMULATOR_WORLD_MESSAGE_QUEUE_HPP

// Queues between guests, and the part of them that one guest has: what it sends to the next one,
// and what it has stored of the one before.
//
// A message is in the sender's file before it is sent, in the receiver's before it is acknowledged,
// and leaves the sender's only then. So each is always in one of the two files, or in both, and a
// copy of both at one instant has them all.

#include "simulator/world/application.hpp"
#include "simulator/world/disk_format.hpp"
#include "simulator/world/environment.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/options.hpp"

#include <cstdint>

namespace snapproto::world {

class message_queue final : public actor, public application {
  public:
    message_queue(environment& world, filesystem& files, const queue_options& options);

    /// How many blocks its file needs.
    [[nodiscard]] static std::uint64_t room(const queue_options& options) noexcept {
        return options.enabled ? 1 : 0;
    }

    /// From now on this one sends to that one.
    void send_to(message_queue& next);
    void open();

    /// What is safe on the disk.
    [[nodiscard]] const queue_state& state() const noexcept { return m_safe; }

    void quiesce(const event& done, const event& refused) override;
    void resume(const event& done, const event& not_held) override;

    void handle(const event& what) override;

  private:
    enum task : std::uint32_t { new_message, written, synced, arrived, acknowledged, look_again };

    void wait_for_a_message();
    void save();
    void saved();
    void send(std::uint64_t first, std::uint64_t last);
    void acknowledge();
    void on_arrival(std::uint64_t number);
    void say_quiesced();

    environment& m_world;
    filesystem& m_files;
    queue_options m_options;
    kernel::generator m_random;
    actor_id m_self;
    actor_id m_next = nobody;     // who it sends to
    actor_id m_previous = nobody; // who sends to it
    queue_state m_state;          // in memory,
    queue_state m_written;        // on its way to the disk,
    queue_state m_safe;           // and there
    bool m_saving = false;
    bool m_changed = false; // since the saving began
    bool m_quiescing = false;
    event m_quiesced;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_MESSAGE_QUEUE_HPP
