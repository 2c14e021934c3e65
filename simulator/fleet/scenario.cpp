// SPDX-License-Identifier: BSL-1.0
#include "simulator/fleet/scenario.hpp"

#include <snapproto/core/limits.hpp>

#include <fmt/format.h>

#include <string>

namespace snapproto::fleet {
namespace {

using settings::field;

constexpr std::uint64_t million = 1'000'000;
constexpr std::uint64_t day_ms = 24 * 3600 * std::uint64_t{1000};
constexpr std::uint64_t year_s = 366 * 24 * 3600;

void add_delay(std::vector<field>& to, const std::string& name, delay& what) {
    to.push_back({name + ".least_ms", &what.least_ms, 0, day_ms, {}});
    to.push_back({name + ".rest_ms", &what.rest_ms, 0, day_ms, {}});
    to.push_back({name + ".tail_ppm", &what.tail_ppm, 0, million, {}});
    to.push_back({name + ".tail_ms", &what.tail_ms, 0, day_ms, {}});
}

} // namespace

std::vector<field> fields_of(scenario& s) {
    // As many machines as an array's queue can hold events of, and groups as large as one
    // orchestrator takes.
    std::vector<field> all{
        {"kind", &s.kind, 0, 0, {"fleet"}},
        {"title", &s.title, 0, 0, {}},
        {"teaches", &s.teaches, 0, 0, {}},
        {"seed", &s.seed, 0, std::uint64_t{1} << 62, {}},
        {"machines.count", &s.machines.count, 1, 100 * million, {}},
        {"machines.group", &s.machines.group, 1, group_limits::agents_max, {}},
        {"machines.per_array", &s.machines.per_array, 1, million, {}},
        {"machines.per_host", &s.machines.per_host, 1, million, {}},
        {"schedule.kind", &s.schedule.kind, 0, 0, {"together", "spread"}},
        {"schedule.window_s", &s.schedule.window_s, 1, year_s, {}},
        {"schedule.jitter_ms", &s.schedule.jitter_ms, 0, day_ms, {}},
        {"schedule.concurrent", &s.schedule.concurrent, 0, million, {}},
        {"schedule.rounds", &s.schedule.rounds, 1, million, {}},
        {"schedule.interval_s", &s.schedule.interval_s, 1, year_s, {}},
        {"schedule.retries", &s.schedule.retries, 0, 100, {}},
        {"schedule.retry_after_s", &s.schedule.retry_after_s, 0, year_s, {}},
        {"session.wanted", &s.session.wanted, 0, 0, {"filesystem", "application"}},
        {"session.hold_limit_ms", &s.session.hold_limit_ms, 1, day_ms, {}},
        {"session.quiesce_limit_ms", &s.session.quiesce_limit_ms, 1, day_ms, {}},
        {"session.freeze_limit_ms", &s.session.freeze_limit_ms, 1, day_ms, {}},
        {"session.cut_limit_ms", &s.session.cut_limit_ms, 1, day_ms, {}},
        {"session.crash_copy", &s.session.crash_copy, 0, 0, {}},
        {"session.keep_degraded", &s.session.keep_degraded, 0, 0, {}},
        {"guest.applications", &s.guest.applications, 0, 16, {}},
        {"guest.filesystems", &s.guest.filesystems, 1, 16, {}},
        {"guest.veto_ppm", &s.guest.veto_ppm, 0, million, {}},
        {"guest.cancel_ms", &s.guest.cancel_ms, 0, day_ms, {}},
        {"guest.dirty_mb", &s.guest.dirty_mb, 0, million, {}},
        {"array.slots", &s.array.slots, 1, million, {}},
        {"array.fail_ppm", &s.array.fail_ppm, 0, million, {}},
        {"array.write_mb_per_s", &s.array.write_mb_per_s, 0, million, {}},
        {"channel.latency_us", &s.channel.latency_us, 0, 60 * million, {}},
        {"channel.jitter_us", &s.channel.jitter_us, 0, 60 * million, {}},
        {"channel.loss_ppm", &s.channel.loss_ppm, 0, million, {}},
        {"host.crash_mean_h", &s.host.crash_mean_h, 0, million, {}},
        {"host.repair_s", &s.host.repair_s, 0, year_s, {}},
        {"check.monitored_every", &s.check.monitored_every, 0, million, {}},
        {"expect.whole_pct_least", &s.expect.whole_pct_least, 0, 100, {}},
        {"expect.whole_pct_most", &s.expect.whole_pct_most, 0, 100, {}},
    };
    add_delay(all, "prepare", s.prepare);
    add_delay(all, "quiesce", s.quiesce);
    add_delay(all, "freeze", s.freeze);
    add_delay(all, "cut", s.cut);
    add_delay(all, "thaw", s.thaw);
    add_delay(all, "resume", s.resume);
    return all;
}

scenario scenario_from(std::string_view name, std::string_view text) {
    scenario made;
    made.kind.clear();
    made.name = name;
    settings::read(text, fields_of(made));
    for (const auto& [word, value] :
         {std::pair{"kind", &made.kind}, {"title", &made.title}, {"teaches", &made.teaches}}) {
        if (value->empty()) {
            throw settings::error(fmt::format("line 1: '{}' is missing", word));
        }
    }
    check(made);
    return made;
}

void set(scenario& what, std::string_view assignment) {
    settings::assign(assignment, fields_of(what));
}

void check(const scenario& what) {
    const auto& machines = what.machines;
    for (const auto& [name, value] : {std::pair{"machines.count", machines.count},
                                      {"machines.per_array", machines.per_array}}) {
        if (value % machines.group != 0) {
            throw settings::error(fmt::format("{} is {}, which is no multiple of machines.group, "
                                              "{}",
                                              name, value, machines.group));
        }
    }
    if (what.schedule.kind == "spread" && what.schedule.rounds > 1 &&
        what.schedule.window_s > what.schedule.interval_s) {
        throw settings::error("schedule.window_s is longer than schedule.interval_s");
    }
    if (what.expect.whole_pct_least > what.expect.whole_pct_most) {
        throw settings::error("expect.whole_pct_least is greater than expect.whole_pct_most");
    }
}

bool looks_like_fleet(std::string_view text) {
    return settings::text_of(text, "kind") == "fleet";
}

} // namespace snapproto::fleet
