// SPDX-License-Identifier: BSL-1.0
#include "simulator/campaign/swarm.hpp"

#include "simulator/kernel/distributions.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/faults.hpp"

#include <array>
#include <iterator>
#include <span>

namespace snapproto::campaign {
namespace {

using kernel::below;
using kernel::generator;
using world::fault;
using world::scenario;

constexpr std::uint64_t heal_if_unsaid_ms = 30'000;

/// How many of a hundred kinds are enabled. That it differs from seed to seed gives runs in which
/// one thing goes wrong, and runs in which much does.
constexpr std::array<std::uint64_t, 4> densities{4, 10, 25, 50};

template <class Value>
const Value& one_of(generator& from, std::span<const Value> values) {
    return values[static_cast<std::size_t>(below(from, values.size()))];
}

/// From `least` to `most`, small values as likely as large ones.
std::uint64_t by_magnitude(generator& from, std::uint64_t least, std::uint64_t most) {
    std::uint64_t bound = most;
    for (auto halvings = below(from, 12); halvings != 0 && bound / 2 > least; --halvings) {
        bound /= 2;
    }
    return least + below(from, bound - least + 1);
}

void draw_amount(generator& from, world::fault_amount what, fault& to) {
    switch (what) {
    case world::fault_amount::by_ms:
        to.by_ms = by_magnitude(from, 1, 20'000);
        break;
    case world::fault_amount::ppm:
        to.ppm = by_magnitude(from, 1000, 500'000);
        break;
    case world::fault_amount::times:
        to.times = by_magnitude(from, 2, 100);
        break;
    case world::fault_amount::none:
        break;
    }
}

fault drawn_fault(generator& from, const world::fault_word& kind, std::uint64_t heal_ms) {
    fault made;
    made.what = kind.word;
    made.for_ms = kind.lasts ? by_magnitude(from, 1, 15'000) : 0;
    draw_amount(from, kind.amount, made);
    if (below(from, 4) == 0) {
        made.when = "start";
        made.after_ms = below(from, heal_ms);
    } else {
        made.when = one_of(from, std::span{moments()});
        made.occurrence = 1 + below(from, 4);
        made.after_ms = below(from, 2) == 0 ? 0 : by_magnitude(from, 1, 2000);
    }
    return made;
}

/// A provider that says that it has cut before it has makes every claim false, whatever host and
/// agent do; there is nothing to be learned of them then.
constexpr bool tells_of_endpoints(std::string_view kind) {
    return kind != "provider_cuts_late";
}

/// What its channel cannot do, whatever was drawn, and time enough to see that everything ends: a
/// native host has longer time-outs. The same seed draws the same in every dialect.
void keep_to_dialect(scenario& made) {
    const auto& spoken = world::dialect_named(made.dialect);
    if (spoken.keeps_messages) {
        made.channel.piece_bytes = world::channel_options{}.piece_bytes;
    }
    if (spoken.has_transactions) {
        made.run_ms *= 2;
    }
    std::erase_if(made.faults,
                  [&](const fault& one) { return world::is_impossible(made, one.what); });
}

/// What is not a fault, but other than usual.
struct circumstance {
    void (*apply)(generator&, scenario&);
};

constexpr circumstance circumstances[]{
    {[](generator& g, scenario& s) { s.channel.latency_us = by_magnitude(g, 1, 500'000); }},
    {[](generator& g, scenario& s) { s.channel.jitter_us = by_magnitude(g, 1, 500'000); }},
    {[](generator& g, scenario& s) { s.channel.bytes_per_second = by_magnitude(g, 500, 100'000); }},
    {[](generator& g, scenario& s) { s.channel.piece_bytes = by_magnitude(g, 1, 64); }},
    {[](generator& g, scenario& s) { s.provider.cut_ms = by_magnitude(g, 0, 4000); }},
    {[](generator& g, scenario& s) { s.agent.hold_limit_ms = by_magnitude(g, 200, 20'000); }},
    {[](generator& g, scenario& s) { s.disk.write_us = by_magnitude(g, 100, 10'000); }},
    {[](generator& g, scenario& s) { s.disk.depth = by_magnitude(g, 1, 16); }},
    {[](generator& g, scenario& s) { s.filesystem.writeback_ms = by_magnitude(g, 20, 5000); }},
    {[](generator& g, scenario& s) { s.database.checkpoint_ms = by_magnitude(g, 50, 10'000); }},
    {[](generator& g, scenario& s) { s.clients.think_ms = by_magnitude(g, 5, 500); }},
    {[](generator& g, scenario& s) { s.publisher.pause_ms = by_magnitude(g, 5, 1000); }},
    {[](generator&, scenario& s) { s.publisher.enabled = false; }},
    {[](generator&, scenario& s) { s.publisher.quiesce = false; }},
    {[](generator&, scenario& s) { s.database.quiesce = false; }},
    {[](generator&, scenario& s) { s.database.full_page_writes = true; }},
    {[](generator&, scenario& s) { s.host.keep_degraded = true; }},
    {[](generator&, scenario& s) { s.host.crash_copy = true; }},
    {[](generator& g, scenario& s) { s.host.repeat_ms = by_magnitude(g, 1500, 12'000); }},
};

} // namespace

const std::vector<std::string_view>& moments() {
    static const std::vector<std::string_view> all{
        "host.starts",
        "host.says",
        "host.reports",
        "guest.says",
        "agent.holds",
        "agent.releases",
        "database.quiesced",
        "database.resumed",
        "database.checkpoint_begins",
        "publisher.quiesced",
        "filesystem.frozen",
        "filesystem.thawed",
        "provider.cut_begins",
        "provider.cut_ends",
        "orchestrator.sent.freeze",
        "agent.received.freeze",
        "agent.sent.frozen",
        "orchestrator.sent.thaw",
        "agent.received.thaw",
        "channel.lost",
        "fault.begins",
    };
    return all;
}

scenario planned(scenario base, std::uint64_t seed) {
    base.seed = seed;
    if (!base.swarm) {
        return base;
    }
    base.swarm = false;
    base.expect = {}; // it is for the world in which nothing goes wrong
    if (base.heal_ms == 0) {
        base.heal_ms = heal_if_unsaid_ms;
    }
    generator from = kernel::stream(seed, "swarm");
    const auto density = one_of(from, std::span<const std::uint64_t>{densities});
    for (const auto& one : circumstances) {
        if (below(from, 100) < density) {
            one.apply(from, base);
        }
    }
    for (const auto& kind : world::fault_words) {
        if (tells_of_endpoints(kind.word) && below(from, 100) < density) {
            for (auto more = 1 + below(from, 3); more != 0; --more) {
                base.faults.push_back(drawn_fault(from, kind, base.heal_ms));
            }
        }
    }
    keep_to_dialect(base);
    return base;
}

} // namespace snapproto::campaign
