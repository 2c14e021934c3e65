// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/provider.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<provider_phase>({
    {"IDLE", "no transaction"},
    {"PREPARED", "ready for a cut"},
    {"CUTTING", "a cut is asked for and not done"},
    {"CUT", "the instant is fixed on every volume"},
    {"READY", "the copy can be read"},
    {"DISCARDED", "there is no copy, or it is being thrown away"},
});

constexpr auto events = words_of<machine::provider_event>({
    {"Precommit", "asked to get ready for a cut"},
    {"Cut", "asked to cut"},
    {"CutDone", "the instant is fixed on every volume"},
    {"CutFailed", "it could not be fixed"},
    {"CutLimit", "the provider's own limit has passed"},
    {"CopyReady", "the copy can be read"},
    {"Discard", "asked to throw the copy away, or to give up"},
    {"Reset", "a new transaction begins"},
});

constexpr auto answers = words_of<machine::provider_refusal>({
    {"ignore", "stale: counted, nothing else"},
    {"reject", "the caller's mistake: the caller is told, nothing changes"},
});

using table = machine::provider::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::provider::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& provider() noexcept {
    static const machine_view view{
        .name = "provider",
        .title = "Provider",
        .about =
            "What takes the copy, as the orchestrator keeps it. Fixing the instant (cut) and "
            "having the copy usable (ready) are two events; the thaw waits for the first only.",
        .appendix = "A.3",
        .initial = index_of(provider_phase::idle),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
