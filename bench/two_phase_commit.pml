/* SPDX-License-Identifier: BSL-1.0
 * Two-phase commit with eight managers (Gray and Lamport, "Consensus on transaction commit", 2006),
 * with the variables of tests/simulator/models/two_phase_commit.hpp: 1,745,408 states.
 *
 * One process whose steps are all indivisible, bits for sets, and no step that changes nothing:
 * SPIN is faster with this than with a process for each manager (bench/explore_spin.sh).
 */
#define ALL 255

unsigned managers : 16; /* two bits each: working, prepared, committed, aborted */
byte sent;              /* Prepared(i) is on its way */
byte known;             /* the transaction manager knows that i is prepared */
unsigned outcome : 2;   /* the transaction manager: undecided, committed, aborted */

#define state_of(i) ((managers >> (2 * i)) & 3)
#define become(i, state) managers = (managers & (65535 - (3 << (2 * i)))) | (state << (2 * i))

#define manager(i) \
    :: d_step { outcome == 0 && (sent & ~known & (1 << i)) -> known = known | (1 << i) } \
    :: d_step { state_of(i) == 0 -> become(i, 1); sent = sent | (1 << i) } \
    :: d_step { state_of(i) == 0 -> become(i, 3) } \
    :: d_step { outcome == 1 && state_of(i) != 2 -> become(i, 2) } \
    :: d_step { outcome == 2 && state_of(i) != 3 -> become(i, 3) }

active proctype all() {
    do
    :: d_step { outcome == 0 && known == ALL -> outcome = 1 }
    :: d_step { outcome == 0 -> outcome = 2 }
    manager(0) manager(1) manager(2) manager(3)
    manager(4) manager(5) manager(6) manager(7)
    od
}
