// SPDX-License-Identifier: BSL-1.0
#ifndef SNAPPROTO_ENDPOINT_VMBACKUP_ORCHESTRATOR_HPP
#define SNAPPROTO_ENDPOINT_VMBACKUP_ORCHESTRATOR_HPP

// An orchestrator of vmbackup's guests without I/O: messages of the guests, results of the
// provider, orders of a caller and time go in; messages, orders to the provider, outcomes and a
// deadline come out. What travels here are whole messages, without the packets of vsock.
//
// This is the orchestrator's endpoint with a vmbackup_link for each guest.

#include <snapproto/endpoint/linked_orchestrator.hpp>
#include <snapproto/endpoint/vmbackup_link.hpp>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace snapproto::endpoint {

/// What an orchestrator of vmbackup's guests yields. The bytes of a `transmit_bytes_to` are one
/// message.
using vmbackup_orchestrator_output = linked_orchestrator_output;

/// Whether a message of the host answers a request of the guest, over RPCI; every other one is a
/// command, over TCLO.
[[nodiscard]] constexpr bool answers_the_guest(std::string_view message) noexcept {
    return message.starts_with("1 ") || message.starts_with("0 ");
}

/// What an orchestrator of vmbackup's guests is.
struct vmbackup_orchestrator_options {
    std::size_t agents = 1;
    timer_limits timers{};
    duration total = std::chrono::seconds{900};
    /// See `vmbackup_link_options`.
    duration command = std::chrono::seconds{5};
    vmbackup::keep_alive_limits keep_alive{};
    duration operation_limit{};
    txn_id first_txn{1};
};

/// The host's side of vmbackup.
///
/// No label above filesystem is ever given: a host is not told whether hooks took part (SP 49.1).
class vmbackup_orchestrator : public linked_orchestrator<vmbackup_link> {
  public:
    explicit vmbackup_orchestrator(const vmbackup_orchestrator_options& options = {})
        : linked_orchestrator(
              detail::linked_options(options),
              std::vector<vmbackup_link>(
                  options.agents, vmbackup_link{{options.timers, options.command,
                                                 options.keep_alive, options.operation_limit}})) {}

    /// See `orchestrator_endpoint`.
    ///
    /// Errors: moreover bad_argument for a scope that names mount points, which no guest of Linux
    /// looks at; those of `vmbackup::wrong_with` for the argument of the hooks.
    result<txn_id> start(snapshot_options wanted, instant now) {
        const bool scoped =
            std::any_of(wanted.scopes.begin(), wanted.scopes.end(),
                        [](const snapshot_scope& s) { return s.mounts.has_value(); });
        if (scoped) {
            return fail(error::bad_argument);
        }
        const vmbackup::start_options asked{.script_argument = wanted.hook_argument};
        if (const auto wrong = vmbackup::wrong_with(asked)) {
            return *wrong;
        }
        if (!session().running()) {
            for (vmbackup_link& one : links()) {
                one.configure(wanted.wanted == consistency::application, wanted.run_hooks,
                              wanted.writable_copy, wanted.hook_argument);
            }
        }
        return linked_orchestrator::start(std::move(wanted), now);
    }
};

} // namespace snapproto::endpoint

#endif // SNAPPROTO_ENDPOINT_VMBACKUP_ORCHESTRATOR_HPP
