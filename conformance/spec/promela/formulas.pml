/* SPDX-License-Identifier: BSL-1.0 */
/* ---- what must happen in the end --------------------------------------------------------------
 * Each of these must come true on all runs in which whatever participants have to do ends. That is
 * what weak fairness of their steps means here: work begins with a transaction or a fault, and of
 * both there are so many and no more. Without it the adapter of QGA asks for ever whether a release
 * that never ends has ended. `nowhere` ends the runs that take a step which is refused: they are
 * none.
 */

#define OR_FREEZE_OPEN(i) || HAS(a[i].open, REQ_FREEZE)
#define OR_ANYTHING_HELD(i) || ANYTHING_HELD(i)
#define freeze_is_open (0 OVER_AGENTS(OR_FREEZE_OPEN))
#define something_is_held (0 OVER_AGENTS(OR_ANYTHING_HELD))
#define report_is_due (h.report_due != 0 && LISTENS)

#define OR_WORKS_FOR(i) EACH_PARTICIPANT(OR_WORKS, i)
#define nobody_works (!(0 OVER_AGENTS(OR_WORKS_FOR)))
#define works_end ([] <> nobody_works)

/* SP 18.21: every accepted Freeze is answered. */
ltl freeze_ends { works_end -> [] (freeze_is_open -> <> (!freeze_is_open || nowhere)) }
/* SP 18.22: every hold ends, also if the orchestrator is silent for ever. */
ltl hold_ends { works_end -> [] (something_is_held -> <> (!something_is_held || nowhere)) }
/* SP 18.24: every Start is reported. That it is reported once is an assertion. */
ltl one_outcome { works_end -> [] (report_is_due -> <> (!report_is_due || nowhere)) }
