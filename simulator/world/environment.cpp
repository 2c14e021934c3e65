// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/environment.hpp"

namespace snapproto::world {

actor_id environment::add(actor& who) {
    m_actors.push_back(&who);
    return static_cast<actor_id>(m_actors.size() - 1);
}

void environment::after(ticks delay, const event& what) {
    if (what.to != nobody) {
        m_events.after(delay, what);
    }
}

void environment::run(ticks end) {
    m_events.run(end, [this](const event& what) { m_actors[what.to]->handle(what); });
}

void environment::tell(std::string_view who, std::string_view what, std::string text) {
    m_story.push_back({now(), std::string{who}, std::string{what}, std::move(text)});
    if (m_watcher != nullptr) {
        m_watcher->noticed(std::string{who}.append(".").append(what));
    }
}

void environment::notice(const std::vector<trace::record>& recording, std::size_t& seen) {
    for (; seen < recording.size(); ++seen) {
        if (m_watcher != nullptr) {
            const auto& one = recording[seen];
            std::string name{to_string(one.who)};
            name.append(".").append(to_string(one.what));
            if (one.message) {
                name.append(".").append(to_string(*one.message));
            }
            m_watcher->noticed(name);
        }
    }
}

} // namespace snapproto::world
