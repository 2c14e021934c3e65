/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the words of the agent's table -----------------------------------------------------------
 * One definition for each guard and each action of the table, written from docs/spec.md, chapters
 * 2 to 11. Actions change the agent's data and ask for effects; agent.pml carries those out.
 */

/* Effects beside the answers, whose numbers they continue. */
#define DO_ANSWER_STUCK 9
#define DO_BEGIN 16 /* of the step in its argument */
#define DO_TELL 17
#define DO_CANCEL 18
#define DO_ARM 19
#define DO_DISARM 20
#define DO_CLOSE 21
#define DO_EXIT 22
#define DO_RESEED 23

/* What a Nak and a result say changes nothing at the other side. */
#define BAD_STATE 0
#define UNKNOWN 0

#define EFFECT(kind, txn_nr, session_nr, argument) \
    fx[effects] = (kind) + ((txn_nr) << 5) + ((session_nr) << 8) + ((argument) << 10); \
    effects++
#define SEND(kind, argument) EFFECT(kind, A.txn, A.session, argument)
#define DO(kind, argument) EFFECT(kind, 0, 0, argument)
#define WHY EITHER(A.spoiled != 0, A.spoiled, CLEAN)

/* The first reason counts (SP 7.13). */
inline spoil(why) {
    A.spoiled = (A.spoiled == 0 -> why : A.spoiled)
}
inline owe_nothing() {
    A.owes_thawed = 0;
    A.owes_aborted = 0;
    A.aborted_first = 0
}
inline end_transaction() {
    A.last_txn = A.txn;
    A.last_verdict = WHY;
    A.txn = 0;
    A.spoiled = 0;
    A.implicit = 0;
    A.recovering = 0;
    owe_nothing()
}
inline forget_session() {
    A.session = SESSION_NONE;
    A.after = THEN_IDLE;
    A.hello = 0;
    A.hello_session = SESSION_NONE
}
/* SP 2.6, 2.7. */
inline answer_waiting_hello() {
    r = A.hello;
    n = A.hello_session;
    forget_session();
    A.session = (r == HELLO_AGREED -> n : SESSION_NONE);
    EFFECT(ANS_HELLO_ACK, 0, n, r == HELLO_AGREED)
}
inline tell_participants() {
    if
    :: A.recovering -> DO(DO_CANCEL, 0); DO(DO_DISARM, TIMER_PHASE)
    :: else
    fi;
    DO(DO_DISARM, TIMER_SEQUENCE);
    DO(DO_TELL, 0)
}
inline end_release() {
    DO(DO_DISARM, TIMER_PHASE);
    DO(DO_TELL, 0)
}

/* Which transaction a request names (SP chapter 3); the running one needs no word. */
#define names_none (in_txn == 0)
#define names_the_last_one (in_txn != 0 && in_txn != A.txn && in_txn == A.last_txn)
#define names_another (in_txn != 0 && in_txn != A.txn && in_txn != A.last_txn)

/* Guards. */
#define agent_version_agreed (in_agreed)
#define agent_no_common_version (!in_agreed)
#define agent_implicit_prepare_agreed (QGA && A.session != SESSION_NONE)
#define agent_implicit_prepare_not_agreed (!(QGA && A.session != SESSION_NONE))
#define agent_prepare_is_implicit (A.implicit)
#define agent_prepare_is_explicit (!A.implicit)
#define agent_recovery_in_work (A.recovering)
#define agent_no_recovery_in_work (!A.recovering)
#define agent_last_transaction (A.last_txn != 0 && in_txn == A.last_txn)
#define agent_another_transaction (A.last_txn == 0 || in_txn != A.last_txn)
#define agent_clean_completion_agreed \
    (A.after == THEN_IDLE && A.spoiled == 0 && NATIVE && A.session != SESSION_NONE && A.hello == 0)
#define agent_session_goes_on (A.after == THEN_IDLE && !agent_clean_completion_agreed)
#define agent_session_ends (A.after == THEN_OFF)
#define agent_agent_ends (A.after == THEN_EXIT)

/* Sessions. */
inline agent_open_session() {
    A.session = in_session;
    EFFECT(ANS_HELLO_ACK, 0, in_session, 1)
}
inline agent_refuse_version() {
    forget_session();
    EFFECT(ANS_HELLO_ACK, 0, in_session, 0)
}
inline agent_hello_waits() {
    A.hello = (in_agreed -> HELLO_AGREED : HELLO_REFUSED);
    A.hello_session = in_session;
    owe_nothing();
    A.after = (A.after == THEN_EXIT -> THEN_EXIT : (in_agreed -> THEN_IDLE : THEN_OFF))
}
inline agent_close() {
    forget_session();
    DO(DO_CLOSE, 0)
}
inline agent_exit() {
    DO(DO_EXIT, 0)
}
inline agent_reseed() {
    DO(DO_RESEED, 0)
}

/* Plain answers. Status, Pong and Progress change nothing at the other side. */
inline agent_answer_status() {
    skip
}
inline agent_answer_pong() {
    skip
}
inline agent_restart_sequence_timer() {
    DO(DO_ARM, TIMER_SEQUENCE)
}
inline agent_answer_progress() {
    skip
}
inline agent_answer_prepared() {
    EFFECT(ANS_PREPARED, in_txn, A.session, 0)
}
inline agent_answer_frozen() {
    EFFECT(ANS_FROZEN, in_txn, A.session, 0)
}
inline agent_answer_thawed_again() {
    EFFECT(ANS_THAWED, in_txn, A.session, A.last_verdict)
}
inline agent_answer_aborted_again() {
    EFFECT(ANS_ABORTED, in_txn, A.session, 0)
}
inline agent_answer_completed_again() {
    EFFECT(ANS_COMPLETED, in_txn, A.session, 0)
}
inline agent_nak(code) {
    EFFECT(ANS_NAK, in_txn, A.session, 0)
}
inline agent_ignore() {
    skip
}
inline agent_warn() {
    warned = 1
}

/* The way to the hold. */
inline begin_transaction(by_freeze) {
    A.txn = in_txn;
    A.spoiled = 0;
    A.after = THEN_IDLE;
    A.implicit = by_freeze;
    A.recovering = 0;
    DO(DO_BEGIN, STEP_PREPARE);
    DO(DO_ARM, TIMER_PHASE)
}
inline agent_begin_prepare() {
    begin_transaction(0)
}
inline agent_begin_implicit_prepare() {
    begin_transaction(1)
}
inline agent_report_prepared() {
    DO(DO_DISARM, TIMER_PHASE);
    SEND(ANS_PREPARED, 0);
    DO(DO_ARM, TIMER_SEQUENCE)
}
inline agent_begin_quiesce() {
    DO(DO_DISARM, TIMER_SEQUENCE);
    DO(DO_BEGIN, STEP_QUIESCE);
    DO(DO_ARM, TIMER_PHASE)
}
inline agent_begin_freeze() {
    DO(DO_BEGIN, STEP_FREEZE);
    DO(DO_ARM, TIMER_PHASE)
}
inline agent_report_frozen() {
    DO(DO_DISARM, TIMER_PHASE);
    SEND(ANS_FROZEN, 0)
}

/* The way back. */
inline agent_then_off() {
    A.hello = 0;
    A.hello_session = SESSION_NONE;
    owe_nothing();
    A.after = (A.after == THEN_EXIT -> THEN_EXIT : THEN_OFF)
}
inline agent_undo(why) {
    spoil(why);
    if
    :: why == LOST || why == CLONE -> agent_then_off()
    :: else
    fi;
    if
    :: why == CLONE -> agent_reseed()
    :: why == STOPPED -> A.after = THEN_EXIT
    :: else
    fi;
    DO(DO_CANCEL, 0);
    DO(DO_DISARM, TIMER_SEQUENCE)
}
inline agent_begin_thaw() {
    DO(DO_BEGIN, STEP_THAW);
    DO(DO_ARM, TIMER_PHASE)
}
/* No filesystem is held: the hold limit has nothing to guard any more. */
inline agent_begin_resume() {
    DO(DO_DISARM, TIMER_HOLD);
    DO(DO_BEGIN, STEP_RESUME);
    DO(DO_ARM, TIMER_PHASE)
}
inline agent_begin_thaw_again() {
    DO(DO_DISARM, TIMER_RETRY);
    agent_begin_thaw()
}
inline agent_owe_thawed() {
    A.owes_thawed = 1
}
inline agent_owe_aborted() {
    A.aborted_first = A.aborted_first || (!A.owes_aborted && !A.owes_thawed);
    A.owes_aborted = 1
}
inline agent_taint(why) {
    spoil(why)
}
inline agent_then_exit() {
    A.after = THEN_EXIT
}
/* Said at once unless an answer is owed anyway, or nobody is left to hear it (SP 7.10). */
inline agent_become_stuck_retry_later() {
    spoil(STUCK);
    DO(DO_CANCEL, 0);
    DO(DO_DISARM, TIMER_PHASE);
    if
    :: !A.owes_thawed && !A.owes_aborted && A.after == THEN_IDLE && A.hello == 0 ->
       SEND(ANS_ERROR, STUCK)
    :: else
    fi;
    DO(DO_ARM, TIMER_RETRY)
}
inline agent_cancel_step() {
    DO(DO_CANCEL, 0)
}

/* How a transaction ends. */
inline agent_report_thawed_clean_await_complete() {
    DO(DO_DISARM, TIMER_PHASE);
    SEND(ANS_THAWED, WHY);
    A.owes_thawed = 0;
    A.last_txn = A.txn;
    A.last_verdict = WHY;
    DO(DO_ARM, TIMER_SEQUENCE)
}
/* Owed answers in the order of the requests (SP 8.7). */
inline agent_tell_result_pay_what_is_owed() {
    end_release();
    if
    :: A.hello != 0
    :: A.hello == 0 && !A.owes_aborted && !A.owes_thawed -> SEND(ANS_ERROR, WHY)
    :: A.hello == 0 && !A.owes_aborted && A.owes_thawed -> SEND(ANS_THAWED, WHY)
    :: A.hello == 0 && A.owes_aborted && !A.owes_thawed -> SEND(ANS_ABORTED, 0)
    :: A.hello == 0 && A.owes_aborted && A.owes_thawed && A.aborted_first ->
       SEND(ANS_ABORTED, 0);
       SEND(ANS_THAWED, WHY)
    :: else ->
       SEND(ANS_THAWED, WHY);
       SEND(ANS_ABORTED, 0)
    fi;
    end_transaction();
    if
    :: A.hello != 0 -> answer_waiting_hello()
    :: else
    fi
}
inline agent_tell_result_close() {
    end_release();
    end_transaction();
    if
    :: A.hello == HELLO_REFUSED -> answer_waiting_hello()
    :: else -> agent_close()
    fi
}
inline agent_tell_result_close_exit() {
    A.hello = 0;
    agent_tell_result_close();
    agent_exit()
}
inline agent_tell(result) {
    tell_participants();
    end_transaction()
}
inline agent_tell_result_report_completed() {
    tell_participants();
    SEND(ANS_COMPLETED, 0);
    end_transaction()
}
inline agent_tell_discarded_report_aborted() {
    tell_participants();
    SEND(ANS_ABORTED, 0);
    end_transaction()
}
inline agent_tell_unknown_error_expired() {
    tell_participants();
    SEND(ANS_ERROR, EXPIRED);
    end_transaction()
}

/* Recovery of the copy. */
inline agent_begin_recover() {
    if
    :: A.recovering
    :: else ->
       A.recovering = 1;
       DO(DO_BEGIN, STEP_RECOVER);
       DO(DO_ARM, TIMER_PHASE)
    fi
}
inline agent_report_recovered() {
    A.recovering = 0;
    DO(DO_DISARM, TIMER_PHASE);
    SEND(ANS_RECOVERED, 0)
}
inline agent_error(why) {
    A.recovering = 0;
    DO(DO_CANCEL, 0);
    DO(DO_DISARM, TIMER_PHASE);
    SEND(ANS_ERROR, why)
}
