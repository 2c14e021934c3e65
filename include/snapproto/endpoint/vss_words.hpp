// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_VSS_WORDS_HPP
#define SNAPPROTO_ENDPOINT_VSS_WORDS_HPP

// From the states and answers of the machines of VSS and FSRVP to the names and numbers that the
// two give them (SP 50.1, 50.2, 50.3, 56.2): the layer of the machines knows no dialect.

#include <snapproto/dialect/vss/codes.hpp>
#include <snapproto/dialect/vss/fsrvp.hpp>
#include <snapproto/machine/fsrvp_server.hpp>
#include <snapproto/machine/vss_provider.hpp>
#include <snapproto/machine/vss_writer.hpp>

namespace snapproto::endpoint {

namespace detail {

[[nodiscard]] constexpr vss::writer_state failed_state(machine::vss_writer_step at) noexcept {
    using enum vss::writer_state;
    switch (at) {
    case machine::vss_writer_step::identify:
        return failed_at_identify;
    case machine::vss_writer_step::prepare_backup:
        return failed_at_prepare_backup;
    case machine::vss_writer_step::prepare_snapshot:
        return failed_at_prepare_snapshot;
    case machine::vss_writer_step::freeze:
        return failed_at_freeze;
    case machine::vss_writer_step::thaw:
        return failed_at_thaw;
    case machine::vss_writer_step::post_snapshot:
        return failed_at_post_snapshot;
    case machine::vss_writer_step::backup_complete:
        return failed_at_backup_complete;
    case machine::vss_writer_step::backup_shutdown:
        return failed_at_backup_shutdown;
    case machine::vss_writer_step::none:
        break;
    }
    return unknown;
}

} // namespace detail

/// What VSS calls the state of a writer. Clause: SP 50.1.
[[nodiscard]] constexpr vss::writer_state writer_state_of(
    const machine::vss_writer_state& state) noexcept {
    using enum vss::writer_state;
    switch (state.phase) {
    case machine::vss_writer_phase::stable:
        return stable;
    case machine::vss_writer_phase::ready:
    case machine::vss_writer_phase::freezing:
        return waiting_for_freeze;
    case machine::vss_writer_phase::frozen:
        return waiting_for_thaw;
    case machine::vss_writer_phase::thawed:
        return waiting_for_post_snapshot;
    case machine::vss_writer_phase::copied:
        return waiting_for_backup_complete;
    case machine::vss_writer_phase::failed:
        return detail::failed_state(state.data.failed_at);
    }
    return unknown;
}

/// The code of a writer's failure. Clause: SP 50.3.
[[nodiscard]] constexpr vss::status status_of(machine::vss_writer_failure failure) noexcept {
    using enum vss::status;
    switch (failure) {
    case machine::vss_writer_failure::none:
        return ok;
    case machine::vss_writer_failure::inconsistent:
        return inconsistent_snapshot;
    case machine::vss_writer_failure::out_of_resources:
        return out_of_resources;
    case machine::vss_writer_failure::timed_out:
        return writer_timed_out;
    case machine::vss_writer_failure::retryable:
        return retryable;
    case machine::vss_writer_failure::not_retryable:
        break;
    }
    return not_retryable;
}

/// What VSS calls the state of a snapshot. Clause: SP 50.2.
[[nodiscard]] constexpr vss::snapshot_state snapshot_state_of(
    machine::vss_provider_phase phase) noexcept {
    using enum vss::snapshot_state;
    switch (phase) {
    case machine::vss_provider_phase::none:
        return unknown;
    case machine::vss_provider_phase::preparing:
        return preparing;
    case machine::vss_provider_phase::processing_prepare:
        return processing_prepare;
    case machine::vss_provider_phase::prepared:
        return prepared;
    case machine::vss_provider_phase::processing_precommit:
        return processing_precommit;
    case machine::vss_provider_phase::precommitted:
        return precommitted;
    case machine::vss_provider_phase::processing_commit:
        return processing_commit;
    case machine::vss_provider_phase::committed:
        return committed;
    case machine::vss_provider_phase::processing_postcommit:
        return processing_postcommit;
    case machine::vss_provider_phase::postcommitted:
        return postcommitted;
    case machine::vss_provider_phase::processing_prefinalcommit:
        return processing_prefinalcommit;
    case machine::vss_provider_phase::prefinalcommitted:
        return prefinalcommitted;
    case machine::vss_provider_phase::processing_postfinalcommit:
        return processing_postfinalcommit;
    case machine::vss_provider_phase::created:
        return created;
    case machine::vss_provider_phase::aborted:
        return aborted;
    case machine::vss_provider_phase::deleted:
        break;
    }
    return deleted;
}

/// The code of a refusal of an FSRVP server. Clause: SP 56.2.
/// @return ok for what is not refused to the client: an internal event, and a call that has no
///         effect on the sequence.
[[nodiscard]] constexpr fsrvp::status status_of(machine::fsrvp_refusal refusal) noexcept {
    using enum fsrvp::status;
    switch (refusal) {
    case machine::fsrvp_refusal::bad_state:
        return bad_state;
    case machine::fsrvp_refusal::in_progress:
        return set_in_progress;
    case machine::fsrvp_refusal::id_mismatch:
        return set_id_mismatch;
    case machine::fsrvp_refusal::not_found:
        return not_found;
    case machine::fsrvp_refusal::ignore:
    case machine::fsrvp_refusal::no_effect:
        break;
    }
    return ok;
}

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_VSS_WORDS_HPP
