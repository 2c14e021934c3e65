/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the orchestrator's side ------------------------------------------------------------------
 * What the orchestrator does with messages, channels, the provider and timers: its endpoint.
 */

/* ---- the provider ---- */

/* Whoever lets go after its Frozen may be overtaken by the cut; whoever has not sent one yet must
 * not be (SP 12.8). */
#define AND_HELD(i, k) && a[i].p[k].held
#define IS_BEFORE_FROZEN(i) \
    (a[i].phase == AGENT_PREP || a[i].phase == AGENT_READY || a[i].phase == AGENT_QUIESCE || \
     a[i].phase == AGENT_FREEZE)
inline window_opens() {
    for (k : 0 .. AGENTS - 1) {
        a[k].in_window = (1 EACH_PARTICIPANT(AND_HELD, k));
        REQUIRE(a[k].txn != h.started || !IS_BEFORE_FROZEN(k), GROUP_ATOMICITY)
    }
}

inline provider_takes(event) {
    cutting_before = h.provider == PROVIDER_CUTTING;
    provider_table(event);
    if
    :: h.provider == PROVIDER_CUTTING && !cutting_before -> window_opens()
    :: else
    fi;
    h.cut_running = h.cut_running || (cutting_before && event == PROVIDER_ON_DISCARD);
    h.cut_running = h.cut_running && event != PROVIDER_ON_CUT_DONE
}

/* The snapshot is over: what only it needed is the same for all. */
inline forget_outcome() {
    h.report_due = 0;
    h.cut_done = 0;
    h.provider = PROVIDER_IDLE; /* what becomes of a kept copy is not of this model */
    h.notice = 0;
    h.cut_running = 0;
    h.window_timer = 0;
    for (k : 0 .. AGENTS - 1) {
        a[k].in_window = 0;
        a[k].clean = 0
    }
}

#define AND_GENUINE(i) && a[i].in_window
#define AND_CLEAN(i) && (a[i].clean && !(QGA && a[i].dirty))
inline report_to_caller(outcome) {
    REQUIRE(h.report_due, ONE_OUTCOME);
    REQUIRE(outcome != OUTCOME_SUCCESS || (1 OVER_AGENTS(AND_GENUINE)), WINDOW);
    REQUIRE(outcome != OUTCOME_SUCCESS || (1 OVER_AGENTS(AND_CLEAN)), NO_FALSE_SUCCESS);
    REQUIRE(outcome == OUTCOME_FAILED || h.cut_done, HONEST_LABEL);
    forget_outcome()
}

/* ---- effects ---- */

inline new_epoch(i) {
    a[i].session = (a[i].session == SESSION_NOW -> SESSION_OLD : a[i].session);
    a[i].hello_session = (a[i].hello_session == SESSION_NOW -> SESSION_OLD : a[i].hello_session);
    AGE(a[i].to_host)
}

#if QGA
inline host_sends(i, request, argument) {
    link_asks(i, request)
}
#else
inline host_sends(i, request, argument) {
    if
    :: a[i].up -> PUSH(a[i].to_agent, MESSAGE(request, h.txn, 0, argument))
    :: else
    fi
}
#endif

inline host_closes(i) {
    if
    :: !a[i].host_unaware -> break_channel(i, 0, 1)
    :: else ->
       a[i].host_unaware = 0; /* it was broken already, and is closed now */
       link_loses(i)
    fi
}

inline host_performs() {
    x_kind = hfx[n - 1] & 31;
    x_to = (hfx[n - 1] >> 5) & 7;
    x_arg = hfx[n - 1] >> 8;
    if
    :: x_kind <= REQ_ABORT ->
       if
       :: x_kind == REQ_THAW ->
          sent_thaw = 1;
          REQUIRE(x_arg != TOLD_OK || (h.cut_done && h.outlook == FATE_OK), GROUP_ATOMICITY)
       :: else
       fi;
       for (i : 0 .. AGENTS - 1) {
           if
           :: HAS(x_to, i) ->
              if
              :: x_kind == REQ_HELLO -> new_epoch(i)
              :: else
              fi;
              REQUIRE(x_kind == REQ_HELLO || h.phase != ORCHESTRATOR_NEG, NEGOTIATED_ONLY);
              host_sends(i, x_kind, x_arg)
           :: else
           fi
       }
    :: x_kind == DO_CUT -> provider_takes(PROVIDER_ON_CUT)
    :: x_kind == DO_DISCARD -> provider_takes(PROVIDER_ON_DISCARD)
    :: x_kind == DO_HOST_ARM -> h.reply_timer = 1
    :: x_kind == DO_HOST_DISARM && x_arg == TIMER_REPLY -> h.reply_timer = 0
    :: x_kind == DO_HOST_DISARM && x_arg == TIMER_WINDOW -> h.window_timer = 0
    :: x_kind == DO_HOST_CLOSE ->
       for (i : 0 .. AGENTS - 1) {
           if
           :: HAS(x_to, i) -> host_closes(i)
           :: else
           fi
       }
    :: x_kind == DO_REPORT -> report_to_caller(x_arg)
    fi
}

inline host_takes_event() {
    host_effects = 0;
    orchestrator_table();
    for (n : 1 .. host_effects) {
        host_performs()
    }
    hev = NOTHING
}

/* ---- answers ---- */

inline host_brings(event) {
    hev = event;
    settling = 1;
    in_agent = me
}

inline note_answer(i, is_clean) {
    h.answered = h.answered | (BIT(i) & h.live);
    h.spoiled = h.spoiled | (is_clean -> 0 : BIT(i) & h.live);
    settling = 1
}

/* The request whose Nak is awaited: the one sent last (SP 3.13). */
inline find_awaited() {
    if
    :: h.phase == ORCHESTRATOR_NEG -> awaited = REQ_HELLO
    :: h.phase == ORCHESTRATOR_PREP || h.phase == ORCHESTRATOR_READY -> awaited = REQ_PREPARE
    :: h.phase == ORCHESTRATOR_FREEZE || h.phase == ORCHESTRATOR_CUT -> awaited = REQ_FREEZE
    :: h.phase == ORCHESTRATOR_THAW -> awaited = REQ_THAW
    :: h.phase == ORCHESTRATOR_COMPLETE -> awaited = REQ_COMPLETE
    :: h.phase == ORCHESTRATOR_ABORT -> awaited = REQ_ABORT
    :: else -> awaited = REQ_ANY
    fi
}
#define AWAITS(kind) \
    ((kind == ANS_PREPARED && h.phase == ORCHESTRATOR_PREP) || \
     (kind == ANS_FROZEN && h.phase == ORCHESTRATOR_FREEZE) || \
     (kind == ANS_THAWED && \
      (h.phase == ORCHESTRATOR_THAW || h.phase == ORCHESTRATOR_ABORT)) || \
     (kind == ANS_COMPLETED && h.phase == ORCHESTRATOR_COMPLETE) || \
     (kind == ANS_ABORTED && h.phase == ORCHESTRATOR_ABORT))
#define IS_OF_THIS(i) \
    (h.txn != 0 && (FLAW_NO_TRANSACTION_IDS || x_txn == h.txn) && IS_LIVE(i))

inline hello_is_answered() {
    if
    :: h.phase == ORCHESTRATOR_NEG && !HAS_ANSWERED(me) && x_arg -> note_answer(me, 1)
    :: h.phase == ORCHESTRATOR_NEG && !HAS_ANSWERED(me) && !x_arg ->
       host_brings(ORCHESTRATOR_ON_ACK_BAD)
    :: h.phase == ORCHESTRATOR_IDLE && !x_arg -> host_brings(ORCHESTRATOR_ON_ACK_BAD)
    :: else
    fi
}

inline request_is_refused() {
    find_awaited();
    if
    :: x_kind == ANS_NAK && x_arg != REQ_ANY && awaited != REQ_ANY && x_arg != awaited
    :: else ->
       if
       :: (h.txn != 0 && IS_OF_THIS(me)) || (h.txn == 0 && IS_LIVE(me)) ->
          if
          :: x_kind == ANS_ERROR -> host_brings(ORCHESTRATOR_ON_ANY_ERROR)
          :: else -> host_brings(ORCHESTRATOR_ON_ANY_NAK)
          fi
       :: else
       fi
    fi
}

/* Judged by the number that the message truly has, also where the wire does not carry it. */
inline step_is_answered() {
    REQUIRE(x_txn == h.txn, STALE_SAFETY);
    h.window_timer = h.window_timer || x_kind == ANS_FROZEN;
    if
    :: x_kind == ANS_THAWED && h.phase == ORCHESTRATOR_ABORT /* the Abort ends with Aborted */
    :: x_kind == ANS_THAWED && h.phase != ORCHESTRATOR_ABORT ->
       A.clean = x_arg == CLEAN && x_txn == h.txn;
       note_answer(me, x_arg == CLEAN)
    :: else -> note_answer(me, 1)
    fi;
    h.answered = (FLAW_CUT_AT_FIRST && x_kind == ANS_FROZEN -> h.live : h.answered)
}

/* An answer, in `message`, of agent `me`. What is stale changes nothing (SP 3.13). */
inline host_takes_answer() {
    x_kind = KIND_OF(message);
    x_txn = TXN_OF(message);
    x_arg = ARG_OF(message);
    if
    :: x_kind == ANS_HELLO_ACK -> hello_is_answered()
    :: x_kind == ANS_ERROR || x_kind == ANS_NAK -> request_is_refused()
    :: x_kind != ANS_HELLO_ACK && x_kind != ANS_ERROR && x_kind != ANS_NAK &&
       IS_OF_THIS(me) && !HAS_ANSWERED(me) && AWAITS(x_kind) -> step_is_answered()
    :: else
    fi
}

/* ---- the orchestrator's part of a step ---- */

/* The event that the answers so far make due (SP 12.30); and a group that lost somebody cannot be
 * snapshotted (SP 12.31). */
inline settle() {
    settling = 0;
    if
    :: (h.live & ~h.answered) == 0 ->
       if
       :: h.phase == ORCHESTRATOR_NEG -> host_brings(ORCHESTRATOR_ON_ACK_OK)
       :: h.phase == ORCHESTRATOR_PREP -> host_brings(ORCHESTRATOR_ON_ALL_PREPARED)
       :: h.phase == ORCHESTRATOR_FREEZE -> host_brings(ORCHESTRATOR_ON_ALL_FROZEN)
       :: h.phase == ORCHESTRATOR_THAW -> host_brings(ORCHESTRATOR_ON_ALL_THAWED)
       :: h.phase == ORCHESTRATOR_COMPLETE -> host_brings(ORCHESTRATOR_ON_ALL_DONE)
       :: h.phase == ORCHESTRATOR_ABORT -> host_brings(ORCHESTRATOR_ON_ALL_ABORTED)
       :: else
       fi
    :: else
    fi;
    if
    :: h.phase == ORCHESTRATOR_IDLE && h.live != ALL_AGENTS ->
       hev = ORCHESTRATOR_ON_ANY_LOST;
       in_agent = 0;
       settling = 0
    :: else
    fi
}

inline run_host() {
    do
    :: links_due != 0 -> links_advance()
    :: links_due == 0 && hev != NOTHING -> host_takes_event()
    :: links_due == 0 && hev == NOTHING && settling -> settle()
    :: links_due == 0 && hev == NOTHING && !settling && late_next < late_count ->
       me = late_agent[late_next];
       message = late_message[late_next];
       late_next++;
       host_takes_answer()
    :: else -> break
    od
}

inline host_starts() {
    h.started++;
    h.report_due = 1;
    provider_takes(PROVIDER_ON_RESET);
    provider_takes(PROVIDER_ON_PRECOMMIT);
    in_txn = h.started;
    in_go = QGA;
    host_brings(ORCHESTRATOR_ON_START)
}

inline host_dies() {
    h.phase = ORCHESTRATOR_DOWN;
    h.live = 0;
    forget_transaction();
    h.reply_timer = 0;
    h.window_timer = 0;
    for (i : 0 .. AGENTS - 1) {
        if
        :: a[i].up -> break_channel(i, 0, 1)
        :: else
        fi;
        a[i].host_unaware = 0;
        link_forgets(i)
    }
    forget_outcome()
}
