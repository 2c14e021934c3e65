// SPDX-License-Identifier: BSL-1.0
// One world: hosts, and guests with everything in them.
#include "simulator/world/faults.hpp"
#include "simulator/world/guest.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/provider.hpp"

#include <algorithm>
#include <memory>

namespace snapproto::world {
namespace {

struct one_world {
    explicit one_world(const scenario& what)
        : options(what),
          world(what.seed),
          inside(world, 0, what),
          copies(inside.beside, {&inside.disk}, what.provider),
          outside((what.host.kind == "naive" ? make_naive_host : make_orchestrator_host)(
              inside.beside, {{0, &inside.line}}, copies, what.host)),
          faults(world, what.faults, {{&inside, outside.get(), &copies}}) {
        inside.line.join(outside->end_of(0), inside.at_line);
        inside.open();
        faults.open();
        inside.agent.open();
        outside->open();
        if (what.channel.connected) {
            inside.line.connect();
        }
    }

    history run() {
        world.run(milliseconds(options.run_ms));
        history made;
        made.played = options;
        made.end = world.now();
        made.events = world.events_handled();
        made.story = world.story();
        made.at_host = outside->recording();
        made.at_agent = inside.agent.recording();
        made.attempts = outside->attempts();
        made.seen = inside.seen;
        made.longest_stall = std::max(inside.seen.longest_wait, inside.users.waiting());
        made.still_frozen = inside.frozen();
        return made;
    }

    scenario options;
    environment world;
    guest inside;
    provider copies;
    std::unique_ptr<host> outside;
    fault_injector faults;
};

} // namespace

history play(const scenario& what) {
    return one_world{what}.run();
}

} // namespace snapproto::world
