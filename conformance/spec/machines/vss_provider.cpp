// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/vss_provider.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<machine::vss_provider_phase>({
    {"NONE", "there is no set"},
    {"PREPARING", "volumes are being added"},
    {"PROCESSING_PREPARE", "the copy is being laid out"},
    {"PREPARED", "it is laid out"},
    {"PROCESSING_PRECOMMIT", "applications are held; the cut is being prepared"},
    {"PRECOMMITTED", "it is prepared"},
    {"PROCESSING_COMMIT", "volumes are held; the copy is being cut"},
    {"COMMITTED", "it is cut"},
    {"PROCESSING_POSTCOMMIT", "volumes go on; what follows the cut"},
    {"POSTCOMMITTED", "that is done"},
    {"PROCESSING_PREFINALCOMMIT", "the copy is being opened for repair"},
    {"PREFINALCOMMITTED", "writers may repair what is theirs in it"},
    {"PROCESSING_POSTFINALCOMMIT", "it is being sealed"},
    {"CREATED", "the copy is there"},
    {"ABORTED", "it was given up"},
    {"DELETED", "it was there"},
});

constexpr auto events = words_of<machine::vss_provider_event>({
    {"BeginPrepareSnapshot", "a volume is added"},
    {"EndPrepareSnapshots", "no other one follows"},
    {"PreCommitSnapshots", "applications are held"},
    {"CommitSnapshots", "volumes are held: cut"},
    {"PostCommitSnapshots", "volumes go on"},
    {"PreFinalCommitSnapshots", "writers are about to repair the copy"},
    {"PostFinalCommitSnapshots", "they have"},
    {"Done", "the step that runs has ended well"},
    {"Failed", "it has failed"},
    {"AbortSnapshots", "the set is given up"},
    {"DeleteSnapshots", "the copy is not needed any more"},
});

constexpr auto answers = words_of<machine::vss_provider_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"bad state", "not now"},
});

using table = machine::vss_provider::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::vss_provider::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& vss_provider() noexcept {
    static const machine_view view{
        .name = "vss_provider",
        .title = "VSS provider",
        .about = "A provider of the Volume Shadow Copy Service, by the states that VSS gives to a "
                 "snapshot.",
        .appendix = "A.9",
        .initial = index_of(machine::vss_provider_phase::none),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
