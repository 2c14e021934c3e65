/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the environment --------------------------------------------------------------------------
 * What can happen, when, and what it does: one process, one choice, one step. A step is the
 * processing of one event with all its effects, and no state lies inside of it.
 */

#define RUNS(i) (!a[i].dead)
#define IS_ARMED(i, timer) ((a[i].timers & (timer)) != 0)
#define MAY(fault) (FAULT_##fault && h.spent < FAULT_BUDGET)
#define SERVES(i) SERVES_NOW(i)
#if QGA
#define SERVES_NOW(i) (a[i].open == a[i].gone) /* one request after the other */
#define LINK_WAITS(i) (LISTENS && a[i].command != 0)
#else
#define SERVES_NOW(i) (1)
#define LINK_WAITS(i) (0)
#endif

/* In formulas the orchestrator may fall silent for ever, and no run takes a step that is
 * refused. */
#if LIVENESS
bit nowhere, silent;
#define LISTENS (!silent)
#define REFUSE nowhere = 1
#else
#define LISTENS (1)
#define REFUSE skip
#endif

/* ---- what goes on by itself ---- */

#define OR_DOWN(i) || !a[i].up
#define MAY_START (LISTENS && h.phase == ORCHESTRATOR_IDLE && h.started < SESSIONS)
#define MAY_GO \
    (LISTENS && NATIVE && (h.phase == ORCHESTRATOR_READY || \
                           (h.phase == ORCHESTRATOR_PREP && !h.go_noted)))
#define MAY_CUT_END \
    (h.provider == PROVIDER_CUTTING || (h.provider == PROVIDER_DISCARDED && h.cut_running))
#define MAY_BE_READY (h.provider == PROVIDER_CUT)
#define MAY_BE_KNOWN (LISTENS && h.notice != 0)
#define MAY_DELIVER(i) (a[i].to_agent[0] != 0 && RUNS(i) && SERVES(i))
#define MAY_RECEIVE(i) (LISTENS && a[i].to_host[0] != 0)
#define MAY_AGENT_LEARN(i) (!a[i].up && RUNS(i) && a[i].agent_unaware)
#define MAY_HOST_LEARN(i) (LISTENS && !a[i].up && a[i].host_unaware)
#define MAY_CONNECT(i) \
    (LISTENS && !a[i].up && RUNS(i) && !a[i].agent_unaware && !a[i].host_unaware && \
     h.phase == ORCHESTRATOR_DOWN)
#define MAY_RESTART(i) (a[i].dead)
#define MAY_WATCH(i) (a[i].dead && ANYTHING_HELD(i))
#define MAY_RETRY(i) (RUNS(i) && IS_ARMED(i, TIMER_RETRY))
#define MAY_END_WORK(i, k) (RUNS(i) && a[i].p[k].doing != 0)
#define IS_CANCELLED(i, k) \
    (a[i].p[k].doing == WORK_HOLD && a[i].step != STEP_QUIESCE && a[i].step != STEP_FREEZE)
#define MAY_NOTICE(i, k) \
    (RUNS(i) && a[i].p[k].doing == 0 && !a[i].p[k].held && \
     (a[i].p[k].phase == PARTICIPANT_HELD || a[i].p[k].phase == PARTICIPANT_BROKEN))

#define OR_PARTICIPANT_GOES_ON(i, k) || MAY_END_WORK(i, k) || MAY_NOTICE(i, k)
#define OR_AGENT_GOES_ON(i) \
    || MAY_DELIVER(i) || MAY_RECEIVE(i) || MAY_AGENT_LEARN(i) || MAY_HOST_LEARN(i) || \
    MAY_CONNECT(i) || MAY_RESTART(i) || MAY_RETRY(i) EACH_PARTICIPANT(OR_PARTICIPANT_GOES_ON, i)
#define GOES_ON \
    (MAY_START || MAY_GO || MAY_CUT_END || MAY_BE_READY || \
     MAY_BE_KNOWN OVER_AGENTS(OR_AGENT_GOES_ON))

/* ---- time: free of charge when nothing else can happen ---- */

#define MAY_FIRE (MAY(timeout) || !GOES_ON)
#define REPLY_FIRES (LISTENS && h.reply_timer)
#define WINDOW_FIRES (LISTENS && h.window_timer)
#define OR_TIMER_RUNS(i) \
    || IS_ARMED(i, TIMER_PHASE | TIMER_HOLD | TIMER_SEQUENCE) || LINK_WAITS(i)
#define TIME_GOES_ON \
    (REPLY_FIRES || WINDOW_FIRES || \
     h.provider == PROVIDER_CUTTING OVER_AGENTS(OR_TIMER_RUNS))

/* ---- the choice ---- */

/* Steps of the orchestrator's side. */
#define START 0
#define GO 1
#define HOST_EVENT 2
#define HOST_TIMER 3
#define VOID_START 4
#define CUT_EVENT 5
#define CUT_KNOWN 6
#define RECEIVE 7
#define DUPLICATE_ANSWER 8
#define STALE_ANSWER 9
#define HOST_LEARNS 10
#define CONNECT 11
#define HOST_CRASH 12
#define LINK_TIMER 13
/* Steps of an agent's side. */
#define DELIVER 14
#define DUPLICATE_REQUEST 15
#define STALE_REQUEST 16
#define AGENT_LEARNS 17
#define RESTART 18
#define WATCHDOG 19
#define AGENT_TIMER 20
#define AGENT_EVENT 21
#define PARTICIPANT_ENDS 22
#define NOTICE 23
#define LETS_GO 24
#define LOSS 25
#define CRASH 26
#define FALLS_SILENT 27
#define IS_OF_HOST (what <= LINK_TIMER || what == FALLS_SILENT)

#define OPTION(guard, step, agent, participant, more, price) \
    :: d_step { \
        (guard) -> what = step; me = agent; pa = participant; detail = more; costs = price \
    }
#define FAULT(fault, guard, step, agent, participant, more) \
    OPTION(MAY(fault) && (guard), step, agent, participant, more, 1)
#define TIMER(guard, step, agent, more) \
    OPTION((guard) && MAY_FIRE, step, agent, 0, more, GOES_ON)

#define HOST_OPTIONS \
    OPTION(MAY_START, START, 0, 0, 0, 0) \
    OPTION(MAY_GO, GO, 0, 0, 0, 0) \
    OPTION(MAY_CUT_END, CUT_EVENT, 0, 0, PROVIDER_ON_CUT_DONE, 0) \
    OPTION(MAY_BE_READY, CUT_EVENT, 0, 0, PROVIDER_ON_COPY_READY, 0) \
    OPTION(MAY_BE_KNOWN, CUT_KNOWN, 0, 0, 0, 0) \
    TIMER(REPLY_FIRES, HOST_TIMER, 0, ORCHESTRATOR_ON_REPLY_EXPIRED) \
    TIMER(WINDOW_FIRES, HOST_TIMER, 0, ORCHESTRATOR_ON_WINDOW_EXPIRED) \
    TIMER(h.provider == PROVIDER_CUTTING, CUT_EVENT, 0, PROVIDER_ON_CUT_EXPIRED) \
    FAULT(cancel, LISTENS, HOST_EVENT, 0, 0, ORCHESTRATOR_ON_CANCEL) \
    FAULT(host_crash, LISTENS && h.phase != ORCHESTRATOR_DOWN, HOST_CRASH, 0, 0, 0) \
    FAULT(noise, LISTENS && h.phase == ORCHESTRATOR_DOWN, VOID_START, 0, 0, 0) \
    FAULT(cut, h.provider == PROVIDER_CUTTING, CUT_EVENT, 0, 0, PROVIDER_ON_CUT_FAILED) \
    SILENCE_OPTION
#if LIVENESS
#define SILENCE_OPTION OPTION(LISTENS, FALLS_SILENT, 0, 0, 0, 0)
#else
#define SILENCE_OPTION
#endif

#define AGENT_OPTIONS(i) \
    OPTION(MAY_DELIVER(i), DELIVER, i, 0, 0, 0) \
    OPTION(MAY_RECEIVE(i), RECEIVE, i, 0, 0, 0) \
    OPTION(MAY_AGENT_LEARN(i), AGENT_LEARNS, i, 0, 0, 0) \
    OPTION(MAY_HOST_LEARN(i), HOST_LEARNS, i, 0, 0, 0) \
    OPTION(MAY_CONNECT(i), CONNECT, i, 0, 0, 0) \
    OPTION(MAY_RESTART(i), RESTART, i, 0, 0, 0) \
    OPTION(MAY_WATCH(i), WATCHDOG, i, 0, 0, 0) \
    OPTION(MAY_RETRY(i), AGENT_TIMER, i, 0, TIMER_RETRY, 0) \
    TIMER(IS_ARMED(i, TIMER_PHASE), AGENT_TIMER, i, TIMER_PHASE) \
    TIMER(IS_ARMED(i, TIMER_HOLD), AGENT_TIMER, i, TIMER_HOLD) \
    TIMER(IS_ARMED(i, TIMER_SEQUENCE), AGENT_TIMER, i, TIMER_SEQUENCE) \
    TIMER(LINK_WAITS(i), LINK_TIMER, i, 0) \
    FAULT(loss, a[i].up, LOSS, i, 0, 0) \
    FAULT(stop, RUNS(i), AGENT_EVENT, i, 0, AGENT_ON_STOP) \
    FAULT(crash, RUNS(i), CRASH, i, 0, 0) \
    FAULT(clone, RUNS(i), AGENT_EVENT, i, 0, AGENT_ON_GENERATION_CHANGED) \
    FAULT(veto, RUNS(i) && a[i].phase == AGENT_READY, AGENT_EVENT, i, 0, AGENT_ON_FAILED) \
    EACH_PARTICIPANT(PARTICIPANT_OPTIONS, i) \
    NATIVE_OPTIONS(i)

#define PARTICIPANT_OPTIONS(i, k) \
    OPTION(MAY_END_WORK(i, k) && a[i].p[k].doing == WORK_PREPARE, \
           PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_PREPARED, 0) \
    OPTION(MAY_END_WORK(i, k) && a[i].p[k].doing == WORK_HOLD, \
           PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_HELD, 0) \
    OPTION(MAY_END_WORK(i, k) && IS_CANCELLED(i, k), \
           PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_VETOED, 0) \
    OPTION(MAY_END_WORK(i, k) && a[i].p[k].doing == WORK_RELEASE, \
           PARTICIPANT_ENDS, i, k, RELEASE_ANSWER(a[i].p[k]), 0) \
    OPTION(MAY_END_WORK(i, k) && a[i].p[k].doing == WORK_RECOVER, \
           PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_FINISHED, 0) \
    OPTION(MAY_NOTICE(i, k), NOTICE, i, k, 0, 0) \
    FAULT(veto, RUNS(i) && (a[i].p[k].doing == WORK_PREPARE || \
                            (a[i].p[k].doing == WORK_HOLD && !IS_CANCELLED(i, k))), \
          PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_VETOED) \
    FAULT(release, RUNS(i) && a[i].p[k].doing == WORK_RELEASE && a[i].p[k].held, \
          PARTICIPANT_ENDS, i, k, PARTICIPANT_ON_RELEASE_FAILED) \
    FAULT(early, RUNS(i) && a[i].p[k].held && a[i].p[k].doing == 0 && \
                 (NATIVE || IS_FILESYSTEM(k)) && \
                 (a[i].p[k].phase == PARTICIPANT_HELD || a[i].p[k].phase == PARTICIPANT_BROKEN), \
          LETS_GO, i, k, 0)

/* The stream that carries QGA repeats nothing and brings nothing unasked. */
#if QGA
#define NATIVE_OPTIONS(i)
#else
#define IS_FROZEN_FOR_HOST \
    (h.phase == ORCHESTRATOR_CUT || h.phase == ORCHESTRATOR_THAW || \
     h.phase == ORCHESTRATOR_COMPLETE)
#define ARE_OVER (h.txn == 0 -> h.started : h.started - 1)
#define NOISE_OPTION(i, event, agreed) \
    FAULT(noise, RUNS(i) && a[i].up, AGENT_EVENT, i, agreed, event)
#define OVER_REQUEST(i, txn, request) \
    FAULT(stale, RUNS(i) && a[i].up && txn <= ARE_OVER, STALE_REQUEST, i, txn, request)
#define OVER_ANSWER(i, txn, answer) \
    FAULT(stale, LISTENS && RUNS(i) && a[i].up && txn <= ARE_OVER, STALE_ANSWER, i, txn, answer)
#define OVER_OPTIONS(i, txn) \
    OVER_REQUEST(i, txn, REQ_PREPARE) \
    OVER_REQUEST(i, txn, REQ_FREEZE) \
    OVER_REQUEST(i, txn, REQ_THAW) \
    OVER_REQUEST(i, txn, REQ_COMPLETE) \
    OVER_REQUEST(i, txn, REQ_ABORT) \
    OVER_ANSWER(i, txn, ANS_PREPARED) \
    OVER_ANSWER(i, txn, ANS_FROZEN) \
    OVER_ANSWER(i, txn, ANS_THAWED) \
    OVER_ANSWER(i, txn, ANS_COMPLETED) \
    OVER_ANSWER(i, txn, ANS_ABORTED) \
    OVER_ANSWER(i, txn, ANS_RECOVERED) \
    OVER_ANSWER(i, txn, ANS_ERROR) \
    OVER_ANSWER(i, txn, ANS_NAK)
#if SESSIONS == 1
#define ALL_OVER_OPTIONS(i) OVER_OPTIONS(i, 1)
#elif SESSIONS == 2
#define ALL_OVER_OPTIONS(i) OVER_OPTIONS(i, 1) OVER_OPTIONS(i, 2)
#else
#define ALL_OVER_OPTIONS(i) OVER_OPTIONS(i, 1) OVER_OPTIONS(i, 2) OVER_OPTIONS(i, 3)
#endif
#define NATIVE_OPTIONS(i) \
    FAULT(silence, LISTENS && IS_LIVE(i) && h.phase != ORCHESTRATOR_NEG && \
                   h.phase != ORCHESTRATOR_ABORT, \
          HOST_EVENT, i, 0, ORCHESTRATOR_ON_LIVENESS_EXPIRED) \
    FAULT(duplicate, a[i].to_agent[0] != 0 && RUNS(i), DUPLICATE_REQUEST, i, 0, 0) \
    FAULT(duplicate, LISTENS && a[i].to_host[0] != 0, DUPLICATE_ANSWER, i, 0, 0) \
    FAULT(stale, RUNS(i) && a[i].up && \
                 (IS_FROZEN_FOR_HOST || h.phase == ORCHESTRATOR_READY || \
                  h.phase == ORCHESTRATOR_FREEZE), \
          STALE_REQUEST, i, h.started, REQ_PREPARE) \
    FAULT(stale, RUNS(i) && a[i].up && IS_FROZEN_FOR_HOST, \
          STALE_REQUEST, i, h.started, REQ_FREEZE) \
    ALL_OVER_OPTIONS(i) \
    NOISE_OPTION(i, AGENT_ON_QUERY, 1) \
    NOISE_OPTION(i, AGENT_ON_PING, 1) \
    NOISE_OPTION(i, AGENT_ON_BAD_MESSAGE, 1) \
    NOISE_OPTION(i, AGENT_ON_RECOVER, 1) \
    NOISE_OPTION(i, AGENT_ON_ABORT, 1) \
    NOISE_OPTION(i, AGENT_ON_HELLO, 1) \
    NOISE_OPTION(i, AGENT_ON_HELLO, 0)
#endif

/* With spin -DSTATES and gcc -DPRINTF: every state that is reached, in the form of
 * `snapsim explore --states`. */
#ifdef STATES
#define SHOW(name, bits) printf(" %d", h.name);
#define SHOW_AGENT(name, bits) printf(" %d", a[k].name);
#define SHOW_PARTICIPANT(name, bits) printf(" %d", a[k].p[r].name);
inline show_the_state() {
    printf("S");
    HOST_FIELDS(SHOW)
    for (k : 0 .. AGENTS - 1) {
        AGENT_FIELDS(SHOW_AGENT)
        for (r : 0 .. PARTICIPANTS - 1) {
            PARTICIPANT_FIELDS(SHOW_PARTICIPANT)
            skip
        }
        printf(" %d %d %d", a[k].to_agent[0], a[k].to_agent[1], a[k].to_agent[2]);
        printf(" %d %d %d", a[k].to_host[0], a[k].to_host[1], a[k].to_host[2])
    }
    printf("\n")
}
#endif

/* ---- the step ---- */

#define OR_DIFFERS(name, bits) || old_h.name != h.name
#define OR_AGENT_DIFFERS(name, bits) || old_a[k].name != a[k].name
#define OR_PARTICIPANT_DIFFERS(name, bits) || old_a[k].p[r].name != a[k].p[r].name
#define KEEP(name, bits) old_h.name = h.name;
#define KEEP_AGENT(name, bits) old_a[k].name = a[k].name;
#define KEEP_PARTICIPANT(name, bits) old_a[k].p[r].name = a[k].p[r].name;
#define PUT_BACK(name, bits) h.name = old_h.name;
#define PUT_BACK_AGENT(name, bits) a[k].name = old_a[k].name;
#define PUT_BACK_PARTICIPANT(name, bits) a[k].p[r].name = old_a[k].p[r].name;

inline keep_the_state() {
    HOST_FIELDS(KEEP)
    for (k : 0 .. AGENTS - 1) {
        AGENT_FIELDS(KEEP_AGENT)
        for (r : 0 .. PARTICIPANTS - 1) {
            PARTICIPANT_FIELDS(KEEP_PARTICIPANT)
            skip
        }
        for (r : 0 .. QUEUE_MAX - 1) {
            old_a[k].to_agent[r] = a[k].to_agent[r];
            old_a[k].to_host[r] = a[k].to_host[r]
        }
    }
}
inline put_the_state_back() {
    HOST_FIELDS(PUT_BACK)
    for (k : 0 .. AGENTS - 1) {
        AGENT_FIELDS(PUT_BACK_AGENT)
        for (r : 0 .. PARTICIPANTS - 1) {
            PARTICIPANT_FIELDS(PUT_BACK_PARTICIPANT)
            skip
        }
        for (r : 0 .. QUEUE_MAX - 1) {
            a[k].to_agent[r] = old_a[k].to_agent[r];
            a[k].to_host[r] = old_a[k].to_host[r]
        }
    }
}
inline compare_the_state() {
    changed = (0 HOST_FIELDS(OR_DIFFERS));
    for (k : 0 .. AGENTS - 1) {
        changed = changed AGENT_FIELDS(OR_AGENT_DIFFERS);
        for (r : 0 .. PARTICIPANTS - 1) {
            changed = changed PARTICIPANT_FIELDS(OR_PARTICIPANT_DIFFERS)
        }
        for (r : 0 .. QUEUE_MAX - 1) {
            changed = changed || old_a[k].to_agent[r] != a[k].to_agent[r] ||
                      old_a[k].to_host[r] != a[k].to_host[r]
        }
    }
}

/* The orchestrator looks at an answer only of a channel and a session that it has. */
inline host_receives() {
#if QGA
    link_takes()
#else
    if
    :: !A.up || h.phase == ORCHESTRATOR_DOWN || OLD_OF(message)
    :: else -> host_takes_answer()
    fi
#endif
}

inline agent_timer_fires() {
    A.timers = A.timers & ~detail;
    advancing = 1;
    if
    :: detail == TIMER_PHASE -> bring(AGENT_ON_PHASE_EXPIRED)
    :: detail == TIMER_HOLD ->
       A.dirty = A.dirty || NATIVE; /* QGA has no word for it: there the window alone decides */
       bring(AGENT_ON_HOLD_EXPIRED)
    :: detail == TIMER_SEQUENCE -> bring(AGENT_ON_SEQUENCE_EXPIRED)
    :: detail == TIMER_RETRY -> bring(AGENT_ON_RETRY_DUE)
    fi
}

inline agent_learns_of_loss() {
    A.agent_unaware = 0;
#if QGA
    A.gone = A.open /* what a client froze stays frozen (SP 27.2, 29.15) */
#else
    A.open = 0;
    advancing = 1;
    bring(AGENT_ON_LOST)
#endif
}

inline request_is_delivered() {
    arriving = 1;
#if QGA
    if
    :: A.phase == AGENT_OFF && KIND_OF(message) != REQ_SYNC && KIND_OF(message) != REQ_STATUS ->
       bring_hello(1)
    :: else
    fi
#endif
}

inline begin_host_step() {
    if
    :: what == START -> host_starts()
    :: what == GO -> host_brings(ORCHESTRATOR_ON_GO)
#if LIVENESS
    :: what == FALLS_SILENT -> silent = 1
#endif
    :: what == HOST_EVENT -> host_brings(detail)
    :: what == HOST_TIMER ->
       if
       :: detail == ORCHESTRATOR_ON_REPLY_EXPIRED -> h.reply_timer = 0
       :: else -> h.window_timer = 0
       fi;
       host_brings(detail)
    :: what == VOID_START ->
       h.report_due = 1;
       in_txn = 0;
       host_brings(ORCHESTRATOR_ON_START)
    :: what == CUT_EVENT -> provider_takes(detail)
    :: what == CUT_KNOWN ->
       in_time = h.phase == ORCHESTRATOR_CUT;
       sent_thaw = h.live == 0;
       if
       :: h.notice == NOTICE_OK -> host_brings(ORCHESTRATOR_ON_CUT_OK)
       :: else -> host_brings(ORCHESTRATOR_ON_CUT_FAILED)
       fi;
       h.notice = 0
    :: what == RECEIVE || what == DUPLICATE_ANSWER || what == STALE_ANSWER ->
       message = (what == STALE_ANSWER
                      -> MESSAGE(detail, pa, 0, (detail == ANS_NAK -> REQ_ANY : CLEAN))
                      : A.to_host[0]);
       if
       :: what == RECEIVE -> POP(A.to_host)
       :: else
       fi;
       host_receives()
    :: what == HOST_LEARNS ->
       A.host_unaware = 0;
       link_loses(me);
       if
       :: IS_LIVE(me) -> host_brings(ORCHESTRATOR_ON_ANY_LOST)
       :: else
       fi
    :: what == CONNECT ->
       A.up = 1;
       if
       :: !(0 OVER_AGENTS(OR_DOWN)) -> host_brings(ORCHESTRATOR_ON_UP)
       :: else
       fi
    :: what == HOST_CRASH -> host_dies()
#if QGA
    :: what == LINK_TIMER -> link_timer_fires()
#endif
    fi
}

inline begin_agent_step() {
    if
    :: what == DELIVER ->
       message = A.to_agent[0];
       POP(A.to_agent);
       request_is_delivered()
    :: what == DUPLICATE_REQUEST -> message = A.to_agent[0]; request_is_delivered()
    :: what == STALE_REQUEST -> message = MESSAGE(detail, pa, 0, 0); request_is_delivered()
    :: what == AGENT_LEARNS -> agent_learns_of_loss()
    :: what == RESTART -> agent_restarts()
    :: what == WATCHDOG ->
       for (k : 0 .. PARTICIPANTS - 1) {
           if
           :: A.p[k].held -> let_go_truly(k)
           :: else
           fi
       }
    :: what == AGENT_TIMER -> agent_timer_fires()
    :: what == AGENT_EVENT -> in_agreed = pa; event_arrives(detail)
    :: what == PARTICIPANT_ENDS -> answer_is = detail; participant_answers()
    :: what == NOTICE ->
       participant_takes(pa, PARTICIPANT_ON_LET_GO);
       advancing = 1;
       bring(AGENT_ON_EARLY)
    :: what == LETS_GO -> A.dirty = 1; let_go_truly(pa)
    :: what == LOSS -> break_channel(me, 0, 0)
    :: what == CRASH -> agent_dies()
    fi
}

/* ---- the properties of a state ---- */

#define OR_NOT_AS_FROZEN(i, k) \
    || (a[i].p[k].asked && (a[i].p[k].phase != PARTICIPANT_HELD || \
                            (!a[i].p[k].held && !a[i].dirty)))
#define IS_OPEN_AT_REST(i) \
    (NATIVE && a[i].open != 0 && \
     (IS_QUIET(a[i].phase) || a[i].phase == AGENT_AWAIT))
#define HOLDS_WRONGLY(i) \
    (((IS_QUIET(a[i].phase) || a[i].phase == AGENT_AWAIT || a[i].phase == AGENT_PREP || \
       a[i].phase == AGENT_READY) && HOLDS_TRULY(i)) || \
     (a[i].phase == AGENT_RESUME && HOLDS_FILESYSTEM(i)) || \
     (a[i].phase == AGENT_FROZEN && (0 EACH_PARTICIPANT(OR_NOT_AS_FROZEN, i))))
#define IS_UNBOUNDED(i) \
    ((a[i].phase == AGENT_FREEZE || a[i].phase == AGENT_FROZEN) && HOLDS_FILESYSTEM(i) && \
     !IS_ARMED(i, TIMER_HOLD))
#if QGA
#define OWES_THAW(i) (a[i].owes_thaw)
#else
#define OWES_THAW(i) (0)
#endif

inline check_the_state() {
    for (k : 0 .. AGENTS - 1) {
        REQUIRE(a[k].dead || !IS_OPEN_AT_REST(k), ONE_ANSWER);
        REQUIRE(a[k].dead || !HOLDS_WRONGLY(k), STATES_HOLD);
        REQUIRE(a[k].dead || !IS_UNBOUNDED(k), BOUNDED_HOLD)
    }
}
/* When nothing can happen any more but faults. */
inline check_rest() {
    if
    :: LISTENS && !(GOES_ON || TIME_GOES_ON) ->
       for (k : 0 .. AGENTS - 1) {
           REQUIRE(a[k].open == 0, FREEZE_ENDS);
           REQUIRE(IS_QUIET(a[k].phase) && !OWES_THAW(k), RETURNS)
       }
       REQUIRE(!h.report_due, ONE_OUTCOME);
       REQUIRE(h.phase == ORCHESTRATOR_IDLE && h.started == SESSIONS, NO_WEDGE)
    :: else
    fi
}

inline reset_registers() {
    blocked = 0;
    broken = 0;
    changed = 0;
    ev = NOTHING;
    hev = NOTHING;
    in_txn = 0;
    in_go = 1;
    in_agreed = 1;
    in_time = 0;
    sent_thaw = 0;
    sent_nak = 0;
    request_nr = REQ_ANY;
    arriving = 0;
    judging = 0;
    advancing = 0;
    settling = 0;
    foreign = 0;
    links_due = 0;
    late_count = 0;
    late_next = 0
}

/* A step without room in a queue waits; a fault that makes no difference is not worth one. Both
 * lead back to where they began, and are counted. */
c_decl {
    static long refused_steps;
    static void print_refused(void) __attribute__((destructor));
    static void print_refused(void) { printf("%9ld steps refused\n", refused_steps); }
}
/* One by one, so that SPIN names the property by its number. */
inline judge() {
    assert(broken != WINDOW);
    assert(broken != NO_FALSE_SUCCESS);
    assert(broken != HONEST_LABEL);
    assert(broken != BOUNDED_HOLD);
    assert(broken != DEADLINES);
    assert(broken != ONE_TRANSACTION);
    assert(broken != ROLLBACK_BEFORE_ANSWER);
    assert(broken != EXACTNESS);
    assert(broken != ORDER);
    assert(broken != IDEMPOTENCE);
    assert(broken != STALE_SAFETY);
    assert(broken != NEGOTIATED_ONLY);
    assert(broken != INPUT_SAFETY);
    assert(broken != TRUTHFUL_THAWED);
    assert(broken != EXIT_SAFETY);
    assert(broken != GROUP_ATOMICITY);
    assert(broken != CLONE_SAFETY);
    assert(broken != ONE_ANSWER);
    assert(broken != CUT_NOT_READY);
    assert(broken != FREEZE_ENDS);
    assert(broken != RETURNS);
    assert(broken != ONE_OUTCOME);
    assert(broken != NO_WEDGE);
    assert(broken != STATES_HOLD)
}

inline end_the_step() {
    if
    :: blocked -> put_the_state_back(); broken = 0
    :: else -> REQUIRE(!in_time || sent_thaw, CUT_NOT_READY); compare_the_state()
    fi;
    if
    :: blocked || (costs && broken == 0 && !changed) ->
       REFUSE;
       c_code { refused_steps++; }
    :: else ->
       h.spent = h.spent + costs;
       if
       :: broken == 0 -> check_the_state(); check_rest()
       :: else
       fi
    fi;
    judge()
}

active proctype model() {
end_ready:
    atomic {
        if
        HOST_OPTIONS
        EACH_AGENT(AGENT_OPTIONS)
        fi;
        /* In parts, for SPIN takes no d_step that is as long as all of it; and without a choice
         * between them, for a register is not what it was when SPIN comes back to choose again. */
        d_step {
            keep_the_state();
            reset_registers();
            if
            :: IS_OF_HOST -> begin_host_step()
            :: else
            fi;
            run_host();
            skip
        };
        d_step {
            if
            :: IS_OF_HOST
            :: else -> begin_agent_step()
            fi;
            skip
        };
        d_step {
            run_agent();
            end_the_step();
            skip
        }
#ifdef STATES
        ;
        d_step {
            show_the_state();
            skip
        }
#endif
#if LIVENESS
        ;
        if
        :: nowhere -> goto end_nowhere
        :: else
        fi
#endif
    };
    goto end_ready;
#if LIVENESS
end_nowhere:
    false
#endif
}
