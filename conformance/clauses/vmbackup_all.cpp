// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/vmbackup_groups.hpp"

namespace snapproto::conformance {

const registry& vmbackup_checks() {
    static const registry checks = [] {
        registry all;
        clauses::vmbackup_40_commands(all);
        clauses::vmbackup_45_operation(all);
        clauses::vmbackup_45_undo(all);
        clauses::vmbackup_46_effect(all);
        clauses::vmbackup_46_life(all);
        clauses::vmbackup_46_disks(all);
        return all;
    }();
    return checks;
}

const registry& vmbackup_orchestrator_checks() {
    static const registry checks = [] {
        registry all;
        clauses::vmbackup_orchestrator_12_course(all);
        clauses::vmbackup_orchestrator_48_host(all);
        return all;
    }();
    return checks;
}

} // namespace snapproto::conformance
