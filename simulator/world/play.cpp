// SPDX-License-Identifier: BSL-1.0
// One world: hosts, and guests with everything in them.
#include "simulator/world/faults.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/guest.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/provider.hpp"

#include <algorithm>
#include <memory>

namespace snapproto::world {
namespace {

struct one_world {
    one_world(const scenario& what, flaw* wrong)
        : options(what),
          world(what.seed),
          inside(world, 0, what),
          copies(inside.beside, {&inside.disk}, what.provider),
          outside((what.host.kind == "naive" ? make_naive_host : make_orchestrator_host)(
              inside.beside, {{0, &inside.line}}, copies, what.host)),
          faults(world, what, {{&inside, outside.get(), &copies}}) {
        inside.line.join(outside->end_of(0), inside.at_line);
        if (wrong != nullptr) {
            tamper(*wrong);
        }
        inside.open();
        faults.open();
        inside.agent.open();
        outside->open();
        if (what.channel.connected) {
            inside.line.connect();
        }
    }

    void tamper(flaw& wrong) {
        inside.line.tamper(wrong);
        inside.agent.tamper(wrong);
        outside->tamper(wrong);
        copies.cut_late(milliseconds(wrong.hasty_ms()));
    }

    history run() {
        world.run(milliseconds(options.run_ms));
        history made;
        made.end = world.now();
        made.events = world.events_handled();
        made.story = world.story();
        made.wire = inside.line.wire();
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
