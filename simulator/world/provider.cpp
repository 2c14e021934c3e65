// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/provider.hpp"

#include <utility>

namespace snapproto::world {

provider::provider(environment& world, std::vector<const block_device*> disks,
                   const provider_options& options)
    : m_world(world), m_disks(std::move(disks)), m_options(options), m_self(world.add(*this)) {}

void provider::begin(std::uint64_t number, const event& done, const event& ready) {
    m_world.tell("provider", "cut_begins", "the cut begins");
    m_cuts[number] = {done, ready, false, 0, {}};
    m_world.after(milliseconds(m_options.cut_ms) + m_slow, {m_self, cut_ends, number});
}

bool provider::succeeded(std::uint64_t number) const {
    return !m_cuts.at(number).content.empty();
}

bool provider::is_ready(std::uint64_t number) const {
    return m_cuts.at(number).is_ready;
}

copy provider::content(std::uint64_t number, std::size_t disk) const {
    const cut& what = m_cuts.at(number);
    return {what.at, what.content.at(disk)};
}

void provider::discard(std::uint64_t number) {
    m_world.tell("provider", "discards", "gives the copy up");
    if (const auto at = m_cuts.find(number); at != m_cuts.end()) {
        at->second.content.clear();
    }
}

void provider::handle(const event& what) {
    cut& one = m_cuts.at(what.number);
    switch (what.what) {
    case cut_ends:
        end_cut(one, what.number);
        break;
    case point_comes:
        if (!one.content.empty()) {
            m_world.tell("provider", "point_comes", "in truth, this is the snapshot point");
            take(one);
        }
        break;
    default:
        end_copying(one);
        break;
    }
}

void provider::take(cut& what) const {
    what.at = m_world.now();
    what.content.clear();
    for (const auto* disk : m_disks) {
        what.content.push_back(disk->content());
    }
}

void provider::end_cut(cut& what, std::uint64_t number) {
    m_world.after(0, what.done);
    if (m_options.fails || m_fails) {
        m_world.tell("provider", "cut_fails", "the cut fails");
        what.is_ready = true;
        return;
    }
    m_world.tell("provider", "cut_ends", "the cut ends: this is the snapshot point");
    take(what);
    m_world.after(0, m_told);
    if (m_late != 0) {
        m_world.after(m_late, {m_self, point_comes, number});
    }
    if (m_options.ready_ms == 0 && !m_loses) {
        what.is_ready = true;
    } else {
        m_world.after(milliseconds(m_options.ready_ms), {m_self, copying_ends, number});
    }
}

void provider::end_copying(cut& what) {
    what.is_ready = true;
    if (what.content.empty()) {
        return; // it was given up
    }
    if (m_options.loses_copies || m_loses) {
        m_world.tell("provider", "copy_fails", "the copy is lost while it is made");
        what.content.clear();
    } else {
        m_world.tell("provider", "copy_ready", "the copy can be read");
    }
    m_world.after(0, what.ready);
}

} // namespace snapproto::world
