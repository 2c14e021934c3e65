/* SPDX-License-Identifier: BSL-1.0 */
/* ---- state ------------------------------------------------------------------------------------
 * What a state consists of, and the registers of a step.
 *
 * Every variable begins as zero. Where the natural beginning is another, the variable says the
 * opposite: `agent_unaware` for "the agent knows", `spent` for what is left of the budget,
 * `spoiled` for the reason of an undo, which is none at first.
 */

/* Sessions: none, an older one, the present one. */
#define SESSION_NONE 0
#define SESSION_OLD 1
#define SESSION_NOW 2

/* Requests, orchestrator to agent. */
#define REQ_HELLO 0
#define REQ_PREPARE 1
#define REQ_FREEZE 2
#define REQ_THAW 3
#define REQ_COMPLETE 4
#define REQ_ABORT 5
#define REQ_SYNC 6
#define REQ_STATUS 7
#define REQ_ANY 15

/* Answers, agent to orchestrator. */
#define ANS_HELLO_ACK 0
#define ANS_PREPARED 1
#define ANS_FROZEN 2
#define ANS_THAWED 3
#define ANS_COMPLETED 4
#define ANS_ABORTED 5
#define ANS_RECOVERED 6
#define ANS_ERROR 7
#define ANS_NAK 8
#define ANS_SYNCED 9
#define ANS_STATUS 10

/* Verdicts; the reason of an undo is one of them. */
#define NO_VERDICT 0
#define CLEAN 1
#define EARLY 2
#define EXPIRED 3
#define LOST 4
#define VETO 5
#define ABORTED 6
#define STUCK 7
#define CLONE 8
#define STOPPED 9

/* Where an undo leads. */
#define THEN_IDLE 0
#define THEN_OFF 1
#define THEN_EXIT 2

/* A Hello that waits for the end of an undo. */
#define HELLO_AGREED 1
#define HELLO_REFUSED 2

/* What the agent has its participants do, and what one of them is doing. */
#define STEP_PREPARE 1
#define STEP_QUIESCE 2
#define STEP_FREEZE 3
#define STEP_THAW 4
#define STEP_RESUME 5
#define STEP_RECOVER 6
#define WORK_PREPARE 1
#define WORK_HOLD 2
#define WORK_RELEASE 3
#define WORK_RECOVER 4

/* Timers of the agent, as bits. */
#define TIMER_PHASE 1
#define TIMER_HOLD 2
#define TIMER_SEQUENCE 4
#define TIMER_RETRY 8

/* The fate of a transaction, the cut as the orchestrator knows it, what it tells, what is kept. */
#define FATE_OK 0
#define FATE_BAD 1
#define FATE_FAILED 2
#define CUT_ASKED 1
#define CUT_OK 2
#define CUT_FAILED 3
#define CUT_ABANDONED 4
#define TOLD_OK 0
#define TOLD_FAILED 1
#define COPY_KEPT 0
#define COPY_DISCARDED 1
#define OUTCOME_SUCCESS 0
#define OUTCOME_DEGRADED 1
#define OUTCOME_FAILED 2
#define NOTICE_OK 1
#define NOTICE_FAILED 2

/* The adapter of QGA: what it is about, and the command that it waits for. */
#define GOAL_OPEN 1
#define GOAL_FREEZE 2
#define GOAL_RELEASE 3
#define COMMAND_SYNC 1
#define COMMAND_STATUS 2
#define COMMAND_FREEZE 3
#define COMMAND_THAW 4

/* A message is one number; 0 is an empty place of a queue. */
#define QUEUE_MAX 3
#define MESSAGE(kind, txn, old, arg) \
    ((kind) + 1 + ((txn) << 4) + ((old) << 6) + ((arg) << 7))
#define KIND_OF(message) (((message) & 15) - 1)
#define TXN_OF(message) (((message) >> 4) & 3)
#define OLD_OF(message) (((message) >> 6) & 1)
#define ARG_OF(message) ((message) >> 7)
#define MARK_OLD(message) ((message) | 64)

/* The fields of each part of the state with their widths in bits. Declared, kept, compared and put
 * back through these lists, so that nothing is left out. */
#define PARTICIPANT_FIELDS(F) \
    F(phase, 3) F(releases, 2) F(asked, 1) F(settled, 1) F(doing, 3) F(held, 1)

#if QGA
#define LINK_FIELDS(F) \
    F(released, 2) F(gone, 4) F(about, 2) F(command, 3) F(synchronised, 1) F(owes_thaw, 1) \
    F(frozen_count, 1) F(thaw_owed, 1) F(abort_owed, 1) F(look, 1) F(was_lost, 1) F(found, 4)
#else
#define LINK_FIELDS(F)
#endif

#define AGENT_FIELDS(F) \
    F(phase, 4) F(session, 2) F(txn, 2) F(spoiled, 4) F(after, 2) F(implicit, 1) \
    F(recovering, 1) F(owes_thawed, 1) F(owes_aborted, 1) F(aborted_first, 1) F(hello, 2) \
    F(hello_session, 2) F(last_txn, 2) F(last_verdict, 4) F(dead, 1) F(step, 3) \
    F(step_failed, 1) F(hold_clock, 1) F(timers, 4) F(up, 1) F(agent_unaware, 1) \
    F(host_unaware, 1) F(in_window, 1) F(dirty, 1) F(clean, 1) F(told, 4) F(open, 6) \
    F(freeze_asked, 1) F(reseed_due, 1) F(void_session, 1) F(stop_asked, 1) LINK_FIELDS(F)

#define HOST_FIELDS(F) \
    F(phase, 4) F(txn, 2) F(live, 3) F(answered, 3) F(unknown, 3) F(spoiled, 3) F(outlook, 2) \
    F(cut, 3) F(go_noted, 1) F(resends, 2) F(reply_timer, 1) F(window_timer, 1) F(provider, 3) \
    F(notice, 2) F(cut_running, 1) F(started, 2) F(spent, 3) F(report_due, 1) F(cut_done, 1)

#define DECLARE(name, bits) unsigned name : bits;

typedef participant_state {
    PARTICIPANT_FIELDS(DECLARE)
};
typedef agent_state {
    AGENT_FIELDS(DECLARE)
    participant_state p[PARTICIPANTS];
    short to_agent[QUEUE_MAX];
    short to_host[QUEUE_MAX]
};
typedef host_state {
    HOST_FIELDS(DECLARE)
};

/* The state. */
agent_state a[AGENTS];
host_state h;

/* Registers: they mean nothing between two steps, and are no part of the state. */
hidden agent_state old_a[AGENTS];
hidden host_state old_h;
hidden byte what, me, pa, detail, costs; /* the step: what, which agent, participant, detail */
hidden byte blocked, changed, broken;    /* no room in a queue; a difference; a property's number */
hidden byte i, k, r, n, found, working, waiting, was;

/* A machine: the event and what it carries; the row, or the refusal. */
hidden byte ev, hev, in_txn, in_session, in_agreed, in_agent, in_go;
hidden byte refused, target;
hidden int act;

/* The effects of a row, packed, and the one in work. */
hidden byte effects, host_effects;
hidden int fx[12], hfx[8];
hidden byte e_kind, e_txn, e_session, e_arg, x_kind, x_to, x_txn, x_arg;

/* The agent's part of a step: what is still to be done, and what was before. */
hidden byte arriving, judging, advancing, request_nr, answer_is, warned, sent_nak, foreign;
hidden byte phase_before, phase_before_request, open_before, machine_changed;
hidden byte freeze_reply, thaw_reply, reply_arg, wanted;
hidden short message;

/* The orchestrator's part; and what adapters of QGA answered meanwhile. */
hidden byte settling, sent_thaw, in_time, cutting_before, awaited, good;
hidden byte links_due, next_command, late_count, late_next, late_agent[6];
hidden short late_message[6];

/* Loops over agents and participants that are known beforehand. */
#if AGENTS == 1
#define EACH_AGENT(M) M(0)
#elif AGENTS == 2
#define EACH_AGENT(M) M(0) M(1)
#else
#define EACH_AGENT(M) M(0) M(1) M(2)
#endif
#if PARTICIPANTS == 1
#define EACH_PARTICIPANT(M, i) M(i, 0)
#elif PARTICIPANTS == 2
#define EACH_PARTICIPANT(M, i) M(i, 0) M(i, 1)
#else
#define EACH_PARTICIPANT(M, i) M(i, 0) M(i, 1) M(i, 2)
#endif

/* The same for conditions that stand inside of such a loop. */
#if AGENTS == 1
#define OVER_AGENTS(M) M(0)
#elif AGENTS == 2
#define OVER_AGENTS(M) M(0) M(1)
#else
#define OVER_AGENTS(M) M(0) M(1) M(2)
#endif

#define NATIVE (!QGA)
#define A a[me]
#define IS_FILESYSTEM(k) (PARTICIPANTS == 1 || (k) > 0)
#define HAS_APPLICATION (PARTICIPANTS > 1)
#define BIT(n) (1 << (n))
#define HAS(set, n) (((set) & (1 << (n))) != 0)
#define IS_LIVE(i) HAS(h.live, i)
#define HAS_ANSWERED(i) HAS(h.answered, i)
#define ALL_AGENTS (BIT(AGENTS) - 1)
#define NOTHING 255
/* One of two numbers. SPIN takes no conditional expression as an argument of an inline. */
#define EITHER(condition, first, second) ((condition) * (first) + !(condition) * (second))

/* The first property that a step breaks; numbers are those of docs/spec.md, chapter 18. */
#define WINDOW 1
#define NO_FALSE_SUCCESS 2
#define HONEST_LABEL 3
#define BOUNDED_HOLD 4
#define DEADLINES 5
#define ONE_TRANSACTION 6
#define ROLLBACK_BEFORE_ANSWER 7
#define EXACTNESS 8
#define ORDER 9
#define IDEMPOTENCE 11
#define STALE_SAFETY 12
#define NEGOTIATED_ONLY 13
#define INPUT_SAFETY 14
#define TRUTHFUL_THAWED 15
#define EXIT_SAFETY 16
#define GROUP_ATOMICITY 17
#define CLONE_SAFETY 18
#define ONE_ANSWER 19
#define CUT_NOT_READY 20
#define FREEZE_ENDS 21
#define RETURNS 23
#define ONE_OUTCOME 24
#define NO_WEDGE 25
#define STATES_HOLD 30 /* SP 1.7 */

/* A macro, for SPIN cuts long arguments of inlines. */
#define REQUIRE(holds, property) broken = (broken == 0 && !(holds) -> property : broken)

/* What is truly held. An application that was told to go on and takes its time is a warning
 * (SP 7.11) and does not count. */
#define OR_HOLDS(i, k) \
    || (a[i].p[k].held && (IS_FILESYSTEM(k) || a[i].p[k].doing != WORK_RELEASE))
#define OR_HOLDS_FILESYSTEM(i, k) || (a[i].p[k].held && IS_FILESYSTEM(k))
#define OR_HELD(i, k) || a[i].p[k].held
#define HOLDS_TRULY(i) (0 EACH_PARTICIPANT(OR_HOLDS, i))
#define HOLDS_FILESYSTEM(i) (0 EACH_PARTICIPANT(OR_HOLDS_FILESYSTEM, i))
#define ANYTHING_HELD(i) (0 EACH_PARTICIPANT(OR_HELD, i))

/* What the agent has on record as held. */
#define OR_ON_RECORD(i, k) \
    || (IS_FILESYSTEM(k) && \
        (a[i].p[k].phase == PARTICIPANT_HELD || a[i].p[k].phase == PARTICIPANT_BROKEN))
#define HOLDS_ON_RECORD(i) (0 EACH_PARTICIPANT(OR_ON_RECORD, i))

/* A row as one number: where it leads, and up to four calls by their numbers. */
#define ROW(to, first, second, third, fourth) \
    act = (to) + ((first) << 4) + ((second) << 10) + ((third) << 16) + ((fourth) << 22)
#define TARGET_OF_ROW act & 15
#define FIRST_OF_ROW act = act >> 4
#define FIRST_CALL (act & 63)
#define NEXT_CALL act = act >> 6

/* Queues: first in, first out. Macros, for a queue cannot be handed to an inline. */
#define PUSH(queue, packet) \
    if \
    :: queue[0] == 0 -> queue[0] = packet \
    :: queue[0] != 0 && queue[1] == 0 -> queue[1] = packet \
    :: queue[1] != 0 && queue[2] == 0 -> queue[2] = packet \
    :: else -> blocked = 1 \
    fi
#define POP(queue) \
    queue[0] = queue[1]; \
    queue[1] = queue[2]; \
    queue[2] = 0
#define CLEAR(queue) \
    queue[0] = 0; \
    queue[1] = 0; \
    queue[2] = 0
#define AGED(message) (message == 0 -> 0 : MARK_OLD(message))
#define AGE(queue) \
    queue[0] = AGED(queue[0]); \
    queue[1] = AGED(queue[1]); \
    queue[2] = AGED(queue[2])
