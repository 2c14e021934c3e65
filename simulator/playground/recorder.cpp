// SPDX-License-Identifier: BSL-1.0
#include "simulator/playground/recorder.hpp"

#include "simulator/world/guest.hpp"
#include "simulator/world/host.hpp"

namespace snapproto::playground {
namespace {

sight sight_of(const world::guest& from, std::size_t number, world::ticks at) {
    sight made;
    made.at = at;
    made.guest = number;
    made.freezing = from.files.freezing();
    made.frozen = from.files.frozen();
    made.blocked = from.files.blocked_writers();
    made.under_way = from.disk.under_way();
    made.writes = from.disk.writes();
    made.executed = from.seen.transfers.size();
    made.acknowledged = from.seen.completed;
    made.dirty = from.files.dirty_blocks();
    return made;
}

} // namespace

/// @return whether there is anything new.
bool recorder::note_moment(const world::stage& what) {
    std::size_t seen = what.world.story().size();
    for (const auto* one : what.hosts) {
        seen += one->recording().size();
    }
    for (const auto* one : what.guests) {
        seen += one->agent.recording().size();
    }
    if (seen == m_seen) {
        return false;
    }
    m_seen = seen;
    moment& now = m_moments.emplace_back();
    now.at = what.world.now();
    now.notes = what.world.story().size();
    for (const auto* one : what.hosts) {
        now.at_hosts.push_back(one->recording().size());
    }
    for (const auto* one : what.guests) {
        now.at_agents.push_back(one->agent.recording().size());
    }
    return true;
}

/// Where the files are, which never changes.
void recorder::note_rooms(const world::guest& from) {
    for (std::size_t i = 0; i < m_rooms.size(); ++i) {
        const auto& file = from.files.room_of(static_cast<world::file>(i));
        m_rooms[i] = {file.first, file.capacity};
    }
}

void recorder::look(const world::stage& what) {
    if (m_moments.empty()) {
        note_rooms(*what.guests.front());
    }
    const auto now = what.world.now();
    if (!note_moment(what) && now < m_next) {
        return;
    }
    m_next = now + m_every;
    for (std::size_t i = 0; i < what.guests.size(); ++i) {
        m_sights.push_back(sight_of(*what.guests[i], i, now));
    }
}

} // namespace snapproto::playground
