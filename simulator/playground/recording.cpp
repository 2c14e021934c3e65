// SPDX-License-Identifier: BSL-1.0
#include "simulator/playground/recording.hpp"

#include "simulator/campaign/finding.hpp"
#include "simulator/campaign/swarm.hpp"
#include "simulator/campaign/trace_hash.hpp"
#include "simulator/judge/verdict.hpp"
#include "simulator/playground/json_text.hpp"
#include "simulator/playground/recorder.hpp"
#include "simulator/playground/steps.hpp"
#include "simulator/playground/ways.hpp"
#include "simulator/report/report.hpp"
#include "simulator/world/dialect.hpp"
#include "simulator/world/history.hpp"
#include "simulator/world/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace snapproto::playground {
namespace {

using namespace world;

constexpr std::array<std::string_view, file_count> file_names{
    "accounts", "log", "control", "article", "picture", "index", "queue"};
constexpr std::array<std::string_view, 3> stage_names{"thawed", "freezing", "frozen"};

/// How often disks are looked at: finely, but not more often than anybody can look.
ticks every_of(const scenario& what) {
    constexpr ticks finest = 10 * kernel::millisecond;
    constexpr ticks looks = 2000;
    return std::max(finest, milliseconds(what.run_ms) / looks);
}

/// Whether it is shortly before, in, or shortly after a snapshot.
bool near_attempt(const history& run, ticks at) {
    constexpr ticks before = 300 * kernel::millisecond;
    constexpr ticks after = 500 * kernel::millisecond;
    return std::any_of(run.attempts.begin(), run.attempts.end(), [&](const attempt& one) {
        return at + before >= one.started && at <= one.ended.value_or(run.end) + after;
    });
}

/// "18-21,40"
std::string ranges(const std::vector<std::uint32_t>& numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size();) {
        std::size_t last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) {
            ++last;
        }
        text += fmt::format("{}{}", text.empty() ? "" : ",", numbers[i]);
        if (last != i) {
            text += fmt::format("-{}", numbers[last]);
        }
        i = last + 1;
    }
    return text;
}

std::string sight_json(const sight& from) {
    return json_object{}
        .add("at", from.at)
        .add("guest", from.guest)
        .add("stage", stage_names[from.frozen     ? 2U
                                  : from.freezing ? 1U
                                                  : 0U])
        .add("blocked", from.blocked)
        .add("under_way", from.under_way)
        .add("writes", from.writes)
        .add("executed", from.executed)
        .add("acknowledged", from.acknowledged)
        .add("dirty", ranges(from.dirty))
        .text();
}

std::string files_json(const recorder& seen) {
    std::size_t which = 0;
    return json_array(seen.rooms(), [&](const room& one) {
        const auto name = file_names[which++];
        return one.blocks == 0 ? std::string{}
                               : json_object{}
                                     .add("name", name)
                                     .add("first", one.first)
                                     .add("blocks", one.blocks)
                                     .text();
    });
}

/// Those that were carried out while disks were looked at near a snapshot, and a few before them.
std::string transfers_json(const history& run, const std::vector<sight>& sights) {
    constexpr std::size_t before = 8;
    constexpr std::size_t most = 6000;
    std::vector<std::string> made;
    std::size_t next = 0;
    for (const auto& seen : sights) {
        if (seen.guest != 0 || !near_attempt(run, seen.at)) {
            continue;
        }
        next = std::max(next, seen.executed - std::min(seen.executed, before));
        for (; next < seen.executed && made.size() < most; ++next) {
            const transfer& one = run.seen.transfers[next];
            made.push_back(
                fmt::format("[{},{},{},{},{}]", one.number, one.from, one.to, one.amount,
                            one.acknowledged ? std::to_string(*one.acknowledged) : "null"));
        }
    }
    return json_array(made, [](const std::string& one) { return one; });
}

std::string strings_json(const std::vector<std::string>& all) {
    return json_array(all, [](const std::string& one) { return json_of(one); });
}

std::string attempt_json(const attempt& told, const judge::judged_attempt& judged) {
    json_object made;
    made.add("guest", told.guest).add("started", told.started);
    if (told.ended) {
        made.add("ended", *told.ended).add("outcome", to_string(told.outcome));
    } else {
        made.add_json("ended", "null").add("outcome", "none");
    }
    made.add("wanted", to_string(told.wanted)).add("label", to_string(told.label));
    made.add("reason", told.reason).add("kept", told.kept.has_value());
    if (told.kept) {
        made.add("cut", told.kept->at);
    }
    const auto& found = judged.found;
    made.add("contents", judge::to_string(found.is)).add("untrue", judged.untrue);
    made.add("clean", found.filesystem_clean).add("inodes_replayed", found.inodes_replayed);
    made.add("transactions_replayed", found.transactions_replayed);
    made.add("pages_restored", found.pages_restored);
    made.add("lost", found.lost_transactions).add("torn", found.torn_transactions);
    made.add_json("evidence", strings_json(found.evidence));
    return made.text();
}

std::string attempts_json(const history& run, const judge::verdict& made) {
    std::size_t which = 0;
    return json_array(run.attempts, [&](const attempt& one) {
        return attempt_json(one, made.attempts[which++]);
    });
}

/// Each rule that was broken: `what`, and of a property `clause`, `at` and `seen_at`.
std::string violated_json(const judge::verdict& made) {
    std::vector<std::string> all;
    for (const auto& one : made.conversation) {
        all.push_back(json_object{}
                          .add("clause", fmt::format("18.{}", one.what.property))
                          .add("at", one.what.at.time_since_epoch().count())
                          .add("seen_at", one.seen_at)
                          .add("what", one.what.sentence)
                          .text());
    }
    for (const auto* sentences : {&made.liveness, &made.identity}) {
        for (const auto& one : *sentences) {
            all.push_back(json_object{}.add("what", one).text());
        }
    }
    return json_array(all, [](const std::string& one) { return one; });
}

std::string verdict_json(const judge::verdict& made, bool fine) {
    const bool kept = made.conversation.empty() && made.liveness.empty();
    return json_object{}
        .add("held", made.held())
        .add("fine", fine)
        .add("conversation", kept ? "kept" : "violated")
        .add("claims", made.claims_are_true())
        .add("contents", judge::to_string(made.worst()))
        .add("identity", made.identity.empty() ? "own" : "shared")
        .add_json("violated", violated_json(made))
        .text();
}

std::string findings_json(const std::vector<campaign::finding>& all) {
    return json_array(all, [](const campaign::finding& one) {
        return json_object{}.add("kind", one.kind).add("what", one.what).text();
    });
}

} // namespace

std::string record_run(std::string_view name, std::string_view text) {
    const auto asked = scenario_from(name, text);
    const auto what = campaign::planned(asked, asked.seed);
    recorder seen{every_of(what)};
    const auto run = play(what, &seen);
    const auto judged = judge::judge(run);
    const auto wrong = campaign::findings_of(run, judged);
    const bool fine = wrong.empty() && (what.heal_ms != 0 || judged.held());
    const auto steps = steps_of(run, seen.moments());
    return json_object{}
        .add("name", what.name)
        .add("title", what.title)
        .add("teaches", what.teaches)
        .add("seed", what.seed)
        .add("run", milliseconds(what.run_ms))
        .add("end", run.end)
        .add("events", run.events)
        .add("guests", what.guests)
        .add("group", what.host.group)
        .add("faulty", what.faulty)
        .add("dialect", what.dialect)
        .add("windows", what.agent.windows)
        .add("hooks", has_hooks(what))
        .add_json("ways", ways_json(asked))
        .add_json("impossible", impossible_json(asked))
        .add_json("faults",
                  json_array(what.faults, [](const fault& one) { return json_of(to_words(one)); }))
        .add_json("begun", json_array(run.begun, [](bool one) { return json_of(one); }))
        .add_json("steps", json_array(steps, [](const step& one) { return to_json(one); }))
        .add_json("files", files_json(seen))
        .add_json("sights", json_array(seen.sights(),
                                       [&](const sight& one) {
                                           return near_attempt(run, one.at) ? sight_json(one)
                                                                            : std::string{};
                                       }))
        .add_json("transfers", transfers_json(run, seen.sights()))
        .add_json("attempts", attempts_json(run, judged))
        .add_json("verdict", verdict_json(judged, fine))
        .add_json("must_not_be", findings_json(wrong))
        .add_json("surprises", strings_json(judge::surprises(run, judged)))
        .add("text", report::verdict_text(run, judged))
        .add("hash", campaign::to_hex(campaign::trace_hash(run)))
        .text();
}

} // namespace snapproto::playground
