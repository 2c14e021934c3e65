/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the words of the orchestrator's table ----------------------------------------------------
 * One definition for each guard and each action, written from docs/spec.md, chapter 12; and those
 * of the provider's table, chapter 13.
 */

#define TO_HELLO REQ_HELLO /* messages have the numbers of the requests */
#define DO_CUT 16
#define DO_DISCARD 17
#define DO_HOST_ARM 18
#define DO_HOST_DISARM 19
#define DO_HOST_CLOSE 20
#define DO_REPORT 21
#define TIMER_REPLY 0
#define TIMER_WINDOW 1
#define ABORT_RESENDS_MAX 2

#define HOST_EFFECT(kind, agents_in, argument) \
    hfx[host_effects] = (kind) + ((agents_in) << 5) + ((argument) << 8); \
    host_effects++
#define TO_ALL(kind, argument) HOST_EFFECT(kind, h.live, argument)
#define HOST_DO(kind, argument) HOST_EFFECT(kind, 0, argument)

#define SUCCEEDED (h.outlook == FATE_OK && h.cut == CUT_OK && h.unknown == 0 && h.spoiled == 0)

/* It never gets better (SP 12.32). */
inline worsen(fate) {
    h.outlook = (h.outlook == FATE_OK -> fate : h.outlook)
}
/* An agent without a channel: nothing is known of it (SP 12.33). */
inline lose() {
    h.live = h.live & ~BIT(in_agent);
    h.answered = h.answered & ~BIT(in_agent);
    h.unknown = h.unknown | BIT(in_agent)
}
inline forget_transaction() {
    h.txn = 0;
    h.answered = 0;
    h.unknown = 0;
    h.spoiled = 0;
    h.outlook = FATE_OK;
    h.cut = 0;
    h.go_noted = 0;
    h.resends = 0
}
inline begin_snapshot() {
    forget_transaction();
    h.txn = in_txn;
    h.go_noted = in_go;
    h.outlook = (h.live == 0 -> FATE_BAD : FATE_OK)
}
/* The policy of this model: a copy that is no success is not kept. */
inline report_outcome() {
    if
    :: h.cut == CUT_OK && !SUCCEEDED -> HOST_DO(DO_DISCARD, 0)
    :: else
    fi;
    HOST_DO(DO_REPORT, EITHER(SUCCEEDED, OUTCOME_SUCCESS, OUTCOME_FAILED));
    forget_transaction()
}

/* Guards. */
#define orchestrator_explicit_prepare (NATIVE)
#define orchestrator_implicit_prepare (QGA)
#define orchestrator_completion_agreed (NATIVE)
#define orchestrator_no_completion (QGA)
#define orchestrator_crash_copy_allowed (0)
#define orchestrator_crash_copy_not_allowed (1)
#define orchestrator_go_given (h.go_noted)
#define orchestrator_go_not_given (!h.go_noted)
#define orchestrator_resends_left (h.resends < ABORT_RESENDS_MAX)
#define orchestrator_no_resends_left (h.resends >= ABORT_RESENDS_MAX)

/* Sessions. */
inline orchestrator_hello_to_all() {
    h.live = ALL_AGENTS;
    h.answered = 0;
    TO_ALL(TO_HELLO, 0);
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_open_session() {
    h.answered = 0;
    HOST_DO(DO_HOST_DISARM, TIMER_REPLY)
}
inline orchestrator_close_all() {
    HOST_DO(DO_HOST_DISARM, TIMER_REPLY);
    TO_ALL(DO_HOST_CLOSE, 0);
    h.live = 0;
    h.answered = 0
}
/* Never taken: the policy of this model is to fail. */
inline orchestrator_cut_without_guests() {
    skip
}
inline orchestrator_report_failed() {
    HOST_DO(DO_REPORT, OUTCOME_FAILED)
}

/* The way to the cut. */
inline orchestrator_begin() {
    begin_snapshot()
}
inline orchestrator_prepare_to_all() {
    TO_ALL(REQ_PREPARE, 0);
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_freeze_to_all() {
    h.answered = 0;
    TO_ALL(REQ_FREEZE, 0);
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_note_go() {
    h.go_noted = 1
}
inline orchestrator_barrier() {
    h.answered = 0;
    HOST_DO(DO_HOST_DISARM, TIMER_REPLY)
}
inline orchestrator_cut() {
    h.answered = 0;
    h.cut = CUT_ASKED;
    HOST_DO(DO_HOST_DISARM, TIMER_REPLY);
    HOST_DO(DO_CUT, 0)
}

/* Failure. */
inline orchestrator_fate_bad() {
    worsen(FATE_BAD)
}
inline orchestrator_fate_failed() {
    worsen(FATE_FAILED)
}
inline orchestrator_agent_lost() {
    lose()
}
inline orchestrator_abort_to_all() {
    h.answered = 0;
    h.resends = 0;
    HOST_DO(DO_HOST_DISARM, TIMER_WINDOW);
    TO_ALL(REQ_ABORT, 0);
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_abort_again() {
    h.resends++;
    HOST_EFFECT(REQ_ABORT, h.live & ~h.answered, 0);
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_abandon_cut() {
    h.cut = CUT_ABANDONED;
    HOST_DO(DO_DISCARD, 0)
}
inline orchestrator_agent_unknown() {
    h.answered = h.answered | (BIT(in_agent) & h.live);
    h.unknown = h.unknown | BIT(in_agent)
}
inline orchestrator_agent_done() {
    h.live = h.live & ~BIT(in_agent);
    h.answered = h.answered & ~BIT(in_agent)
}
inline orchestrator_agent_counts_as_answered() {
    h.answered = h.answered | (BIT(in_agent) & h.live)
}
inline orchestrator_alarm() {
    skip
}
inline orchestrator_warn() {
    skip
}
inline orchestrator_ignore() {
    skip
}

/* After the cut. The event says how it ended. */
inline orchestrator_thaw_to_all() {
    if
    :: hev == ORCHESTRATOR_ON_CUT_OK -> h.cut = CUT_OK
    :: hev == ORCHESTRATOR_ON_CUT_FAILED -> h.cut = CUT_FAILED
    :: else
    fi;
    h.answered = 0;
    HOST_DO(DO_HOST_DISARM, TIMER_WINDOW);
    TO_ALL(REQ_THAW, EITHER(h.cut == CUT_OK && h.outlook == FATE_OK, TOLD_OK, TOLD_FAILED));
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
/* A copy that nobody waits for any more, unless it is the good one, reported twice (SP 12.11). */
inline orchestrator_discard_copy() {
    if
    :: h.cut == CUT_OK
    :: else -> HOST_DO(DO_DISCARD, 0)
    fi
}
inline orchestrator_judge_complete_to_all() {
    h.answered = 0;
    TO_ALL(REQ_COMPLETE, EITHER(SUCCEEDED, COPY_KEPT, COPY_DISCARDED));
    HOST_DO(DO_HOST_ARM, TIMER_REPLY)
}
inline orchestrator_judge() {
    skip
}
inline orchestrator_report() {
    HOST_DO(DO_HOST_DISARM, TIMER_REPLY);
    report_outcome()
}
/* Closing is what makes a silent agent release (SP 12.20). */
inline orchestrator_close_all_report() {
    TO_ALL(DO_HOST_CLOSE, 0);
    h.unknown = h.unknown | (h.live & ~h.answered);
    h.live = 0;
    report_outcome()
}

/* The provider: what it tells the orchestrator. The storage itself is not of this model. */
inline provider_begin_cut() {
    skip
}
inline provider_report_cut() {
    h.cut_done = 1;
    h.notice = NOTICE_OK
}
inline provider_report_failed() {
    h.notice = NOTICE_FAILED
}
inline provider_report_ready() {
    skip
}
inline provider_throw_away() {
    skip
}
