// SPDX-License-Identifier: BSL-1.0
// One world: hosts, and guests with everything in them.
#include "simulator/world/clone.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/guest.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/host.hpp"
#include "simulator/world/provider.hpp"
#include "simulator/world/spectator.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace snapproto::world {
namespace {

/// A host with its provider and some of the guests.
struct rack {
    rack(environment& where, const std::vector<guest*>& guests, std::size_t first,
         const scenario& what)
        : copies(where, disks_of(guests), what.provider),
          outside(
              what.host.kind == "naive"
                  ? make_naive_host(where, hosted(guests, first), copies, options_of(what, first))
                  : make_orchestrator_host(where, hosted(guests, first), copies,
                                           options_of(what, first), what.dialect)) {
        for (std::size_t i = 0; i < guests.size(); ++i) {
            guests[i]->line.join(outside->end_of(i), guests[i]->at_line);
        }
    }

    static std::vector<const block_device*> disks_of(const std::vector<guest*>& guests) {
        std::vector<const block_device*> disks;
        for (const auto* one : guests) {
            disks.push_back(&one->disk);
        }
        return disks;
    }
    static std::vector<hosted_guest> hosted(const std::vector<guest*>& guests, std::size_t first) {
        std::vector<hosted_guest> made;
        for (auto* one : guests) {
            made.push_back({first++, &one->line});
        }
        return made;
    }
    static host_options options_of(const scenario& what, std::size_t first) {
        host_options made = what.host;
        made.start_ms += first * what.host.stagger_ms;
        return made;
    }

    provider copies;
    std::unique_ptr<host> outside;
};

struct one_world {
    one_world(const scenario& what, flaw* wrong) : options(what), world(what.seed) {
        for (std::uint32_t i = 0; i < what.guests; ++i) {
            guests.push_back(std::make_unique<guest>(world, i, what));
        }
        place_guests();
        std::vector<fault_injector::target> targets;
        for (std::size_t i = 0; i < guests.size(); ++i) {
            rack& at = *racks[std::min(i, racks.size() - 1)];
            targets.push_back({guests[i].get(), at.outside.get(), &at.copies});
        }
        faults = std::make_unique<fault_injector>(world, what, std::move(targets));
        if (what.restore.after_ms != 0) {
            twin = std::make_unique<clone>(world, what, *guests[0]);
            racks[0]->copies.tell_of_cuts(twin->cut_ended());
            guests[0]->line.join(racks[0]->outside->end_of(0), *twin);
        }
        if (wrong != nullptr) {
            tamper(*wrong);
        }
        open();
    }

    void tamper(flaw& wrong) {
        for (auto& one : guests) {
            one->line.tamper(wrong);
            one->agent.tamper(wrong);
        }
        for (auto& one : racks) {
            one->outside->tamper(wrong);
            one->copies.cut_late(milliseconds(wrong.hasty_ms()));
        }
    }

    /// All in one rack, or each in its own.
    void place_guests() {
        std::vector<guest*> together;
        for (std::size_t i = 0; i < guests.size(); ++i) {
            together.push_back(guests[i].get());
            if (options.host.group) {
                continue;
            }
            racks.push_back(std::make_unique<rack>(guests[i]->beside, together, i, options));
            together.clear();
        }
        if (options.host.group) {
            racks.push_back(std::make_unique<rack>(world, together, 0, options));
        }
    }

    void open() {
        for (std::size_t i = 0; i < guests.size() && guests.size() > 1; ++i) {
            guests[i]->messages.send_to(guests[(i + 1) % guests.size()]->messages);
        }
        for (auto& one : guests) {
            one->open();
        }
        faults->open();
        for (auto& one : guests) {
            one->agent.open();
        }
        if (twin) {
            twin->open();
        }
        for (auto& one : racks) {
            one->outside->open();
        }
        for (auto& one : guests) {
            if (options.channel.connected) {
                one->line.connect();
            }
        }
    }

    history run(spectator* watching) {
        std::vector<const guest*> all;
        for (const auto& one : guests) {
            all.push_back(one.get());
        }
        std::vector<const host*> hosts;
        for (const auto& one : racks) {
            hosts.push_back(one->outside.get());
        }
        world.run(
            milliseconds(options.run_ms), watching == nullptr ? std::function<void()>{} : [&] {
                watching->look({world, all, hosts});
            });
        history made;
        static_cast<guest_history&>(made) = left_of(*guests[0]);
        for (std::size_t i = 1; i < guests.size(); ++i) {
            made.more_guests.push_back(left_of(*guests[i]));
        }
        if (twin && twin->restored()) {
            made.restored = left_of(twin->copy());
            made.restored_at = *twin->restored();
        }
        made.end = world.now();
        made.events = world.events_handled();
        made.story = world.take_story();
        made.begun = faults->begun();
        made.at_host = racks[0]->outside->take_recording();
        for (std::size_t i = 0; i < racks.size(); ++i) {
            for (const auto& one : racks[i]->outside->attempts()) {
                made.attempts.insert(std::upper_bound(made.attempts.begin(), made.attempts.end(),
                                                      one,
                                                      [](const attempt& a, const attempt& b) {
                                                          return a.started < b.started;
                                                      }),
                                     one);
            }
            if (i != 0) {
                made.at_more_hosts.push_back(racks[i]->outside->take_recording());
            }
        }
        return made;
    }

    [[nodiscard]] static guest_history left_of(guest& from) {
        return {from.agent.take_recording(),
                from.inside.clock(),
                from.seen,
                std::max(from.seen.longest_wait, from.users.waiting()),
                from.frozen(),
                from.line.take_wire()};
    }

    scenario options;
    environment world;
    std::vector<std::unique_ptr<guest>> guests;
    std::vector<std::unique_ptr<rack>> racks;
    std::unique_ptr<fault_injector> faults;
    std::unique_ptr<clone> twin; // null unless a copy with memory is to be restored
};

} // namespace

history play(const scenario& what, spectator* watching) {
    scenario built = what;
    const auto wrong = make_flaw(what.faulty);
    if (wrong) {
        wrong->configure(built);
    }
    history made = one_world{built, wrong.get()}.run(watching);
    made.played = what;
    return made;
}

} // namespace snapproto::world
