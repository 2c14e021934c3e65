// SPDX-License-Identifier: BSL-1.0
#include "conformance/clauses/native_effect.hpp"
#include "conformance/clauses/native_groups.hpp"

namespace snapproto::conformance {

const registry& native_checks() {
    static const registry checks = [] {
        registry all;
        clauses::native_2_session(all);
        clauses::native_3_transactions(all);
        clauses::native_4_prepare(all);
        clauses::native_5_freeze(all);
        clauses::native_6_hold(all);
        clauses::native_7_thaw(all);
        clauses::native_8_abort(all);
        clauses::native_9_complete(all);
        clauses::native_10_loss(all);
        clauses::native_16_safety(all);
        clauses::native_60_frames(all);
        clauses::native_60_marks(all);
        clauses::native_61_encoding(all);
        clauses::native_61_fields(all);
        clauses::native_62_limits(all);
        clauses::native_63_channel(all);
        clauses::native_effect(all);
        clauses::native_hooks(all);
        return all;
    }();
    return checks;
}

const registry& native_orchestrator_checks() {
    static const registry checks = [] {
        registry all;
        clauses::native_orchestrator_2_session(all);
        clauses::native_orchestrator_12_freeze(all);
        clauses::native_orchestrator_12_thaw(all);
        return all;
    }();
    return checks;
}

} // namespace snapproto::conformance
