// SPDX-License-Identifier: BSL-1.0
#include "simulator/world/guest.hpp"

#include "simulator/world/dialect.hpp"

#include <array>

namespace snapproto::world {
namespace {

constexpr std::uint64_t plugged_room = 16; // blocks for each file

} // namespace

guest::guest(environment& whole, std::uint32_t number, const scenario& what,
             std::string_view suffix)
    : beside(whole, number, suffix),
      inside(whole, number, suffix),
      disk(beside, what.disk,
           filesystem::disk_blocks(database::room(what.database) + publisher::room() +
                                   message_queue::room(what.queue))),
      files(inside, disk, what.filesystem),
      rows(inside, files, what.database, seen),
      pages(inside, files, rows, what.publisher, seen),
      messages(inside, files, what.queue),
      tokens(inside, what.tokens, seen),
      users(inside, rows, what.clients, what.database.accounts, seen),
      line(beside, what.channel, &dialect_named(what.dialect)),
      agent(inside, line, what.agent, dialect_named(what.dialect)),
      at_line(inside, agent),
      m_options(what) {}

void guest::open() {
    rows.open();
    if (m_options.publisher.enabled) {
        pages.open();
    }
    if (m_options.queue.enabled) {
        messages.open();
    }
    files.mount();
    if (m_options.tokens.enabled) {
        tokens.open();
        agent.renews(tokens);
    }
    const bool hooks = has_hooks(m_options);
    if (hooks && m_options.tokens.enabled && m_options.tokens.quiesce) {
        agent.add("tokens", tokens);
    }
    // What uses the database is stopped before it.
    if (hooks && m_options.queue.enabled && m_options.queue.quiesce) {
        agent.add("queue", messages);
    }
    if (hooks && m_options.publisher.enabled && m_options.publisher.quiesce) {
        agent.add("publisher", pages);
    }
    if (hooks && m_options.database.quiesce) {
        agent.add("database", rows);
    }
    agent.add("/", files);
    users.open();
}

guest::more_room::more_room(guest& to, const scenario& what)
    : disk(to.beside, what.disk, filesystem::disk_blocks(plugged_room * file_count),
           "plugged disk"),
      files(to.inside, disk, what.filesystem, "data") {
    const std::array<block, 1> empty{};
    for (std::uint32_t i = 0; i < file_count; ++i) {
        files.create(static_cast<file>(i), plugged_room, empty);
    }
    files.mount();
}

void guest::plug_disk() {
    if (!m_plugged) {
        inside.tell("guest", "plugged", "a disk is plugged in, and mounted at /data");
        m_plugged = std::make_unique<more_room>(*this, m_options);
        agent.add("/data", m_plugged->files);
    }
}

bool guest::frozen() const noexcept {
    return files.frozen() || (m_plugged && m_plugged->files.frozen());
}

void guest::pause(bool clock_too) {
    inside.tell("guest", "stops", clock_too ? "stands still, its clocks too" : "stands still");
    inside.stand_still(clock_too);
}

void guest::go_on() {
    inside.go_on();
    inside.tell("guest", "goes_on", "goes on");
}

} // namespace snapproto::world
