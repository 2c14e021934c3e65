// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/vss_writer.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<machine::vss_writer_phase>({
    {"STABLE", "it takes part in no snapshot"},
    {"READY", "it waits for Freeze"},
    {"FREEZING", "its application is being held"},
    {"FROZEN", "its application is held; it waits for Thaw"},
    {"THAWED", "it waits for PostSnapshot"},
    {"COPIED", "it waits for BackupComplete"},
    {"FAILED", "it refused an event, or let go by itself"},
});

constexpr auto events = words_of<machine::vss_writer_event>({
    {"Identify", "it was asked what it has: a session begins"},
    {"PrepareBackup", "its components were chosen"},
    {"PrepareSnapshot", "a snapshot is near"},
    {"Freeze", "it is asked to be held"},
    {"Frozen", "its application has answered Freeze"},
    {"Thaw", "it was asked to go on"},
    {"PostSnapshot", "there is a copy"},
    {"BackupComplete", "the copy was saved"},
    {"BackupShutdown", "the requester has ended"},
    {"Abort", "the snapshot is given up"},
    {"Tfreeze", "the limit from Freeze to Thaw has passed"},
});

constexpr auto answers = words_of<machine::vss_writer_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"bad state", "not now"},
    {"busy", "a snapshot is in the making"},
    {"failed", "a failed writer takes part in nothing"},
});

using table = machine::vss_writer::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::vss_writer::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& vss_writer() noexcept {
    static const machine_view view{
        .name = "vss_writer",
        .title = "VSS writer",
        .about = "A writer of Windows' Volume Shadow Copy Service, as the coordinator keeps it: it "
                 "decides when an application is held and released.",
        .appendix = "A.7",
        .initial = index_of(machine::vss_writer_phase::stable),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
