/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the agent's side -------------------------------------------------------------------------
 * What an agent does with messages, participants and timers: its endpoint, in this model.
 */

/* A participant lets go, whoever wanted it: a cut in work is not covered any more. */
inline let_go_truly(k) {
    A.p[k].held = 0;
    if
    :: h.provider == PROVIDER_CUTTING -> A.in_window = 0
    :: else
    fi
}

/* A channel ends; what was on the way is gone. */
inline break_channel(i, agent_learns, host_learns) {
    a[i].up = 0;
    a[i].agent_unaware = !(agent_learns || a[i].dead);
    a[i].host_unaware = !(host_learns);
    CLEAR(a[i].to_agent);
    CLEAR(a[i].to_host);
    if
    :: host_learns -> link_loses(i)
    :: else
    fi
}

inline forget_participant(k) {
    A.p[k].phase = PARTICIPANT_IDLE;
    A.p[k].releases = 0;
    A.p[k].asked = 0;
    A.p[k].settled = 0
}

/* The process is gone. Its filesystems stay as they are; its applications go on by themselves. */
inline agent_dies() {
    A.dirty = A.dirty || HOLDS_TRULY(me);
    for (k : 0 .. PARTICIPANTS - 1) {
        forget_participant(k);
        A.p[k].doing = 0;
        if
        :: A.p[k].held && !IS_FILESYSTEM(k) -> let_go_truly(k)
        :: else
        fi
    }
    A.phase = AGENT_OFF;
    A.txn = 0;
    A.spoiled = 0;
    A.implicit = 0;
    A.recovering = 0;
    owe_nothing();
    forget_session();
    A.last_txn = 0;
    A.last_verdict = NO_VERDICT;
    A.dead = 1;
    A.step = 0;
    A.step_failed = 0;
    A.hold_clock = 0;
    A.timers = 0;
    A.told = NO_VERDICT;
    A.open = 0;
    A.freeze_asked = 0;
    A.reseed_due = 0;
    A.void_session = 0;
    A.stop_asked = 0;
#if QGA
    A.released = 0;
    A.gone = 0;
#endif
    if
    :: A.up -> break_channel(me, 1, 0)
    :: else
    fi;
    A.agent_unaware = 0
}

/* A new process takes over the filesystems that it finds held (SP 10.14). */
inline agent_restarts() {
    A.dead = 0;
    found = 0;
    for (k : 0 .. PARTICIPANTS - 1) {
        if
        :: A.p[k].held ->
           found = 1;
           A.p[k].phase = PARTICIPANT_HELD;
           A.p[k].asked = 1
        :: else
        fi
    }
    if
    :: found ->
       A.phase = AGENT_FROZEN;
       A.session = SESSION_OLD;
       A.txn = h.started;
       A.spoiled = LOST;
       A.timers = TIMER_HOLD;
       A.hold_clock = 1;
       A.freeze_asked = 1
    :: else
    fi
}

/* ---- answers ---- */

inline answers(request) {
    REQUIRE(HAS(A.open, request), ONE_ANSWER);
    A.open = A.open & ~BIT(request)
}
inline interrupts() {
    A.open = A.open & ~(BIT(REQ_PREPARE) | BIT(REQ_FREEZE))
}

/* Every answer has its request, and says nothing that is not true. */
inline check_send() {
    REQUIRE(e_kind == ANS_HELLO_ACK || e_kind == ANS_NAK || e_session != SESSION_NONE,
            NEGOTIATED_ONLY);
    REQUIRE(e_kind == ANS_HELLO_ACK || e_kind == ANS_NAK || !A.void_session, CLONE_SAFETY);
    REQUIRE(!A.stop_asked || A.dead || e_kind != ANS_FROZEN, EXIT_SAFETY);
    if
    :: e_kind == ANS_HELLO_ACK ->
       answers(REQ_HELLO);
       A.open = 0;
       REQUIRE(!e_arg || !HOLDS_TRULY(me), STATES_HOLD)
    :: e_kind == ANS_PREPARED -> answers(REQ_PREPARE)
    :: e_kind == ANS_FROZEN -> answers(REQ_FREEZE)
    :: e_kind == ANS_THAWED ->
       answers(REQ_THAW);
       interrupts();
       if
       :: e_arg != NO_VERDICT ->
          REQUIRE(A.told == NO_VERDICT || A.told == e_arg, IDEMPOTENCE);
          A.told = e_arg
       :: else
       fi;
       REQUIRE(e_arg != CLEAN || !A.dirty, TRUTHFUL_THAWED);
       REQUIRE(e_arg != CLEAN || !A.stop_asked, EXIT_SAFETY)
    :: e_kind == ANS_COMPLETED -> answers(REQ_COMPLETE)
    :: e_kind == ANS_ABORTED -> answers(REQ_ABORT); interrupts()
    :: e_kind == ANS_ERROR ->
       interrupts();
       REQUIRE(e_arg == STUCK || !HOLDS_TRULY(me), ROLLBACK_BEFORE_ANSWER)
    :: else
    fi
}

#if QGA
/* A reply, if its request is open and somebody waits for it. */
inline qga_reply(request, kind, argument) {
    if
    :: kind != NOTHING && HAS(A.open, request) ->
       wanted = A.up && !HAS(A.gone, request);
       A.open = A.open & ~BIT(request);
       A.gone = A.gone & ~BIT(request);
       if
       :: wanted -> PUSH(A.to_host, MESSAGE(kind, (A.txn -> A.txn : A.last_txn), 0, argument))
       :: else
       fi
    :: else
    fi
}
/* What QGA makes of an answer: a thaw is answered by its count, and by an error when an application
 * did not resume as it should. In STUCK there is no message for it, and a deaf agent is worse (SP 7.10, 29.18). */
inline agent_sends() {
    freeze_reply = NOTHING;
    thaw_reply = NOTHING;
    reply_arg = 0;
    if
    :: e_kind == ANS_FROZEN -> freeze_reply = ANS_FROZEN
    :: e_kind == ANS_THAWED ->
       freeze_reply = ANS_ERROR;
       thaw_reply = (warned -> ANS_ERROR : ANS_THAWED);
       reply_arg = (A.released == PARTICIPANTS - HAS_APPLICATION -> CLEAN : EARLY)
    :: e_kind == ANS_ERROR ->
       REQUIRE(e_arg == STUCK || !HOLDS_TRULY(me), ROLLBACK_BEFORE_ANSWER);
       freeze_reply = ANS_ERROR
    :: e_kind == DO_ANSWER_STUCK ->
       freeze_reply = ANS_ERROR;
       thaw_reply = ANS_ERROR
    :: else
    fi;
    qga_reply(REQ_FREEZE, freeze_reply, 0);
    qga_reply(REQ_THAW, thaw_reply, reply_arg)
}
#else
inline agent_sends() {
    check_send();
    if
    :: A.up -> PUSH(A.to_host, MESSAGE(e_kind, e_txn, (e_session != SESSION_NOW), e_arg))
    :: else
    fi
}
#endif

/* ---- effects ---- */

inline arm_hold_timer() {
    if
    :: !A.hold_clock && !FLAW_NO_HOLD_TIMER ->
       A.hold_clock = 1;
       A.timers = A.timers | TIMER_HOLD
    :: else
    fi
}

inline begin_step(next_step) {
    A.step = next_step;
    A.step_failed = 0
}

inline start_preparing() {
    REQUIRE(!HOLDS_TRULY(me), ONE_TRANSACTION);
    for (k : 0 .. PARTICIPANTS - 1) {
        forget_participant(k)
    }
    A.hold_clock = 0;
    A.dirty = 0;
    A.told = NO_VERDICT;
    A.freeze_asked = 0;
#if QGA
    A.released = 0;
#endif
    begin_step(STEP_PREPARE)
}

/* Nobody is asked any more. Only what a participant is still doing can matter (SP 7.11). */
inline tell_result() {
    for (k : 0 .. PARTICIPANTS - 1) {
        forget_participant(k);
        A.p[k].phase = PARTICIPANT_FINISHED
    }
    A.hold_clock = 0;
    A.freeze_asked = 0
}

inline close_channel() {
#if QGA
    A.open = (FLAW_REQUESTS_OUTLIVE_CLOSE -> A.open : 0);
    A.gone = A.open;
#else
    A.open = 0;
#endif
    if
    :: A.up -> break_channel(me, 1, 0)
    :: else
    fi
}

inline perform() {
    if
    :: e_kind == ANS_HELLO_ACK -> A.void_session = A.void_session && !e_arg
    :: e_kind == ANS_FROZEN -> arm_hold_timer()
    :: e_kind == ANS_NAK -> sent_nak = 1; e_arg = request_nr
    :: else
    fi;
    if
    :: e_kind <= DO_ANSWER_STUCK -> agent_sends()
    :: e_kind == DO_BEGIN && e_arg == STEP_PREPARE -> start_preparing()
    :: e_kind == DO_BEGIN && e_arg == STEP_RECOVER ->
       begin_step(STEP_RECOVER);
       if
       :: HAS_APPLICATION && A.p[0].doing == 0 -> A.p[0].doing = WORK_RECOVER
       :: else
       fi
    :: e_kind == DO_BEGIN && e_arg != STEP_PREPARE && e_arg != STEP_RECOVER -> begin_step(e_arg)
    :: e_kind == DO_TELL -> tell_result()
    :: e_kind == DO_CANCEL -> begin_step(0)
    :: e_kind == DO_ARM -> A.timers = A.timers | e_arg
    :: e_kind == DO_DISARM -> A.timers = A.timers & ~e_arg
    :: e_kind == DO_CLOSE -> close_channel()
    :: e_kind == DO_EXIT ->
       REQUIRE(!HOLDS_TRULY(me), EXIT_SAFETY);
       REQUIRE(A.stop_asked, INPUT_SAFETY);
       agent_dies()
    :: e_kind == DO_RESEED -> A.reseed_due = 0
    fi
}

/* One event through the table, and its effects in order. */
inline agent_takes_event() {
    effects = 0;
    warned = 0;
    phase_before = A.phase;
    agent_table();
    if
    :: NATIVE && refused != NOTHING && refused != AGENT_IGNORE && refused != AGENT_DROP ->
       EFFECT(ANS_NAK, in_txn, A.session, 0)
    :: QGA && A.phase == AGENT_STUCK -> DO(DO_ANSWER_STUCK, 0)
    :: else
    fi;
    for (n : 1 .. effects) {
        e_kind = fx[n - 1] & 31;
        e_txn = (fx[n - 1] >> 5) & 7;
        e_session = (fx[n - 1] >> 8) & 3;
        e_arg = fx[n - 1] >> 10;
        REQUIRE(!(e_kind == DO_ARM && e_arg != TIMER_SEQUENCE && phase_before == A.phase &&
                  (A.timers & e_arg) != 0), DEADLINES);
        perform()
    }
    ev = NOTHING
}

/* ---- messages ---- */

#define IS_QUIET(phase_nr) ((phase_nr) == AGENT_IDLE || (phase_nr) == AGENT_OFF)

inline bring(event) {
    ev = event;
    in_txn = 0
}

inline bring_hello(agreed) {
    bring(AGENT_ON_HELLO);
    in_session = SESSION_NOW;
    in_agreed = agreed
}

inline event_of_request() {
    in_txn = TXN_OF(message);
    if
    :: request_nr == REQ_HELLO ->
       ev = AGENT_ON_HELLO;
       in_session = SESSION_NOW;
       in_agreed = 1
    :: request_nr == REQ_PREPARE -> ev = AGENT_ON_PREPARE
    :: request_nr == REQ_FREEZE -> ev = AGENT_ON_FREEZE
    :: request_nr == REQ_THAW -> ev = AGENT_ON_THAW
    :: request_nr == REQ_COMPLETE -> ev = AGENT_ON_COMPLETE
    :: else -> ev = AGENT_ON_ABORT
    fi
}

#if QGA
/* The adapter makes the ids up (SP 29.10): each freeze is a transaction of its own, and a thaw
 * means whatever runs. Some requests are answered without the machine. */
#define IS_BUSY \
    (HAS(A.open, REQ_THAW) || (request_nr == REQ_FREEZE && HAS(A.open, REQ_FREEZE)))
inline correlate() {
    answer_is = NOTHING;
    reply_arg = 0;
    if
    :: request_nr == REQ_SYNC -> answer_is = ANS_SYNCED
    :: request_nr == REQ_STATUS -> answer_is = ANS_STATUS; reply_arg = HOLDS_ON_RECORD(me)
    :: request_nr == REQ_FREEZE && (IS_BUSY || HOLDS_ON_RECORD(me)) ->
       answer_is = ANS_ERROR /* disabled while frozen (SP 24.9), or somebody else is served */
    :: request_nr == REQ_FREEZE && !IS_BUSY && !HOLDS_ON_RECORD(me) ->
       if
       :: IS_QUIET(A.phase) -> A.last_txn = 0; A.last_verdict = NO_VERDICT
       :: else -> in_txn = SESSIONS_MAX + 1 /* another than the one that runs */
       fi
    :: request_nr == REQ_THAW && IS_BUSY -> answer_is = ANS_ERROR
    :: request_nr == REQ_THAW && !IS_BUSY && IS_QUIET(A.phase) ->
       answer_is = ANS_THAWED; /* a count of 0 */
       reply_arg = EARLY
    :: else ->
       in_txn = A.txn;
       A.released = /* the number that this call thaws: SP 25.1 */
           (A.phase != AGENT_FROZEN && !FLAW_THAW_COUNTS_ALL -> 0 : A.released)
    fi;
    if
    :: answer_is != NOTHING ->
       in_txn = (answer_is == ANS_SYNCED -> 0 : TXN_OF(message));
       PUSH(A.to_host, MESSAGE(answer_is, in_txn, OLD_OF(message), reply_arg));
       ev = NOTHING
    :: else
    fi
}
#else
/* A request of another session is none (SP 3.12). */
inline correlate() {
    if
    :: A.phase != AGENT_OFF && request_nr != REQ_HELLO &&
       (OLD_OF(message) || A.session != SESSION_NOW) -> ev = NOTHING
    :: else
    fi
}
#endif

/* The request in `message` arrives, its session being open where the dialect opens it unasked. */
inline request_arrives() {
    request_nr = KIND_OF(message);
    event_of_request();
    correlate();
    if
    :: ev != NOTHING ->
       phase_before_request = A.phase;
       open_before = A.open;
       foreign = !IS_QUIET(A.phase) && request_nr != REQ_HELLO && in_txn != A.txn && !MUTATED;
       A.open = (request_nr == REQ_HELLO -> BIT(REQ_HELLO) : A.open | BIT(request_nr));
       A.freeze_asked = A.freeze_asked || (request_nr == REQ_FREEZE && !IS_QUIET(A.phase) &&
                                           in_txn == A.txn);
       judging = 1;
       advancing = 1
    :: else
    fi
}

/* What the request has done to the ghosts, now that the table has had its say. */
inline request_is_judged() {
    if
    :: sent_nak && NATIVE -> A.open = open_before
    :: else ->
       A.freeze_asked = A.freeze_asked ||
                        (request_nr == REQ_FREEZE && IS_QUIET(phase_before_request))
    fi;
    if
    :: foreign -> machine_differs(); REQUIRE(!machine_changed, STALE_SAFETY)
    :: else
    fi
}

#define DIFFERS(name) old_a[me].name != A.name

inline machine_differs() {
    machine_changed =
        DIFFERS(phase) || DIFFERS(session) || DIFFERS(txn) || DIFFERS(spoiled) ||
        DIFFERS(after) || DIFFERS(implicit) || DIFFERS(recovering) || DIFFERS(owes_thawed) ||
        DIFFERS(owes_aborted) || DIFFERS(aborted_first) || DIFFERS(hello) ||
        DIFFERS(hello_session) || DIFFERS(last_txn) || DIFFERS(last_verdict)
}

/* ---- participants ---- */

inline start_work(k, what_work) {
    if
    :: what_work == WORK_HOLD ->
       REQUIRE(A.freeze_asked, INPUT_SAFETY);
       REQUIRE(!HAS_APPLICATION || !IS_FILESYSTEM(k) || A.p[0].phase == PARTICIPANT_HELD, ORDER)
    :: what_work == WORK_RELEASE ->
       REQUIRE(A.p[k].asked, EXACTNESS);
       REQUIRE(IS_FILESYSTEM(k) || !HOLDS_FILESYSTEM(me), ORDER);
       REQUIRE(IS_FILESYSTEM(k) || !A.reseed_due, CLONE_SAFETY);
       REQUIRE(A.p[k].releases == 0, ORDER)
    :: else
    fi;
    A.p[k].doing = what_work
}

inline step_ends(event) {
    A.step = 0;
    A.step_failed = 0;
    bring(event)
}

/* Holds and preparations go one by one, in order. */
inline next_to_ask() {
    found = NOTHING;
    for (k : 0 .. PARTICIPANTS - 1) {
        if
        :: found == NOTHING && A.step == STEP_PREPARE && A.p[k].phase == PARTICIPANT_IDLE ->
           found = k
        :: found == NOTHING && A.step != STEP_PREPARE && !A.p[k].asked &&
           IS_FILESYSTEM(k) == (A.step == STEP_FREEZE) -> found = k
        :: else
        fi
    }
    if
    :: found == NOTHING -> step_ends(AGENT_ON_DONE)
    :: found != NOTHING && A.step == STEP_PREPARE -> start_work(found, WORK_PREPARE); advancing = 0
    :: else -> A.p[found].asked = 1; start_work(found, WORK_HOLD); advancing = 0
    fi
}

/* Releases go in the reverse order, each once; a hold that was cancelled ends first. */
inline next_release() {
    waiting = 0;
    found = NOTHING;
    r = PARTICIPANTS;
    do
    :: r == 0 -> break
    :: else ->
       r--;
       if
       :: IS_FILESYSTEM(r) != (A.step == STEP_THAW) || !A.p[r].asked || A.p[r].settled ->
          waiting = waiting || (A.step == STEP_RESUME && A.p[r].doing != 0)
       :: else ->
          if
          :: A.p[r].doing == WORK_RELEASE -> waiting = 1; break
          :: A.p[r].doing != 0 && A.p[r].doing != WORK_RELEASE -> waiting = 1
          :: A.p[r].doing == 0 && A.step == STEP_THAW && A.p[r].phase != PARTICIPANT_HELD &&
             A.p[r].phase != PARTICIPANT_BROKEN && A.p[r].phase != PARTICIPANT_EARLY ->
             A.p[r].settled = 1
          :: A.p[r].doing == 0 && A.p[r].phase == PARTICIPANT_BROKEN && A.step_failed
          :: else -> found = r; break
          fi
       fi
    od;
    if
    :: found != NOTHING -> start_work(found, WORK_RELEASE); advancing = 0
    :: found == NOTHING && waiting -> advancing = 0
    :: found == NOTHING && !waiting && A.step_failed -> step_ends(AGENT_ON_FAILED)
    :: else -> step_ends(AGENT_ON_DONE)
    fi
}

/* The next operation of the step in work, or the event with which it ends. */
#define OR_WORKS(i, k) || a[i].p[k].doing != 0
inline next_operation() {
    working = (0 EACH_PARTICIPANT(OR_WORKS, me));
    if
    :: A.step == STEP_THAW || A.step == STEP_RESUME -> next_release()
    :: A.step == 0 -> advancing = 0
    :: else ->
       if
       :: working -> advancing = 0
       :: !working && A.step_failed -> step_ends(AGENT_ON_FAILED)
       :: !working && !A.step_failed && A.step == STEP_RECOVER -> step_ends(AGENT_ON_DONE)
       :: else -> next_to_ask()
       fi
    fi
}

/* One event through the table of a participant. */
inline participant_takes(k, event) {
    participant_table(k, event);
    if
    :: refused == NOTHING &&
       (event == PARTICIPANT_ON_RELEASED || event == PARTICIPANT_ON_NOT_HELD) ->
       A.p[k].releases++
    :: else
    fi
}

inline answer_counts() {
    if
    :: FLAW_NOT_HELD_IS_CLEAN && answer_is == PARTICIPANT_ON_NOT_HELD ->
       answer_is = PARTICIPANT_ON_RELEASED
    :: else
    fi;
    if
    :: was != WORK_RECOVER -> participant_takes(pa, answer_is)
    :: else
    fi;
    if
    :: answer_is == PARTICIPANT_ON_HELD ->
       if
       :: IS_FILESYSTEM(pa) -> arm_hold_timer()
       :: else
       fi
    :: answer_is == PARTICIPANT_ON_VETOED -> A.step_failed = 1; A.dirty = 1
    :: answer_is == PARTICIPANT_ON_RELEASED ->
       A.p[pa].settled = 1;
#if QGA
       A.released = A.released + IS_FILESYSTEM(pa)
#endif
    :: answer_is == PARTICIPANT_ON_NOT_HELD ->
       A.p[pa].settled = 1;
       if
       :: A.step == STEP_THAW || A.step == STEP_RESUME -> bring(AGENT_ON_EARLY)
       :: else
       fi
    :: answer_is == PARTICIPANT_ON_RELEASE_FAILED ->
       A.step_failed = 1;
       if
       :: IS_FILESYSTEM(pa)
       :: else -> A.p[pa].settled = 1; let_go_truly(pa) /* a warning: SP 7.11 */
       fi
    :: else
    fi
}

/* Participant `pa` has done, or refused, what it was asked; `answer_is` is an event of its
 * table. */
inline participant_answers() {
    was = A.p[pa].doing;
    A.p[pa].doing = 0;
    advancing = 1;
    if
    :: was == WORK_HOLD && answer_is == PARTICIPANT_ON_HELD -> A.p[pa].held = 1
    :: was == WORK_RELEASE && answer_is == PARTICIPANT_ON_RELEASED -> let_go_truly(pa)
    :: else
    fi;
    if
    :: A.p[pa].phase == PARTICIPANT_FINISHED || A.p[pa].phase == PARTICIPANT_IDLE ->
       /* Left over from a transaction that did not wait for it (SP 5.11, 7.11). */
       if
       :: answer_is == PARTICIPANT_ON_HELD && !FLAW_LATE_HOLD_IS_KEPT ->
          A.p[pa].doing = WORK_RELEASE
       :: answer_is != PARTICIPANT_ON_HELD && was == WORK_RELEASE && A.p[pa].held ->
          let_go_truly(pa)
       :: else
       fi
    :: else
    fi;
    if
    :: (A.p[pa].phase == PARTICIPANT_FINISHED || A.p[pa].phase == PARTICIPANT_IDLE) &&
       was != WORK_PREPARE
    :: else -> answer_counts()
    fi
}

/* What an answer to a release says: SP 14.6; and SP 14.10 for those that refused. */
#define RELEASE_ANSWER(one) \
    (one.held || one.phase == PARTICIPANT_VETOED || one.phase == PARTICIPANT_PREPARED \
         -> PARTICIPANT_ON_RELEASED : PARTICIPANT_ON_NOT_HELD)

/* ---- the agent's part of a step: events until none is left ---- */

/* Something other than a request of the channel: a stop, a clone, noise. */
inline event_arrives(event) {
    bring(event);
    open_before = A.open;
    judging = 2;
    advancing = 1;
    if
    :: event == AGENT_ON_GENERATION_CHANGED ->
       A.reseed_due = 1;
       A.void_session = 1;
       A.open = (NATIVE -> 0 : A.open)
    :: event == AGENT_ON_STOP -> A.stop_asked = 1
    :: event == AGENT_ON_HELLO -> in_session = SESSION_NOW; A.open = BIT(REQ_HELLO)
    :: event == AGENT_ON_ABORT -> A.open = A.open | BIT(REQ_ABORT)
    :: event == AGENT_ON_RECOVER -> in_txn = A.txn
    :: else
    fi
}

inline event_is_judged(event) {
    if
    :: sent_nak && event == AGENT_ON_ABORT -> A.open = open_before
    :: event == AGENT_ON_BAD_MESSAGE ->
       machine_differs();
       REQUIRE(!machine_changed, INPUT_SAFETY)
    :: else
    fi
}

inline run_agent() {
    do
    :: ev != NOTHING -> agent_takes_event()
    :: ev == NOTHING && arriving -> arriving = 0; request_arrives()
    :: ev == NOTHING && !arriving && judging == 1 ->
       judging = 0;
       request_is_judged();
       request_nr = REQ_ANY
    :: ev == NOTHING && !arriving && judging == 2 -> judging = 0; event_is_judged(detail)
    :: ev == NOTHING && !arriving && judging == 0 && advancing -> next_operation()
    :: else -> break
    od
}
