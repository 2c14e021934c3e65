// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_SIMULATOR_WORLD_CHANNEL_HPP
#define SNAPPROTO_SIMULATOR_WORLD_CHANNEL_HPP

// The channel between a host and a guest: bytes in two directions, each of which can be late, lose,
// repeat, reorder or spoil what it carries, stand still, or swallow everything. Where a dialect
// needs messages a piece is one of them, whole.

#include "simulator/world/environment.hpp"
#include "simulator/world/options.hpp"

#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::world {

enum class direction : std::uint8_t { to_guest, to_host };

/// What one end has sent at once.
struct sent_bytes {
    ticks at = 0;
    direction way = direction::to_guest;
    std::string bytes;
    bool lost = false; ///< Nothing of it reached the channel.
};

/// What a channel can do to a piece.
enum class disturbance : std::uint8_t { loss, duplication, reordering, corruption, truncation };

/// One end of a channel.
class channel_end {
  public:
    virtual void channel_up() = 0;
    virtual void channel_lost() = 0;
    virtual void bytes_arrived(std::string_view bytes) = 0;

  protected:
    ~channel_end() = default;
};

struct dialect;
class flaw;
class line_tap;

/// A byte as people can read it: the byte that resets a QGA stream is not text.
[[nodiscard]] std::string readable(std::string_view bytes, std::size_t length_max = 110);

class channel final : public actor {
  public:
    /// @param spoken null: bytes that mean nothing.
    channel(environment& world, const channel_options& options, const dialect* spoken = nullptr);
    ~channel() override;

    /// One of the ends is faulty.
    void tamper(flaw& wrong);

    void join(channel_end& host, channel_end& guest) noexcept { m_ends = {&guest, &host}; }

    void connect();
    /// The same, for one of the ends: nothing where the scenario has no channel.
    void reconnect();
    /// Ends the channel for one end or both; what is on its way is lost.
    void disconnect(bool tell_host, bool tell_guest);
    [[nodiscard]] bool connected() const noexcept { return m_connected; }

    void send(direction way, std::string_view bytes);
    /// At the end: everything that was sent, in order.
    [[nodiscard]] std::vector<sent_bytes> take_wire() noexcept { return std::move(m_wire); }

    /// What would arrive that way from now on waits until `flow`.
    void stall(direction way) { lane_of(way).stalled = true; }
    /// What is sent that way from now on is lost until `flow`.
    void swallow(direction way) { lane_of(way).swallows = true; }
    void flow(direction way);
    /// From now on it happens so many times in a million; none: as often as usual.
    void disturb(disturbance how, std::optional<std::uint64_t> ppm);

    void handle(const event& what) override;

  private:
    struct lane {
        bool stalled = false;
        bool swallows = false;
        ticks free_at = 0; ///< When what was sent before has been carried.
        std::deque<std::string> held;
    };

    [[nodiscard]] lane& lane_of(direction way) noexcept {
        return m_lanes[static_cast<std::size_t>(way)];
    }
    void send_text(direction way, const std::string& bytes);
    void send_pieces(direction way, std::string_view bytes);
    void send_piece(direction way, std::string piece);
    void carry(direction way, std::string piece);
    void deliver(direction way, const std::string& piece);
    [[nodiscard]] bool happens(std::uint64_t ppm);

    environment& m_world;
    channel_options m_usual;
    channel_options m_options;
    const dialect* m_spoken;
    kernel::generator m_random;
    actor_id m_self;
    std::array<channel_end*, 2> m_ends{}; // by direction: who is at its end
    std::array<lane, 2> m_lanes;
    std::vector<std::string> m_on_the_way;
    std::vector<std::size_t> m_free;
    bool m_connected = false;
    std::uint64_t m_life = 0;
    std::vector<sent_bytes> m_wire;
    std::unique_ptr<line_tap> m_tap; // null: nobody is faulty
};

} // namespace snapproto::world

#endif // SNAPPROTO_SIMULATOR_WORLD_CHANNEL_HPP
