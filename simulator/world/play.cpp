// SPDX-License-Identifier: BSL-1.0
// One world: a host, a channel, a guest with everything in it.
#include "simulator/world/agent_process.hpp"
#include "simulator/world/block_device.hpp"
#include "simulator/world/channel.hpp"
#include "simulator/world/clients.hpp"
#include "simulator/world/database.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/filesystem.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/publisher.hpp"

#include <algorithm>

namespace snapproto::world {
namespace {

struct one_world {
    one_world(const scenario& what, flaw* wrong)
        : options(what),
          world(what.seed),
          disk(world, what.disk,
               filesystem::disk_blocks(database::room(what.database) + publisher::room())),
          files(world, disk, what.filesystem),
          rows(world, files, what.database, seen),
          pages(world, files, rows, what.publisher, seen),
          users(world, rows, what.clients, what.database.accounts, seen),
          line(world, what.channel),
          agent(world, line, what.agent),
          copies(world, disk, what.provider),
          outside((what.host.kind == "naive" ? make_naive_host : make_orchestrator_host)(
              world, line, copies, what.host)),
          faults(world, what, line, *outside, agent) {
        line.join(*outside, agent);
        if (wrong != nullptr) {
            line.tamper(*wrong);
            agent.tamper(*wrong);
            outside->tamper(*wrong);
        }
        rows.open();
        if (what.publisher.enabled) {
            pages.open();
        }
        files.mount();
        // What uses the database is stopped before it.
        if (what.publisher.enabled && what.publisher.quiesce) {
            agent.add("publisher", pages);
        }
        if (what.database.quiesce) {
            agent.add("database", rows);
        }
        agent.add("/", files);
        users.open();
        faults.open();
        agent.open();
        outside->open();
        if (what.channel.connected) {
            line.connect();
        }
    }

    history run() {
        world.run(static_cast<ticks>(options.run_ms) * kernel::millisecond);
        history made;
        made.end = world.now();
        made.events = world.events_handled();
        made.story = world.story();
        made.at_host = outside->recording();
        made.at_agent = agent.recording();
        made.attempts = outside->attempts();
        made.seen = seen;
        made.longest_stall = std::max(seen.longest_wait, users.waiting());
        made.still_frozen = files.frozen();
        return made;
    }

    scenario options;
    witness seen;
    environment world;
    block_device disk;
    filesystem files;
    database rows;
    publisher pages;
    clients users;
    channel line;
    agent_process agent;
    provider copies;
    std::unique_ptr<host> outside;
    fault_injector faults;
};

} // namespace

history play(const scenario& what) {
    scenario built = what;
    const auto wrong = make_flaw(what.faulty);
    if (wrong) {
        wrong->configure(built);
    }
    history made = one_world{built, wrong.get()}.run();
    made.played = what;
    return made;
}

} // namespace snapproto::world
