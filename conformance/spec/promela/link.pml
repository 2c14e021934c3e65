/* SPDX-License-Identifier: BSL-1.0 */
/* ---- the adapter of QGA -----------------------------------------------------------------------
 * On the orchestrator's side (SP 29.8 to 29.20): it synchronises in the place of Hello, judges a
 * thaw by its count, and thaws until the guest says that nothing is frozen. Native has none.
 */

#if QGA

/* What the adapter tells the orchestrator comes after the step in work. */
inline link_answers(i, kind, argument) {
    if
    :: late_count == 2 * 3 -> blocked = 1
    :: else ->
       late_agent[late_count] = i;
       late_message[late_count] = MESSAGE(kind, h.txn, 0, argument);
       late_count++
    fi
}

inline link_loses(i) {
    a[i].frozen_count = a[i].frozen_count && a[i].owes_thaw;
    a[i].was_lost = a[i].was_lost || a[i].owes_thaw;
    a[i].about = 0;
    a[i].command = 0;
    a[i].synchronised = 0;
    a[i].thaw_owed = 0;
    a[i].abort_owed = 0;
    a[i].look = 0;
    a[i].found = NO_VERDICT
}

inline link_forgets(i) {
    a[i].owes_thaw = 0;
    link_loses(i);
    a[i].was_lost = 0
}

/* A synchronisation has a fresh id: what is on the way is older (SP 22.10). */
#define REQUEST_OF(command_nr) \
    (command_nr == COMMAND_SYNC -> REQ_SYNC : (command_nr == COMMAND_STATUS -> REQ_STATUS : \
    (command_nr == COMMAND_FREEZE -> REQ_FREEZE : REQ_THAW)))
inline link_sends(i) {
    a[i].command = next_command;
    if
    :: a[i].up ->
       if
       :: next_command == COMMAND_SYNC -> AGE(a[i].to_agent); AGE(a[i].to_host)
       :: else
       fi;
       request_nr = REQUEST_OF(next_command);
       PUSH(a[i].to_agent, MESSAGE(request_nr, h.started, 0, 0))
    :: else
    fi
}

inline link_has_released(i) {
    a[i].about = 0;
    if
    :: a[i].thaw_owed -> link_answers(i, ANS_THAWED, a[i].found)
    :: else
    fi;
    if
    :: a[i].abort_owed -> link_answers(i, ANS_ABORTED, 0)
    :: else
    fi;
    a[i].thaw_owed = 0;
    a[i].abort_owed = 0;
    a[i].look = 0;
    a[i].frozen_count = 0;
    a[i].was_lost = 0;
    a[i].found = NO_VERDICT
}

/* The next command towards the goal, or the answer when it is reached. */
inline link_advances(i) {
    next_command = 0;
    if
    :: a[i].command != 0 || a[i].about == 0
    :: a[i].command == 0 && a[i].about == GOAL_RELEASE && !a[i].owes_thaw -> link_has_released(i)
    :: a[i].command == 0 && a[i].about != 0 && !(a[i].about == GOAL_RELEASE && !a[i].owes_thaw) ->
       if
       :: !a[i].synchronised -> next_command = COMMAND_SYNC
       :: a[i].synchronised && a[i].look -> next_command = COMMAND_STATUS
       :: a[i].synchronised && !a[i].look && a[i].about == GOAL_OPEN && !a[i].owes_thaw ->
          a[i].about = 0;
          a[i].frozen_count = 0;
          a[i].was_lost = 0;
          link_answers(i, ANS_HELLO_ACK, 1)
       :: a[i].synchronised && !a[i].look && a[i].about == GOAL_FREEZE ->
          a[i].owes_thaw = 1;
          a[i].was_lost = 0;
          a[i].frozen_count = 0;
          next_command = COMMAND_FREEZE
       :: else -> next_command = COMMAND_THAW
       fi
    fi;
    if
    :: next_command != 0 -> link_sends(i)
    :: else
    fi
}

/* After the effects of an event, and before anything comes of them. */
inline links_advance() {
    for (i : 0 .. AGENTS - 1) {
        if
        :: HAS(links_due, i) -> link_advances(i)
        :: else
        fi
    }
    links_due = 0
}

inline link_asks(i, request) {
    if
    :: request == REQ_HELLO ->
       a[i].about = GOAL_OPEN;
       a[i].command = 0;
       a[i].synchronised = 0;
       a[i].thaw_owed = 0;
       a[i].abort_owed = 0;
       a[i].look = a[i].owes_thaw
    :: request == REQ_FREEZE ->
       a[i].about = GOAL_FREEZE;
       a[i].look = 1
    :: request == REQ_THAW || request == REQ_ABORT ->
       if
       :: a[i].about != GOAL_RELEASE ->
          a[i].synchronised = a[i].synchronised && (a[i].command == 0 || FLAW_NO_RESYNC);
          a[i].command = 0; /* its reply answers nothing any more */
          a[i].about = GOAL_RELEASE;
          a[i].look = 0;
          a[i].found = NO_VERDICT
       :: else
       fi;
       a[i].thaw_owed = a[i].thaw_owed || request == REQ_THAW;
       a[i].abort_owed = a[i].abort_owed || request == REQ_ABORT
    :: else
    fi;
    links_due = links_due | (request != REQ_PREPARE && request != REQ_COMPLETE -> BIT(i) : 0)
}

inline link_fails_freeze(i, why) {
    if
    :: a[i].about == GOAL_FREEZE ->
       a[i].about = 0;
       a[i].look = 0;
       link_answers(i, ANS_ERROR, why)
    :: else
    fi
}

inline status_is_known() {
    good = (x_kind != ANS_STATUS || x_arg == 0); /* nothing is frozen */
    A.look = (A.about != 0 -> 0 : A.look);
    if
    :: A.about == GOAL_OPEN -> A.owes_thaw = A.owes_thaw && !(good && A.frozen_count)
    :: A.about == GOAL_FREEZE && !good -> link_fails_freeze(me, VETO) /* SP 29.17 */
    :: A.about == GOAL_RELEASE -> A.owes_thaw = A.owes_thaw && !good
    :: else
    fi
}

/* Judged by what the reply truly answers, which the wire does not tell. */
inline freeze_is_answered() {
    REQUIRE(x_kind == ANS_ERROR || (x_kind == ANS_FROZEN && x_txn == h.started), STALE_SAFETY);
    if
    :: x_kind == ANS_ERROR -> A.owes_thaw = 0; link_fails_freeze(me, VETO)
    :: x_kind != ANS_ERROR && A.about == GOAL_FREEZE ->
       A.about = 0;
       A.frozen_count = 1;
       link_answers(me, ANS_FROZEN, 0)
    :: else
    fi
}

inline thaw_is_answered() {
    A.look = 1;
    if
    :: A.about == GOAL_OPEN -> A.frozen_count = 1 /* thawed once: the status is believed now */
    :: else ->
       if
       :: x_kind == ANS_ERROR -> A.found = (A.found == NO_VERDICT -> STUCK : A.found)
       :: x_kind != ANS_ERROR && !A.frozen_count -> A.found = ABORTED
       :: x_kind != ANS_ERROR && A.frozen_count && x_kind == ANS_THAWED && x_arg == CLEAN ->
          A.found = CLEAN;
          A.look = A.abort_owed
       :: else -> A.found = (A.found == NO_VERDICT -> EARLY : A.found)
       fi;
       A.found = (A.was_lost -> LOST : A.found);
       A.owes_thaw = A.owes_thaw && A.look
    fi
}

/* A reply, in `message`. While a synchronisation is awaited, everything else is older than it. */
inline link_takes() {
    x_kind = KIND_OF(message);
    x_txn = TXN_OF(message);
    x_arg = ARG_OF(message);
    was = A.command;
    if
    :: was == COMMAND_SYNC && x_kind == ANS_SYNCED && !OLD_OF(message) ->
       A.synchronised = 1;
       A.command = 0;
       links_due = BIT(me)
    :: was != 0 && was != COMMAND_SYNC && x_kind != ANS_SYNCED ->
       A.command = 0;
       if
       :: was == COMMAND_STATUS -> status_is_known()
       :: was == COMMAND_FREEZE -> freeze_is_answered()
       :: was == COMMAND_THAW -> thaw_is_answered()
       fi;
       links_due = BIT(me)
    :: else
    fi
}

/* A command is given up: nothing is believed before the channel is synchronised (SP 29.11). */
inline link_timer_fires() {
    was = A.command;
    A.command = 0;
    A.synchronised = FLAW_NO_RESYNC;
    if
    :: was == COMMAND_FREEZE || was == COMMAND_STATUS -> link_fails_freeze(me, EXPIRED)
    :: was == COMMAND_THAW -> A.look = 1
    :: else
    fi;
    links_due = BIT(me)
}

#else

inline link_loses(i) {
    skip
}
inline link_forgets(i) {
    skip
}
inline links_advance() {
    links_due = 0
}

#endif
