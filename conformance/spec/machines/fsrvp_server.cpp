// SPDX-License-Identifier: BSL-1.0
#include "conformance/spec/machines/extract.hpp"

#include "snapproto/machine/fsrvp_server.hpp"

namespace snapproto::conformance::machine_views {
namespace {

constexpr auto states = words_of<machine::fsrvp_phase>({
    {"NONE", "no sequence runs"},
    {"CONTEXT", "there is a context, and no set"},
    {"STARTED", "there is a set without a share"},
    {"ADDED", "there is a set with shares"},
    {"CREATING", "its copy is being cut, or could not be"},
    {"COMMITTED", "it is cut"},
    {"EXPOSED", "it is shared"},
    {"RECOVERED", "it is sealed, and the context is gone"},
});

constexpr auto events = words_of<machine::fsrvp_event>({
    {"SetContext", "a client says what the copy is for"},
    {"StartShadowCopySet", "it begins a set"},
    {"AddToShadowCopySet", "it adds a share"},
    {"PrepareShadowCopySet", "the provider has prepared the set, or has not"},
    {"CommitShadowCopySet", "the client wants the copy"},
    {"CommitEnded", "the provider has cut, or has not"},
    {"ExposeShadowCopySet", "the provider has shared the copies, or has not"},
    {"GetShareMapping", "the client asks where a copy is shared"},
    {"RecoveryCompleteShadowCopySet", "applications have repaired the copies"},
    {"AbortShadowCopySet", "the client gives up"},
    {"DeleteShareMapping", "the client does not need a copy any more"},
    {"Query", "GetSupportedVersion, IsPathSupported, IsPathShadowCopied"},
    {"Tseq", "the Message Sequence Timer has passed"},
});

constexpr auto answers = words_of<machine::fsrvp_refusal>({
    {"ignore", "stale: it says nothing new"},
    {"no effect", "answered by itself, whatever the state is"},
    {"bad state", "not now"},
    {"in progress", "another set is being made"},
    {"set id mismatch", "it names another set"},
    {"not found", "there is no such mapping"},
});

using table = machine::fsrvp_server::words::rows;
constexpr auto rows = rows_of(table{});
constexpr auto refusals = refusals_of(machine::fsrvp_server::refusals::cells{});
static_assert(machine::table_is_total(rows, refusals, states.size(), events.size()));
static_assert(names_are_unique<table>);

} // namespace

const machine_view& fsrvp_server() noexcept {
    static const machine_view view{
        .name = "fsrvp_server",
        .title = "FSRVP server",
        .about = "The sequence that a file server of MS-FSRVP keeps with a client, and its one "
                 "timer.",
        .appendix = "A.11",
        .initial = index_of(machine::fsrvp_phase::none),
        .states = states,
        .events = events,
        .answers = answers,
        .rows = rows,
        .refusals = refusals,
        .before = {}};
    return view;
}

} // namespace snapproto::conformance::machine_views
