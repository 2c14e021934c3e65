// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP

// An orchestrator of QEMU guest agents without I/O: bytes of the guests' channels, results of the
// provider, orders of a caller and time go in; bytes, orders to the provider, outcomes and a
// deadline come out.
//
// This is the orchestrator's endpoint with a qga_link for each guest.

#include <snapproto/core/bytes.hpp>
#include <snapproto/endpoint/linked_orchestrator.hpp>
#include <snapproto/endpoint/qga_link.hpp>

#include <vector>

namespace snapproto::endpoint {

/// What an orchestrator of QEMU guest agents yields.
using qga_orchestrator_output = linked_orchestrator_output;

/// What an orchestrator of QEMU guest agents is.
struct qga_orchestrator_options {
    std::size_t agents = 1;
    timer_limits timers{};
    duration total = std::chrono::seconds{900};
    /// See `qga_link_options`. The seed is made different for each guest.
    wire_limits wire = qga::reply_limits;
    duration sync = std::chrono::seconds{2};
    duration command = std::chrono::seconds{5};
    std::uint64_t sync_seed = 0;
    txn_id first_txn{1};
};

/// The orchestrator's side of QGA.
///
/// No label above filesystem is ever given: the dialect does not tell whether applications took
/// part (SP 29.8).
class qga_orchestrator : public linked_orchestrator<qga_link> {
  public:
    explicit qga_orchestrator(const qga_orchestrator_options& options = {})
        : linked_orchestrator(detail::linked_options(options), links_of(options)) {}

  private:
    [[nodiscard]] static std::vector<qga_link> links_of(const qga_orchestrator_options& options) {
        std::vector<qga_link> made;
        for (std::size_t i = 0; i < options.agents; ++i) {
            qga_link_options link;
            link.wire = options.wire;
            link.timers = options.timers;
            link.sync = options.sync;
            link.command = options.command;
            link.sync_seed = fnv1a(fnv1a(fnv1a_basis, options.sync_seed), i);
            made.emplace_back(link);
        }
        return made;
    }
};

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_QGA_ORCHESTRATOR_HPP
