#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# The explorer beside SPIN on the same models, in one run: states per second of processor time on
# one core, and bytes per state. docs/performance.md says what the figures mean.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../scripts/common.sh"

usage() {
    cat <<'END'
usage: bench/explore_spin.sh [--bin DIR] [--rounds N]

Two-phase commit with eight managers, and the snapshot model in three configurations, each explored
by both in turn. Nothing is reduced: neither symmetry nor partial orders, unless the line says so.

  --bin DIR    programs of an optimised build (default: build/release/bin)
  --rounds N   how often each runs; the medians are compared (default: 5)
END
}

bin=$root/build/release/bin rounds=5
while [ $# -gt 0 ]; do
    case $1 in
    --bin) bin=$(realpath "$2"); shift ;;
    --rounds) rounds=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
for program in spin gcc; do
    has "$program" || { echo "skipped: there is no $program"; exit "$exit_skipped"; }
done
for program in explore_commit snapsim; do
    [ -x "$bin/$program" ] || die "there is no $bin/$program: build it, preset release"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What makes SPIN fastest while it stores every state in full: no partial orders, no fairness, no
# bounds to check, its fast hash.
readonly fastest='-O2 -w -DSAFETY -DNOREDUCE -DNOFAIR -DNOBOUNDCHECK -DSFH -DMEMLIM=8000'
readonly reduced='-O2 -w -DSAFETY -DMEMLIM=8000'
readonly hash_bits=22

# verifier NAME MODEL 'GCC FLAGS'
verifier() {
    mkdir -p "$work/$1"
    cp "$2" "$work/$1/model.pml"
    # shellcheck disable=SC2086
    (cd "$work/$1" && spin -a model.pml >spin.log && gcc $3 -o pan pan.c) ||
        die "SPIN does not take $2: $(cat "$work/$1/spin.log")"
}

# measure NAME COMMAND...: one run, its output to NAME.log and its processor seconds to NAME.times.
measure() {
    local name=$1 TIMEFORMAT='%U %S'
    shift
    { time "$@" >"$work/$name.log" 2>&1; } 2>"$work/$name.time" ||
        die "$*: $(tail -n 3 "$work/$name.log")"
    awk '{print $1 + $2}' "$work/$name.time" >>"$work/$name.times"
}
measure_pan() { measure "$1" "$work/$1/pan" -m1000000 -w$hash_bits -n -E; }

states_in() { sed -n 's/^ *\([0-9]*\) states.*/\1/p' "$work/$1.log" | head -n 1; }
rate_of() {
    local median
    median=$(sort -n "$work/$1.times" | sed -n "$(((rounds + 1) / 2))p")
    awk "BEGIN {printf \"%.0f\", $(states_in "$1") / $median}"
}
bytes_of_ours() { sed -n 's/.*; \([0-9.]*\) bytes a state.*/\1/p' "$work/$1.log"; }
# States and table; the stack of its depth-first search is not counted.
bytes_of_pan() {
    awk -v states="$(states_in "$1")" '
        /actual memory usage for states/ || /memory used for hash table/ { mib += $1 }
        END { printf "%.1f", mib * 1048576 / states }' "$work/$1.log"
}

readonly format='%-42s %10s %12s %12s %7s %8s %8s\n'
line() {
    # shellcheck disable=SC2059
    printf "$format" "$@"
}

# both TITLE NAME: a line of the table; the runs are $work/NAME-ours and NAME-spin.
both() {
    local ours spin states
    states=$(states_in "$2-ours")
    ours=$(rate_of "$2-ours") spin=$(rate_of "$2-spin")
    [ "$states" = "$(states_in "$2-spin")" ] ||
        die "$1: the explorer counts $states states, SPIN $(states_in "$2-spin")"
    line "$1" "$states" "$ours" "$spin" "$(awk "BEGIN {printf \"%.1f\", $ours / $spin}")" \
        "$(bytes_of_ours "$2-ours")" "$(bytes_of_pan "$2-spin")"
}

two_phase_commit() {
    verifier commit-spin "$root/bench/two_phase_commit.pml" "$fastest"
    verifier commit-por "$root/bench/two_phase_commit.pml" "$reduced"
    for _ in $(seq "$rounds"); do
        measure commit-ours "$bin/explore_commit"
        measure_pan commit-spin
        measure_pan commit-por
    done
    [ "$(states_in commit-ours)" = 1745408 ] || die 'two-phase commit has 1,745,408 states'
    both 'two-phase commit, 8 managers' commit
    line '  SPIN with partial orders' "$(states_in commit-por)" '' "$(rate_of commit-por)" '' '' \
        "$(bytes_of_pan commit-por)"
}

# snapshot OPTION...: one configuration, in the words of snapsim explore and snapcheck spec promela.
snapshot() {
    local name="snapshot $*"
    local with_spin=yes
    "$bin/snapcheck" spec promela "$@" >"$work/$name.pml" 2>/dev/null || with_spin=''
    [ -z "$with_spin" ] || verifier "$name-spin" "$work/$name.pml" "$fastest"
    for _ in $(seq "$rounds"); do
        measure "$name-ours" "$bin/snapsim" explore --jobs 1 --no-symmetry --no-cycles "$@"
        [ -z "$with_spin" ] || measure_pan "$name-spin"
    done
    if [ -n "$with_spin" ]; then
        both "$*" "$name"
    else
        line "$*" "$(states_in "$name-ours")" "$(rate_of "$name-ours")" skipped '' \
            "$(bytes_of_ours "$name-ours")" ''
    fi
}

say "one core, $rounds rounds in turn, medians of processor time"
line model states 'states/s' SPIN ratio 'B/state' SPIN
two_phase_commit
snapshot --sessions 2 --fault-budget 3
snapshot --agents 2 --fault-budget 2
snapshot --agents 3 --fault-budget 1
if ! "$bin/snapcheck" spec promela >/dev/null 2>&1; then
    echo "skipped: the snapshot model with SPIN; $bin/snapcheck has no 'spec promela'"
fi
