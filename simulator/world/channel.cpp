// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/channel.hpp"

#include "simulator/world/flaw.hpp"
#include "simulator/world/wire_words.hpp"

#include <algorithm>
#include <utility>

namespace snapproto::world {

namespace {

constexpr direction opposite(direction way) noexcept {
    return way == direction::to_guest ? direction::to_host : direction::to_guest;
}

} // namespace

std::string readable(std::string_view bytes, std::size_t length_max) {
    std::string text;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '\n') {
            continue;
        }
        if (byte < 0x20 || byte >= 0x7f) {
            constexpr std::string_view digits = "0123456789ABCDEF";
            text.append("<").append(1, digits[byte >> 4]).append(1, digits[byte & 15U]).append(">");
        } else {
            text += c;
        }
    }
    if (text.size() > length_max) {
        text.resize(length_max - 3);
        text += "...";
    }
    return text;
}

channel::channel(environment& world, const channel_options& options, const dialect* spoken)
    : m_world(world),
      m_usual(options),
      m_options(options),
      m_spoken(spoken),
      m_random(world.stream("channel")),
      m_self(world.add(*this)) {}

channel::~channel() = default;

void channel::tamper(flaw& wrong) {
    m_tap = std::make_unique<line_tap>(wrong);
}

void channel::connect() {
    if (!std::exchange(m_connected, true)) {
        ++m_life;
        m_world.tell("channel", "up", "the channel is open");
        m_ends[static_cast<std::size_t>(direction::to_guest)]->channel_up();
        m_ends[static_cast<std::size_t>(direction::to_host)]->channel_up();
    }
}

void channel::reconnect() {
    if (m_usual.connected && m_ends[0] != nullptr) { // nobody reaches a copy of a guest
        connect();
    }
}

void channel::disconnect(bool tell_host, bool tell_guest) {
    if (!std::exchange(m_connected, false)) {
        return;
    }
    ++m_life;
    for (lane& one : m_lanes) {
        one.held.clear();
        one.free_at = 0;
    }
    if (m_tap) {
        m_tap->clear();
    }
    m_world.tell("channel", "lost", "the channel is closed");
    if (tell_guest) {
        m_ends[static_cast<std::size_t>(direction::to_guest)]->channel_lost();
    }
    if (tell_host) {
        m_ends[static_cast<std::size_t>(direction::to_host)]->channel_lost();
    }
}

bool channel::happens(std::uint64_t ppm) {
    return ppm != 0 && kernel::chance(m_random, static_cast<std::uint32_t>(ppm));
}

void channel::disturb(disturbance how, std::optional<std::uint64_t> ppm) {
    constexpr std::array fields{&channel_options::loss_ppm, &channel_options::duplicate_ppm,
                                &channel_options::reorder_ppm, &channel_options::corrupt_ppm,
                                &channel_options::truncate_ppm};
    const auto field = fields[static_cast<std::size_t>(how)];
    m_options.*field = ppm.value_or(m_usual.*field);
}

void channel::send(direction way, std::string_view bytes) {
    if (!m_connected) {
        return;
    }
    std::string text{bytes};
    if (m_tap) {
        send_pieces(opposite(way), m_tap->sent(way, text));
    }
    if (!text.empty()) {
        send_text(way, text);
    }
}

void channel::send_text(direction way, const std::string& bytes) {
    const bool to_guest = way == direction::to_guest;
    const bool lost = lane_of(way).swallows;
    const std::string words =
        m_spoken != nullptr ? in_words(*m_spoken, way, bytes) : readable(bytes);
    m_world.tell(to_guest ? "host" : "guest", "says", words + (lost ? "   (lost)" : ""));
    m_wire.push_back({m_world.now(), way, bytes, lost});
    if (!lost) {
        send_pieces(way, bytes);
    }
}

void channel::send_pieces(direction way, std::string_view bytes) {
    // What is sent at once as a message arrives at once.
    const bool whole = m_spoken != nullptr && m_spoken->keeps_messages;
    const auto piece = whole ? bytes.size() : static_cast<std::size_t>(m_options.piece_bytes);
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        send_piece(way, std::string{bytes.substr(at, piece)});
    }
}

void channel::send_piece(direction way, std::string piece) {
    if (happens(m_options.loss_ppm)) {
        m_world.tell("channel", "loses", readable(piece));
        return;
    }
    if (happens(m_options.truncate_ppm)) {
        piece.resize(static_cast<std::size_t>(kernel::below(m_random, piece.size())));
        m_world.tell("channel", "truncates", readable(piece));
    }
    if (!piece.empty() && happens(m_options.corrupt_ppm)) {
        const auto at = static_cast<std::size_t>(kernel::below(m_random, piece.size()));
        const auto bit = static_cast<unsigned>(kernel::below(m_random, 8));
        piece[at] = static_cast<char>(static_cast<unsigned char>(piece[at]) ^ (1U << bit));
        m_world.tell("channel", "corrupts", readable(piece));
    }
    if (happens(m_options.duplicate_ppm)) {
        m_world.tell("channel", "duplicates", readable(piece));
        carry(way, piece);
    }
    carry(way, std::move(piece));
}

/// Pieces come in the order in which they were sent, but for those that overtake.
void channel::carry(direction way, std::string piece) {
    lane& on = lane_of(way);
    const auto latency = static_cast<ticks>(m_options.latency_us) * kernel::microsecond;
    const auto jitter = static_cast<ticks>(m_options.jitter_us) * kernel::microsecond;
    const auto length = static_cast<ticks>(piece.size()) * kernel::second /
                        static_cast<ticks>(m_options.bytes_per_second);
    ticks arrival = m_world.now() + latency + kernel::between(m_random, 0, jitter) + length;
    if (happens(m_options.reorder_ppm)) {
        m_world.tell("channel", "reorders", readable(piece));
        arrival += latency + jitter;
    } else {
        arrival = std::max(arrival, on.free_at + length);
        on.free_at = arrival;
    }
    std::size_t place = m_on_the_way.size();
    if (m_free.empty()) {
        m_on_the_way.emplace_back();
    } else {
        place = m_free.back();
        m_free.pop_back();
    }
    m_on_the_way[place] = std::move(piece);
    m_world.after(arrival - m_world.now(),
                  {m_self, static_cast<std::uint32_t>(way), m_life << 32 | place});
}

void channel::flow(direction way) {
    lane& on = lane_of(way);
    on.stalled = on.swallows = false;
    for (const auto& piece : std::exchange(on.held, {})) {
        deliver(way, piece);
    }
}

void channel::handle(const event& what) {
    const auto place = static_cast<std::size_t>(what.number & 0xffffffffU);
    const std::string piece = std::exchange(m_on_the_way[place], {});
    m_free.push_back(place);
    if (what.number >> 32 == m_life && m_connected) {
        deliver(static_cast<direction>(what.what), piece);
    }
}

void channel::deliver(direction way, const std::string& piece) {
    lane& on = lane_of(way);
    if (on.stalled) {
        on.held.push_back(piece);
    } else if (!on.swallows) {
        std::string text = piece;
        if (m_tap) {
            send_pieces(opposite(way), m_tap->received(way, text));
        }
        m_ends[static_cast<std::size_t>(way)]->bytes_arrived(text);
    }
}

} // namespace snapproto::world
