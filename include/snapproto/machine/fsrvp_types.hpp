// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_MACHINE_FSRVP_TYPES_HPP
#define SNAPPROTO_MACHINE_FSRVP_TYPES_HPP

// What goes into the machine of an FSRVP server and what comes out of it.

#include <snapproto/machine/table.hpp>
#include <snapproto/message/vocabulary.hpp>

#include <string_view>

namespace snapproto::machine {

/// The state of the sequence.
enum class fsrvp_phase : std::uint8_t {
    none,      ///< No context.
    context,   ///< A context, no set.
    started,   ///< A set without a volume.
    added,     ///< A set with volumes.
    creating,  ///< Its copy is being cut.
    committed, ///< It is cut.
    exposed,   ///< It is shared.
    recovered  ///< It is sealed, and the context is gone.
};

/// What can happen. Prepare and Expose are what the provider has made of them.
enum class fsrvp_event : std::uint8_t {
    set_context,
    start_set,
    add_volume,
    prepare,
    commit,       ///< The provider is to cut.
    commit_ended, ///< It has, or has not.
    expose,
    get_mapping,
    recovery_complete,
    abort,
    delete_mapping,
    query,           ///< GetSupportedVersion, IsPathSupported, IsPathShadowCopied.
    sequence_expired ///< The Message Sequence Timer.
};

/// What a provider has made of an operation.
enum class fsrvp_outcome : std::uint8_t {
    good,
    failed,
    timed_out,  ///< It takes longer than the client wanted to wait.
    wait_failed ///< Waiting for it was not possible.
};

/// One event.
struct fsrvp_input {
    fsrvp_event kind = fsrvp_event::query;
    /// Of set_context: the server has it.
    bool usable_context = true;
    /// Of set_context: who calls.
    std::uint32_t client = 0;
    /// Of add_volume: the set has it already.
    bool has_volume = false;
    /// Of prepare, commit_ended and expose.
    fsrvp_outcome outcome = fsrvp_outcome::good;
    /// Of delete_mapping: the set has others.
    bool mappings_left = false;
};

/// What the state does not say.
struct fsrvp_data {
    /// Who has set the context.
    std::uint32_t client = 0;
    /// How often it has set it anew since.
    std::uint8_t retries = 0;
    /// How often it may. Set once, by the owner.
    std::uint8_t retries_max = 5;

    friend constexpr bool operator==(const fsrvp_data&, const fsrvp_data&) noexcept = default;
};

/// What the machine asks for. An event has at most one answer.
enum class fsrvp_effect : std::uint8_t {
    answer_ok,
    answer_unsupported,    ///< There is no such context.
    answer_in_progress,    ///< Another sequence runs.
    answer_exists,         ///< The volume is in the set.
    answer_failed,         ///< The provider's error.
    answer_wait_timeout,   ///< Prepare or Expose takes too long.
    answer_commit_timeout, ///< So does Commit.
    answer_wait_failed,
    arm_short,    ///< The timer starts again with its short length.
    arm_long,     ///< It starts again with its long one.
    disarm,       ///< It is stopped.
    begin_commit, ///< The provider cuts.
    seal_copy,    ///< The copy becomes read only, unless the context has it otherwise.
    drop_set,     ///< The set and what there is of its copy are thrown away.
    drop_mapping, ///< The share is.
    clear_context ///< There is none any more.
};

/// How a cell refuses an event.
enum class fsrvp_refusal : std::uint8_t {
    ignore,      ///< It means nothing here.
    no_effect,   ///< It is answered by itself, whatever the state is.
    bad_state,   ///< Not now.
    in_progress, ///< Another set is being made.
    id_mismatch, ///< It names another set.
    not_found    ///< There is no such mapping.
};

} // namespace snapproto::machine

namespace snapproto::detail {
template <>
struct spelling<machine::fsrvp_phase> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"none", "context", "started", "added", "creating", "committed", "exposed", "recovered"});
};
template <>
struct spelling<machine::fsrvp_event> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"set_context", "start_set", "add_volume", "prepare", "commit", "commit_ended", "expose",
         "get_mapping", "recovery_complete", "abort", "delete_mapping", "query",
         "sequence_expired"});
};
template <>
struct spelling<machine::fsrvp_outcome> {
    static constexpr auto names =
        std::to_array<std::string_view>({"good", "failed", "timed_out", "wait_failed"});
};
template <>
struct spelling<machine::fsrvp_effect> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"answer_ok", "answer_unsupported", "answer_in_progress", "answer_exists", "answer_failed",
         "answer_wait_timeout", "answer_commit_timeout", "answer_wait_failed", "arm_short",
         "arm_long", "disarm", "begin_commit", "seal_copy", "drop_set", "drop_mapping",
         "clear_context"});
};
template <>
struct spelling<machine::fsrvp_refusal> {
    static constexpr auto names = std::to_array<std::string_view>(
        {"ignore", "no_effect", "bad_state", "in_progress", "id_mismatch", "not_found"});
};
} // namespace snapproto::detail

namespace snapproto::machine {

/// The effects of one event. Bounds: 5.
using fsrvp_outbox = effect_list<fsrvp_effect, 5>;

} // namespace snapproto::machine

#endif // SNAPPROTO_MACHINE_FSRVP_TYPES_HPP
