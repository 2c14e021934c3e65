// SPDX-License-Identifier: BSL-1.0
#include "simulator/report/frozen.hpp"

#include "simulator/world/dialect.hpp"

#include <snapproto/dialect/hyperv/profile.hpp>
#include <snapproto/dialect/qga/profile.hpp>
#include <snapproto/dialect/vmbackup/profile.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace snapproto::report {
namespace {

using world::history;
using world::scenario;
using world::ticks;

constexpr std::string_view table_begins = "<!-- frozen: begin -->\n";
constexpr std::string_view table_ends = "<!-- frozen: end -->";

constexpr std::uint64_t no_limit_ms = 10 * 24 * 3600 * std::uint64_t{1000};
/// Longer than the limit of any operation that a dialect has: 900 s.
constexpr std::uint64_t long_run_ms = 1'000'000;

/// Whether a real agent of the dialect holds for as long as nobody thaws, as its profile has it.
bool may_lack_a_limit(std::string_view dialect) {
    constexpr std::string_view feature = "hold limit enforced in guest";
    const auto* const found = dialect == "qga"        ? qga::find_capability(feature)
                              : dialect == "hyperv"   ? hyperv::find_capability(feature)
                              : dialect == "vmbackup" ? vmbackup::find_capability(feature)
                                                      : nullptr;
    return found != nullptr && found->level != dialect::support::full;
}

bool host_dies(const scenario& what) {
    return std::any_of(what.faults.begin(), what.faults.end(),
                       [](const world::fault& one) { return one.what == "host_dies"; });
}

/// The channel is a part of the host, and is lost for as long as that is.
void end_channel_with_host(scenario& what) {
    for (std::size_t i = what.faults.size(); i-- != 0;) {
        if (what.faults[i].what == "host_dies") {
            world::fault lost = what.faults[i];
            lost.what = "channel_lost";
            what.faults.push_back(std::move(lost));
        }
    }
}

struct freeze {
    ticks begin = 0;
    ticks end = 0;
    bool still = false;
};

std::optional<freeze> longest(const history& run) {
    std::optional<freeze> found;
    std::optional<ticks> begin;
    const auto take = [&](ticks end, bool still) {
        if (begin && (!found || end - *begin > found->end - found->begin)) {
            found = freeze{*begin, end, still};
        }
        begin.reset();
    };
    for (const world::note& one : run.story) {
        if (one.who == "filesystem" && one.what == "frozen") {
            begin = begin.value_or(one.at);
        } else if (one.who == "filesystem" && one.what == "thawed") {
            take(one.at, false);
        }
    }
    take(run.end, true);
    return found;
}

bool host_is_dead(const history& run, ticks at) {
    bool dead = false;
    for (const world::note& one : run.story) {
        if (one.at <= at && one.who == "host") {
            dead = one.what == "dies" || (dead && one.what != "restarts");
        }
    }
    return dead;
}

/// What made the agent let go: the first thing while it was frozen that can. What comes behind it
/// is how it undoes.
std::string cause(const history& run, const freeze& when) {
    using trace::record_kind;
    for (const trace::record& one : run.at_agent) {
        const ticks at = one.at.time_since_epoch().count();
        if (at < when.begin || at > when.end) {
            continue;
        }
        const bool asks = one.what == record_kind::received &&
                          (one.message == message_kind::thaw || one.message == message_kind::abort);
        if (one.what == record_kind::timer_fired && one.timer == trace::timer_kind::hold) {
            return "its agent: the hold limit has passed";
        }
        if (one.what == record_kind::channel_lost) {
            return "its agent: the channel has ended";
        }
        if (one.what == record_kind::stop_requested) {
            return "its agent: it was told to stop";
        }
        if (asks) {
            return host_is_dead(run, at) ? "its agent: the limit of the whole operation has passed"
                                         : "the host";
        }
        if (one.who == trace::role::watchdog && one.what == record_kind::released) {
            return "the watchdog of its agent";
        }
    }
    return "somebody else";
}

std::string told(const history& run) {
    if (run.attempts.empty() || !run.attempts.back().ended) {
        return "nothing";
    }
    const auto& last = run.attempts.back();
    return fmt::format("{}, label {}", to_string(last.outcome), to_string(last.label));
}

double seconds(ticks at) {
    return static_cast<double>(at) / static_cast<double>(kernel::second);
}

std::string span_text(ticks span) {
    return span < kernel::second ? fmt::format("{} ms", span / kernel::millisecond)
                                 : fmt::format("{:.1f} s", seconds(span));
}

std::string row_text(const frozen_row& row) {
    const auto limit = row.hold_limit_ms
                           ? fmt::format("{} s", static_cast<double>(*row.hold_limit_ms) / 1000)
                           : std::string{"none"};
    const auto frozen = !row.frozen ? std::string{"never"}
                        : row.still ? fmt::format("**{:.0f} s, and on**", seconds(*row.frozen))
                                    : span_text(*row.frozen);
    return fmt::format("| {} | {} | {} | {} | {} | {} | {} |\n", row.dialect, limit,
                       row.channel_ends ? "ends" : "stays", frozen, row.ended_by,
                       span_text(row.longest_wait), row.told);
}

} // namespace

frozen_row longest_freeze(const history& run) {
    frozen_row made;
    if (const auto found = longest(run)) {
        made.frozen = found->end - found->begin;
        made.still = found->still;
        made.ended_by = found->still ? "nobody" : cause(run, *found);
    }
    made.told = told(run);
    made.longest_wait = run.longest_stall;
    return made;
}

std::vector<frozen_row> frozen_in_all_dialects(const scenario& base) {
    std::vector<frozen_row> rows;
    const auto play = [&](scenario what, bool limited, bool channel_ends) {
        if (!limited) {
            what.agent.hold_limit_ms = no_limit_ms;
            what.run_ms = std::max(what.run_ms, long_run_ms);
        }
        if (channel_ends) {
            end_channel_with_host(what);
        }
        frozen_row row = longest_freeze(world::play(what));
        row.dialect = what.dialect;
        row.channel_ends = channel_ends;
        if (limited) {
            row.hold_limit_ms = what.agent.hold_limit_ms;
        }
        rows.push_back(std::move(row));
    };
    for (const world::dialect& spoken : world::dialects) {
        scenario what = base;
        what.dialect = spoken.name;
        for (const bool limited : {true, false}) {
            if (!limited && !may_lack_a_limit(spoken.name)) {
                continue;
            }
            play(what, limited, false);
            if (host_dies(what)) {
                play(what, limited, true);
            }
        }
    }
    return rows;
}

std::string frozen_table(std::span<const frozen_row> rows) {
    std::string text{"| dialect | hold limit | channel | frozen for | ended by | a client waited "
                     "| its caller is told |\n|---|---|---|---|---|---|---|\n"};
    for (const auto& one : rows) {
        text += row_text(one);
    }
    return text;
}

std::string with_frozen_table(std::string_view page, std::span<const frozen_row> rows) {
    const auto begin = page.find(table_begins);
    const auto end = page.find(table_ends, begin == std::string_view::npos ? 0 : begin);
    if (begin == std::string_view::npos || end == std::string_view::npos) {
        throw std::invalid_argument("the page has no marks for the table");
    }
    const auto from = begin + table_begins.size();
    return std::string{page.substr(0, from)} + frozen_table(rows) + std::string{page.substr(end)};
}

} // namespace snapproto::report
