// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_PORT_HPP
#define SNAPPROTO_SIMULATOR_WORLD_PORT_HPP

// A guest's end of its channel.

#include "simulator/world/channel.hpp"
#include "simulator/world/environment.hpp"

#include <deque>
#include <string>

namespace snapproto::world {

/// Hands on what comes, but while the guest stands still: that waits until it goes on.
class port final : public actor, public channel_end {
  public:
    port(environment& inside, channel_end& reader)
        : m_world(inside), m_reader(reader), m_self(inside.add(*this)) {}

    void channel_up() override { take({what::up, {}}); }
    void channel_lost() override { take({what::lost, {}}); }
    void bytes_arrived(std::string_view bytes) override { take({what::bytes, std::string{bytes}}); }

    void handle(const event&) override {
        while (!m_waiting.empty()) {
            const arrival next = std::move(m_waiting.front());
            m_waiting.pop_front();
            hand_on(next);
        }
    }

  private:
    enum class what : std::uint8_t { up, lost, bytes };
    struct arrival {
        what kind{};
        std::string bytes;
    };

    void take(arrival one) {
        if (!m_world.stands_still() && m_waiting.empty()) {
            hand_on(one);
            return;
        }
        if (m_waiting.empty()) {
            m_world.after(0, {m_self, 0, 0});
        }
        m_waiting.push_back(std::move(one));
    }

    void hand_on(const arrival& one) {
        switch (one.kind) {
        case what::up:
            m_reader.channel_up();
            break;
        case what::lost:
            m_reader.channel_lost();
            break;
        case what::bytes:
            m_reader.bytes_arrived(one.bytes);
            break;
        }
    }

    environment& m_world;
    channel_end& m_reader;
    actor_id m_self;
    std::deque<arrival> m_waiting;
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_PORT_HPP
