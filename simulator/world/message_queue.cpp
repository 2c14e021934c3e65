// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/message_queue.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace snapproto::world {
namespace {

constexpr ticks look_again_after = 200 * kernel::millisecond;
constexpr std::uint64_t resent_max = 64; // messages at once: more than come in that time

} // namespace

message_queue::message_queue(environment& world, filesystem& files, const queue_options& options)
    : m_world(world),
      m_files(files),
      m_options(options),
      m_random(world.stream("queue")),
      m_self(world.add(*this)) {}

void message_queue::send_to(message_queue& next) {
    m_next = next.m_self;
    next.m_previous = m_self;
}

void message_queue::open() {
    const std::array<block, 1> empty{m_state.to_block()};
    m_files.create(file::queue, 1, empty);
    if (m_next != nobody) {
        wait_for_a_message();
        m_world.after(look_again_after, {m_self, look_again, 0});
    }
}

void message_queue::wait_for_a_message() {
    m_world.after(kernel::exponential(m_random, milliseconds(m_options.pause_ms)),
                  {m_self, new_message, 0});
}

// ---- the file -----------------------------------------------------------------------------------

void message_queue::save() {
    if (std::exchange(m_saving, true)) {
        m_changed = true;
        return;
    }
    m_written = m_state;
    const std::array<block, 1> content{m_written.to_block()};
    m_files.write(file::queue, 0, content, 1, {m_self, written, 0});
}

/// What is safe now may be told to the others.
void message_queue::saved() {
    m_saving = false;
    const queue_state before = std::exchange(m_safe, m_written);
    send(before.queued + 1, m_safe.queued);
    if (m_safe.stored != before.stored) {
        acknowledge();
    }
    if (std::exchange(m_changed, false)) {
        save();
    } else if (m_quiescing) {
        say_quiesced();
    }
}

// ---- the line -----------------------------------------------------------------------------------

void message_queue::send(std::uint64_t first, std::uint64_t last) {
    for (; first <= last; ++first) {
        m_world.after(static_cast<ticks>(m_options.latency_us) * kernel::microsecond,
                      {m_next, arrived, first});
    }
}

void message_queue::acknowledge() {
    m_world.after(static_cast<ticks>(m_options.latency_us) * kernel::microsecond,
                  {m_previous, acknowledged, m_safe.stored});
}

void message_queue::on_arrival(std::uint64_t number) {
    if (number == m_state.stored + 1) {
        m_state.stored = number;
        save();
    } else if (number <= m_safe.stored) {
        acknowledge(); // the sender has not heard of it
    }
}

void message_queue::handle(const event& what) {
    // What comes while it is to stand still is lost; the other side tries again.
    switch (what.what) {
    case new_message:
        if (!m_quiescing) {
            ++m_state.queued;
            save();
        }
        wait_for_a_message();
        break;
    case written:
        m_files.sync(file::queue, {m_self, synced, 0});
        break;
    case synced:
        saved();
        break;
    case arrived:
        if (!m_quiescing) {
            on_arrival(what.number);
        }
        break;
    case acknowledged:
        if (!m_quiescing && what.number > m_state.removed) {
            m_state.removed = what.number;
            save();
        }
        break;
    default:
        if (!m_quiescing) {
            send(m_state.removed + 1, std::min(m_safe.queued, m_state.removed + resent_max));
        }
        m_world.after(look_again_after, {m_self, look_again, 0});
        break;
    }
}

// ---- quiescing ----------------------------------------------------------------------------------

void message_queue::say_quiesced() {
    m_world.tell("queue", "quiesced", "quiesced after message " + std::to_string(m_safe.queued));
    m_world.after(0, std::exchange(m_quiesced, event{}));
}

void message_queue::quiesce(const event& done, const event&) {
    m_quiescing = true;
    m_quiesced = done;
    if (!m_saving) {
        say_quiesced();
    }
}

void message_queue::resume(const event& done, const event&) {
    m_quiescing = false;
    m_quiesced = event{};
    m_world.tell("queue", "resumed", "resumed");
    m_world.after(0, done);
}

} // namespace snapproto::world
