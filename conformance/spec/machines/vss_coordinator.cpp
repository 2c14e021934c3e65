// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/vss_coordinator_table.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<machine::vss_coordinator_phase>({
    {"IDLE", "there is no session"},
    {"CONTEXT", "the session has a context"},
    {"GATHERING", "writers say what they have"},
    {"GATHERED", "they have said it"},
    {"STARTED", "a set was begun"},
    {"ADDED", "it has a volume"},
    {"PREPARING", "writers prepare for a backup"},
    {"PREPARED", "they are prepared"},
    {"READYING", "writers are told that a snapshot is near"},
    {"FREEZING", "writers are held, one level after the other"},
    {"FLUSHING", "volumes are being flushed and held"},
    {"COMMITTING", "volumes are held; the provider cuts"},
    {"THAWING", "volumes go on; writers are released"},
    {"FINISHING", "writers learn of the copy; the provider completes it"},
    {"CREATED", "the copy is there"},
    {"COMPLETING", "writers learn that it was saved"},
});

constexpr auto events = words_of<machine::vss_coordinator_event>({
    {"SetContext", "the requester says what the copy is for"},
    {"GatherWriterMetadata", "the requester wants to know what there is"},
    {"StartSnapshotSet", "the requester begins a set"},
    {"AddToSnapshotSet", "the requester adds a volume"},
    {"PrepareForBackup", "the requester has chosen"},
    {"DoSnapshotSet", "the requester wants the copy"},
    {"BackupDone", "the requester has saved the copy"},
    {"AbortBackup", "the requester gives up"},
    {"RequesterGone", "the requester has ended, or died"},
    {"Answered", "all who were asked have answered, the provider among them"},
    {"Flushed", "the volumes are held"},
    {"Committed", "the provider has cut"},
    {"ProviderFailed", "the provider has failed at what it was asked for"},
    {"Thold", "the limit of flush and hold has passed"},
});

constexpr auto answers = words_of<machine::vss_coordinator_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"bad state", "not now"},
    {"in progress", "a set is being created"},
});

using table = machine::vss_coordinator::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::vss_coordinator::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& vss_coordinator() noexcept {
    static const machine_view view{
        .name = "vss_coordinator",
        .title = "VSS coordinator",
        .about = "The Volume Shadow Copy Service between a requester, the writers and a provider. "
                 "From READYING to FINISHING one call of the requester is in work, DoSnapshotSet.",
        .appendix = "A.8",
        .initial = index_of(machine::vss_coordinator_phase::idle),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
