// SPDX-License-Identifier: BSL-1.0
// What a scenario can say, and between which bounds.
#include "simulator/world/dialect.hpp"
#include "simulator/world/faults.hpp"
#include "simulator/world/flaw.hpp"
#include "simulator/world/scenario.hpp"

namespace snapproto::world {
namespace {

constexpr std::uint64_t long_ms = 10 * 24 * 3600 * std::uint64_t{1000}; // ten days
constexpr std::uint64_t guests_max = 16;
constexpr std::uint64_t million = 1'000'000;

std::vector<std::string_view> faulty_names() {
    std::vector<std::string_view> names{"none"};
    for (const auto& one : faulty_endpoints()) {
        names.push_back(one.name);
    }
    return names;
}

std::vector<std::string_view> fault_names() {
    std::vector<std::string_view> names;
    for (const auto& one : fault_words) {
        names.push_back(one.word);
    }
    return names;
}

std::vector<std::string_view> dialect_names() {
    std::vector<std::string_view> names;
    for (const auto& one : dialects) {
        names.push_back(one.name);
    }
    return names;
}

} // namespace

std::vector<field> fields_of(fault& what) {
    return {
        {"when", &what.when, 0, 0, {}},
        {"occurrence", &what.occurrence, 1, million, {}},
        {"after_ms", &what.after_ms, 0, long_ms, {}},
        {"what", &what.what, 0, 0, fault_names()},
        {"guest", &what.guest, 1, guests_max, {}},
        {"for_ms", &what.for_ms, 0, long_ms, {}},
        {"by_ms", &what.by_ms, 0, long_ms, {}},
        {"ppm", &what.ppm, 0, million - 1, {}},
        {"times", &what.times, 1, 1000, {}},
    };
}

std::vector<field> fields_of(scenario& s) {
    return {
        {"title", &s.title, 0, 0, {}},
        {"teaches", &s.teaches, 0, 0, {}},
        {"seed", &s.seed, 0, std::uint64_t{1} << 62, {}},
        {"run_ms", &s.run_ms, 1, long_ms, {}},
        {"guests", &s.guests, 1, guests_max, {}},
        {"dialect", &s.dialect, 0, 0, dialect_names()},
        {"swarm", &s.swarm, 0, 0, {}},
        {"heal_ms", &s.heal_ms, 0, long_ms, {}},
        {"faulty", &s.faulty, 0, 0, faulty_names()},
        {"disk.write_us", &s.disk.write_us, 1, million, {}},
        {"disk.depth", &s.disk.depth, 1, 256, {}},
        {"filesystem.writeback_ms", &s.filesystem.writeback_ms, 1, long_ms, {}},
        {"filesystem.dirty_ms", &s.filesystem.dirty_ms, 0, long_ms, {}},
        {"filesystem.freeze_hangs_ms", &s.filesystem.freeze_hangs_ms, 0, long_ms, {}},
        {"filesystem.thaw_failures", &s.filesystem.thaw_failures, 0, million, {}},
        {"filesystem.hold_limit_ms", &s.filesystem.hold_limit_ms, 0, long_ms, {}},
        {"database.accounts", &s.database.accounts, 14, 100'000, {}},
        {"database.log_blocks", &s.database.log_blocks, 64, 100'000, {}},
        {"database.group_commit_us", &s.database.group_commit_us, 0, million, {}},
        {"database.checkpoint_ms", &s.database.checkpoint_ms, 1, long_ms, {}},
        {"database.full_page_writes", &s.database.full_page_writes, 0, 0, {}},
        {"database.acknowledge", &s.database.acknowledge, 0, 0, {"flushed", "buffered"}},
        {"database.quiesce", &s.database.quiesce, 0, 0, {}},
        {"database.vetoes", &s.database.vetoes, 0, 0, {}},
        {"publisher.enabled", &s.publisher.enabled, 0, 0, {}},
        {"publisher.pause_ms", &s.publisher.pause_ms, 0, long_ms, {}},
        {"publisher.quiesce", &s.publisher.quiesce, 0, 0, {}},
        {"queue.enabled", &s.queue.enabled, 0, 0, {}},
        {"queue.pause_ms", &s.queue.pause_ms, 1, long_ms, {}},
        {"queue.latency_us", &s.queue.latency_us, 0, 60 * million, {}},
        {"queue.quiesce", &s.queue.quiesce, 0, 0, {}},
        {"tokens.enabled", &s.tokens.enabled, 0, 0, {}},
        {"tokens.pause_ms", &s.tokens.pause_ms, 1, long_ms, {}},
        {"tokens.quiesce", &s.tokens.quiesce, 0, 0, {}},
        {"clients.count", &s.clients.count, 1, 10'000, {}},
        {"clients.think_ms", &s.clients.think_ms, 0, long_ms, {}},
        {"agent.hold_limit_ms", &s.agent.hold_limit_ms, 1, long_ms, {}},
        {"agent.windows", &s.agent.windows, 0, 0, {}},
        {"agent.remembers", &s.agent.remembers, 0, 0, {}},
        {"agent.clock", &s.agent.clock, 0, 0, {"steady", "wall"}},
        {"channel.connected", &s.channel.connected, 0, 0, {}},
        {"channel.latency_us", &s.channel.latency_us, 0, 60 * million, {}},
        {"channel.jitter_us", &s.channel.jitter_us, 0, 60 * million, {}},
        {"channel.bytes_per_second", &s.channel.bytes_per_second, 1, 1'000 * million, {}},
        {"channel.piece_bytes", &s.channel.piece_bytes, 1, million, {}},
        {"channel.loss_ppm", &s.channel.loss_ppm, 0, million, {}},
        {"channel.duplicate_ppm", &s.channel.duplicate_ppm, 0, million, {}},
        {"channel.reorder_ppm", &s.channel.reorder_ppm, 0, million, {}},
        {"channel.corrupt_ppm", &s.channel.corrupt_ppm, 0, million, {}},
        {"channel.truncate_ppm", &s.channel.truncate_ppm, 0, million, {}},
        {"provider.cut_ms", &s.provider.cut_ms, 0, long_ms, {}},
        {"provider.fails", &s.provider.fails, 0, 0, {}},
        {"provider.ready_ms", &s.provider.ready_ms, 0, long_ms, {}},
        {"provider.loses_copies", &s.provider.loses_copies, 0, 0, {}},
        {"restore.after_ms", &s.restore.after_ms, 0, long_ms, {}},
        {"restore.generation", &s.restore.generation, 0, 0, {}},
        {"host.kind", &s.host.kind, 0, 0, {"reference", "naive"}},
        {"host.wanted", &s.host.wanted, 0, 0, {"filesystem", "application"}},
        {"host.start_ms", &s.host.start_ms, 0, long_ms, {}},
        {"host.group", &s.host.group, 0, 0, {}},
        {"host.stagger_ms", &s.host.stagger_ms, 0, long_ms, {}},
        {"host.repeat_ms", &s.host.repeat_ms, 0, long_ms, {}},
        {"host.crash_copy", &s.host.crash_copy, 0, 0, {}},
        {"host.keep_degraded", &s.host.keep_degraded, 0, 0, {}},
        {"host.patience_ms", &s.host.patience_ms, 1, long_ms, {}},
        {"expect.outcome", &s.expect.outcome, 0, 0, {"success", "degraded", "failed", "none"}},
        {"expect.contents", &s.expect.contents, 0, 0, {"whole", "lost", "torn", "none"}},
        {"expect.claim", &s.expect.claim, 0, 0, {"true", "false"}},
        {"expect.conversation", &s.expect.conversation, 0, 0, {"kept", "violated"}},
        {"expect.identity", &s.expect.identity, 0, 0, {"own", "shared"}},
    };
}

} // namespace snapproto::world
