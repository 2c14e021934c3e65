// SPDX-License-Identifier: BSL-1.0
#include "conformance/check.hpp"
#include "conformance/clauses/groups.hpp"

namespace snapproto::conformance {

const registry& qga_checks() {
    static const registry checks = [] {
        registry all;
        clauses::qga_20_framing(all);
        clauses::qga_20_limits(all);
        clauses::qga_20_parsing(all);
        clauses::qga_20_recovery(all);
        clauses::qga_21_refusals(all);
        clauses::qga_21_requests(all);
        clauses::qga_22_sync(all);
        clauses::qga_23_information(all);
        clauses::qga_24_freeze(all);
        clauses::qga_24_freeze_list(all);
        clauses::qga_24_allow_list(all);
        clauses::qga_24_mounts(all);
        clauses::qga_25_thaw(all);
        clauses::qga_26_hooks(all);
        clauses::qga_26_hook_failures(all);
        clauses::qga_27_connections(all);
        clauses::qga_27_process(all);
        clauses::qga_27_restart(all);
        clauses::qga_28_idle(all);
        clauses::qga_28_memory(all);
        clauses::qga_28_time(all);
        clauses::qga_29_effect(all);
        return all;
    }();
    return checks;
}

const registry& qga_orchestrator_checks() {
    static const registry checks = [] {
        registry all;
        clauses::orchestrator_12_group(all);
        clauses::orchestrator_22_sync(all);
        clauses::orchestrator_29_hold(all);
        clauses::orchestrator_29_replies(all);
        return all;
    }();
    return checks;
}

const registry& all_qga_checks() {
    static const registry checks = [] {
        registry all = qga_checks();
        for (const check& one : qga_orchestrator_checks().all()) {
            all.add(one);
        }
        return all;
    }();
    return checks;
}

} // namespace snapproto::conformance
