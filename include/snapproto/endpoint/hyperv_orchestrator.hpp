// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_HYPERV_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_HYPERV_ORCHESTRATOR_HPP

// An orchestrator of Linux guests on Hyper-V without I/O: records of the guests' devices, results
// of the provider, orders of a caller and time go in; records, orders to the provider, outcomes and
// a deadline come out.
//
// This is the orchestrator's endpoint with a hyperv_link for each guest, so it stands where the
// host and the guest's kernel are: form (b), SP chapters 33, 35 and 37.

#include <snapproto/endpoint/hyperv_link.hpp>
#include <snapproto/endpoint/linked_orchestrator.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace snapproto::endpoint {

/// What an orchestrator of Hyper-V daemons yields. The bytes of a `transmit_bytes_to` are one
/// record, to be handed over by one read.
using hyperv_orchestrator_output = linked_orchestrator_output;

/// What an orchestrator of Hyper-V daemons is.
struct hyperv_orchestrator_options {
    std::size_t agents = 1;
    timer_limits timers{};
    duration total = std::chrono::seconds{900};
    /// The kernels' own limits; `hyperv::old_linux_timers` up to about Linux 4.9.
    hyperv::timers kernel = hyperv::default_timers;
    txn_id first_txn{1};
};

/// The host's side of form (b).
///
/// No label above filesystem is ever given: no application takes part in this dialect (SP 39.1).
class hyperv_orchestrator : public linked_orchestrator<hyperv_link> {
  public:
    explicit hyperv_orchestrator(const hyperv_orchestrator_options& options = {})
        : linked_orchestrator(detail::linked_options(options),
                              std::vector<hyperv_link>(
                                  options.agents, hyperv_link{{options.timers, options.kernel}})) {}

    /// See `orchestrator_endpoint`.
    ///
    /// Errors: moreover bad_argument for a scope that names mount points: no message of the dialect
    /// carries them.
    result<txn_id> start(snapshot_options wanted, instant now) {
        const bool scoped =
            std::any_of(wanted.scopes.begin(), wanted.scopes.end(),
                        [](const snapshot_scope& s) { return s.mounts.has_value(); });
        if (scoped) {
            return fail(error::bad_argument);
        }
        return linked_orchestrator::start(std::move(wanted), now);
    }
};

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_HYPERV_ORCHESTRATOR_HPP
