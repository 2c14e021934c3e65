// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/clone.hpp"

#include <utility>

namespace snapproto::world {

clone::clone(environment& whole, const scenario& what, guest& original)
    : m_options(what.restore),
      m_world(whole),
      m_original(original),
      m_twin(whole, 0, what, "-clone"),
      m_self(whole.add(*this)) {
    m_twin.inside.mute(true);
    m_twin.beside.mute(true);
}

void clone::open() {
    m_twin.open();
    m_twin.agent.open();
}

// ---- everything that happens to the original ----------------------------------------------------

void clone::channel_up() {
    m_original.at_line.channel_up();
    if (!m_stopped) {
        m_twin.at_line.channel_up();
    }
}

void clone::channel_lost() {
    m_original.at_line.channel_lost();
    if (!m_stopped) {
        m_twin.at_line.channel_lost();
    }
}

void clone::bytes_arrived(std::string_view bytes) {
    m_original.at_line.bytes_arrived(bytes);
    if (!m_stopped) {
        m_twin.at_line.bytes_arrived(bytes);
    }
}

// ---- the copy -----------------------------------------------------------------------------------

void clone::handle(const event& what) {
    if (what.what == restore) {
        on_restore();
    } else if (!std::exchange(m_stopped, true)) {
        m_world.tell("provider", "keeps_memory", "keeps the memory of the guest too");
        m_twin.inside.stand_still(true);
        m_world.after(milliseconds(m_options.after_ms), {m_self, restore, 0});
    }
}

/// The guest wakes up where it was. Whether it learns that it is another one now is up to whoever
/// restores it.
void clone::on_restore() {
    m_restored = m_world.now();
    m_twin.inside.mute(false);
    m_twin.beside.mute(false);
    m_twin.inside.tell("guest", "restored", "is restored from the copy, beside its original");
    m_twin.inside.go_on();
    if (m_options.generation) {
        auto random = m_world.stream("generation");
        m_twin.agent.generation_changed(generation_id{random()});
    }
}

} // namespace snapproto::world
