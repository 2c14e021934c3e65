// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/hyperv_groups.hpp"

namespace snapproto::conformance {

const registry& hyperv_checks() {
    static const registry checks = [] {
        registry all;
        clauses::hyperv_33_messages(all);
        clauses::hyperv_33_registration(all);
        clauses::hyperv_36_freeze(all);
        clauses::hyperv_36_thaw(all);
        clauses::hyperv_36_requests(all);
        clauses::hyperv_36_life(all);
        clauses::hyperv_36_effect(all);
        return all;
    }();
    return checks;
}

const registry& hyperv_orchestrator_checks() {
    static const registry checks = [] {
        registry all;
        clauses::hyperv_orchestrator_12_course(all);
        clauses::hyperv_orchestrator_37_host(all);
        return all;
    }();
    return checks;
}

} // namespace snapproto::conformance
