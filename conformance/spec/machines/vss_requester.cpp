// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/vss_requester.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<machine::vss_requester_phase>({
    {"IDLE", "no backup runs"},
    {"SETTING", "SetContext is in work"},
    {"GATHERING", "GatherWriterMetadata is"},
    {"STARTING", "StartSnapshotSet is"},
    {"ADDING", "AddToSnapshotSet is, for one volume after the other"},
    {"PREPARING", "PrepareForBackup is"},
    {"CREATING", "DoSnapshotSet is"},
    {"JUDGING", "GatherWriterStatus is"},
    {"COPYING", "the copy is being saved"},
    {"COMPLETING", "BackupComplete is in work"},
    {"ABORTING", "AbortBackup is"},
    {"WAITING", "it tries again later"},
});

constexpr auto events = words_of<machine::vss_requester_event>({
    {"Begin", "somebody wants a backup"},
    {"CallDone", "the call in work has succeeded"},
    {"CallFailed", "it has failed"},
    {"WritersWell", "no writer has failed"},
    {"WriterFailed", "one has"},
    {"Copied", "the copy was saved"},
    {"CopyFailed", "it could not be saved"},
    {"Cancel", "nobody wants it any more"},
    {"Tretry", "the time before another attempt has passed"},
});

constexpr auto answers = words_of<machine::vss_requester_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"busy", "a backup runs"},
});

using table = machine::vss_requester::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::vss_requester::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& vss_requester() noexcept {
    static const machine_view view{
        .name = "vss_requester",
        .title = "VSS requester",
        .about =
            "A backup program: the order of its calls, and what it makes of writers that fail.",
        .appendix = "A.10",
        .initial = index_of(machine::vss_requester_phase::idle),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
