#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# SPIN and snapsim on the same model: equal numbers of states, the same flaws found, and the
# formulas about what must happen in the end.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
usage: scripts/spin.sh [--bin DIR] [--all | --only 'OPTIONS' | --states 'OPTIONS'] [--report FILE]

Explores configurations of simulator/explore/manifest.json with `snapsim explore` and, through
`snapcheck spec promela`, with SPIN, and compares states and transitions with each other and with
the manifest. Then the flaws that both must find, and the formulas.

  --bin DIR         where snapcheck and snapsim are (default: build/dev/bin)
  --all             all configurations of the manifest, not only those of few states
  --only 'OPTIONS'  just this configuration, in the options of snapsim explore; no manifest, and
                    a verifier that is compiled for speed
  --states 'OPTIONS' likewise, but compares the states themselves and shows those that only one has
  --report FILE     one JSON object a line: states, transitions, seconds, bytes of both

Status: 0 all agree; 1 they do not; 77 there is no spin or no C compiler.
END
}

bin=$root/build/dev/bin scope=small only='' report=/dev/null
while [ $# -gt 0 ]; do
    case $1 in
    --bin) bin=$2; shift ;;
    --all) scope=all ;;
    --only) only=$2; shift ;;
    --states) only=$2 scope=states; shift ;;
    --report) report=$2; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
    shift
done
# Verifiers of small models are compiled for longer than they run.
optimise=-O1 spin_flags=''
[ "$scope$only" = small ] || optimise=-O2
readonly manifest=$root/simulator/explore/manifest.json
readonly states_max=80000    # of the configurations that are compared each time
readonly seconds_max=300     # for one run of a verifier
readonly memory_mib_max=6000 # likewise
readonly dialects='native qga' # that the Promela model has; others have no second opinion

for program in spin gcc; do
    has "$program" || { echo "skipped: there is no $program"; exit "$exit_skipped"; }
done
for program in snapcheck snapsim; do
    [ -x "$bin/$program" ] || die "there is no $bin/$program"
done
: >"$report"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
    echo "${red}FAIL${plain} $*"
    failures=$((failures + 1))
}

# field NAME LINE: the value of a member in a line of the manifest; nothing where there is none.
field() { sed -n "s/.*\"$1\": \"\{0,1\}\([^\",}]*\).*/\1/p" <<<"$2"; }

# verifier DIRECTORY 'GCC FLAGS' OPTION...: generates the model and compiles what SPIN makes of it.
verifier() {
    local place=$1 flags=$2
    shift 2
    rm -rf "$place"
    mkdir -p "$place"
    "$bin/snapcheck" spec promela --output "$place/model.pml" "$@" || return 1
    # SPIN says what is wrong on standard output, and its status says nothing.
    # shellcheck disable=SC2086
    (cd "$place" && spin $spin_flags -a model.pml >spin.log 2>&1 && [ -s pan.c ]) ||
        { cat "$place/spin.log"; return 1; }
    # shellcheck disable=SC2086
    (cd "$place" && gcc "$optimise" -w -DNOREDUCE "-DMEMLIM=$memory_mib_max" $flags -o pan pan.c)
}

# pan DIRECTORY FLAG...: runs it, and leaves what it says in pan.log.
pan() {
    local place=$1
    shift
    (cd "$place" && timeout "$seconds_max" ./pan -m5000000 -n "$@" >pan.log 2>&1)
}

number_before() { sed -n "s/^ *\([0-9]*\) $1.*/\1/p" "$2" | head -n 1; }

# Numbers of the last run, by both.
spin_states='' spin_transitions='' spin_seconds='' spin_bytes=''
our_states='' our_transitions='' our_seconds='' our_bytes=''

# What SPIN counts: the first state arrives by a transition too, and a step that is refused leads
# back to where it began (docs/verification.md).
read_pan() {
    local log=$1 arrivals refused mib
    grep -q 'errors: 0$' "$log" || return 1
    spin_states=$(number_before 'states, stored' "$log")
    arrivals=$(number_before 'transitions' "$log")
    refused=$(number_before 'steps refused' "$log")
    spin_transitions=$((arrivals - refused - 1))
    spin_seconds=$(sed -n 's/^pan: elapsed time \([0-9.e+-]*\) seconds/\1/p' "$log")
    mib=$(sed -n 's/^ *\([0-9.]*\).*actual memory usage for states.*/\1/p' "$log" | head -n 1)
    spin_bytes=$(awk "BEGIN {printf \"%.1f\", ${mib:-0} * 1048576 / $spin_states}")
}

read_explorer() {
    local log=$1
    our_states=$(number_before 'states,' "$log")
    our_transitions=$(sed -n 's/.* \([0-9]*\) transitions, depth.*/\1/p' "$log")
    our_seconds=$(sed -n 's/.*depth [0-9]*; \([0-9.]*\) s,.*/\1/p' "$log")
    our_bytes=$(sed -n 's/.*; \([0-9.]*\) bytes a state.*/\1/p' "$log")
    [ -n "$our_states" ] && [ -n "$our_bytes" ]
}

rate() { awk "BEGIN {printf \"%.0f\", ($2 > 0 ? $1 / $2 : 0)}"; }

# explore OPTION...: both, once. Fails with a word when one does not finish without a violation.
explore() {
    "$bin/snapsim" explore --no-symmetry --no-cycles --jobs 1 "$@" >"$work/explore.log" 2>&1 ||
        { fail "snapsim explore $*: status $?"; cat "$work/explore.log"; return 1; }
    read_explorer "$work/explore.log" ||
        { fail "snapsim explore $*: no numbers"; cat "$work/explore.log"; return 1; }
    verifier "$work/model" -DSAFETY "$@" || { fail "no verifier for $*"; return 1; }
    pan "$work/model"
    read_pan "$work/model/pan.log" ||
        { fail "pan, $*"; grep -E 'violated|error|exceed|limit' "$work/model/pan.log"; return 1; }
}

readonly format='%-62s %9s %9s %9s %9s %6s %6s %6s %6s\n'

# compare EXPECTED-STATES EXPECTED-TRANSITIONS OPTION...
compare() {
    local states=$1 transitions=$2
    shift 2
    explore "$@" || return
    # shellcheck disable=SC2059
    printf "$format" "$*" "$our_states" "$spin_states" "$our_transitions" "$spin_transitions" \
        "$our_seconds" "$spin_seconds" "$our_bytes" "$spin_bytes"
    printf '{"options": "%s", "explorer": {"states": %s, "transitions": %s, "seconds": %s, "states_per_second": %s, "bytes_per_state": %s}, "spin": {"states": %s, "transitions": %s, "seconds": %s, "states_per_second": %s, "bytes_per_state": %s}}\n' \
        "$*" "$our_states" "$our_transitions" "$our_seconds" "$(rate "$our_states" "$our_seconds")" \
        "$our_bytes" "$spin_states" "$spin_transitions" "$spin_seconds" \
        "$(rate "$spin_states" "$spin_seconds")" "$spin_bytes" >>"$report"
    if [ "$our_states/$our_transitions" != "$spin_states/$spin_transitions" ]; then
        fail "$*: the explorer and SPIN differ"
    elif [ -n "$states" ] && [ "$states/$transitions" != "$our_states/$our_transitions" ]; then
        fail "$*: the manifest says $states states, $transitions transitions"
    fi
}

print_head() {
    # shellcheck disable=SC2059
    printf "$format" configuration states SPIN transit. SPIN s SPIN B/st. SPIN
}

compare_manifest() {
    local line states agree=0 left_out=0
    say 'states and transitions: snapsim explore (one thread, no symmetry) and SPIN'
    print_head
    while read -r line; do
        states=$(field states_without_symmetry "$line")
        [ -n "$states" ] || continue
        [ "$scope" = all ] || [ "$states" -le "$states_max" ] || continue
        [[ " $dialects " = *" $(field dialect "$line") "* ]] ||
            { left_out=$((left_out + 1)); continue; }
        local before=$failures
        compare "$states" "$(field transitions_without_symmetry "$line")" \
            --dialect "$(field dialect "$line")" --agents "$(field agents "$line")" \
            --participants "$(field participants "$line")" \
            --sessions "$(field sessions "$line")" \
            --fault-budget "$(field fault_budget "$line")"
        [ "$failures" != "$before" ] || agree=$((agree + 1))
    done <"$manifest"
    echo "$agree configurations agree; $left_out are of dialects that the Promela model does not have"
    [ "$agree" -ge 4 ] || fail 'fewer than four configurations agree'
}

# find_flaw SPIN-PROPERTY EXPLORER-PROPERTY OPTION...: what is wrong on purpose breaks these first.
find_flaw() {
    local spin_expected=$1 our_expected=$2 number spin_found ours
    shift 2
    verifier "$work/model" -DSAFETY "$@" || { fail "no verifier for $*"; return; }
    pan "$work/model"
    number=$(sed -n 's/.*assertion violated (broken!=\([0-9]*\)).*/\1/p' "$work/model/pan.log")
    case $number in
    '') spin_found=nothing ;;
    30) spin_found=1.7 ;;
    *) spin_found=18.$number ;;
    esac
    ours=$("$bin/snapsim" explore --no-cycles "$@" 2>&1 |
        sed -n 's/^violated: SP \([0-9.]*\):.*/\1/p' | head -n 1)
    printf '%-66s SPIN: SP %-8s snapsim: SP %s\n' "$*" "$spin_found" "${ours:=nothing}"
    [ "$spin_found/$ours" = "$spin_expected/$our_expected" ] ||
        fail "$*: SP $spin_expected and SP $our_expected were expected"
}

# Two differ, and have to: SPIN asks of each state whether a limit guards the hold (SP 18.4), and
# the formula below whether it ends (SP 18.22); and it has no properties but those of SP 18.
find_flaws() {
    optimise=-O0
    say 'flaws that both must find, by what they break'
    find_flaw 18.15 18.15 --flaw not_held_is_clean
    find_flaw 18.4 18.22 --flaw no_hold_timer
    find_flaw 18.17 18.17 --flaw cut_at_first --agents 2
    find_flaw 18.12 18.12 --flaw no_transaction_ids --fault-budget 2
    find_flaw 18.1 18.1 --flaw thaw_counts_all --dialect qga
    find_flaw 18.21 18.21 --flaw requests_outlive_close --dialect qga
    find_flaw 18.15 7.13 --mutate agent:thaw:hold_expired::deletion --fault-budget 2
}

# formula EXPECTED NAME FLAG...: whether the formula holds in the verifier of $work/model.
formula() {
    local expected=$1 name=$2 found=unknown
    shift 2
    pan "$work/model" -a -N "$name" "$@"
    if grep -q 'acceptance cycle' "$work/model/pan.log"; then
        found=violated
    elif grep -q 'errors: 0$' "$work/model/pan.log"; then
        found=holds
    fi
    printf '  %-12s %-9s %s states\n' "$name" "$found" \
        "$(number_before 'states, stored' "$work/model/pan.log")"
    [ "$found" = "$expected" ] || fail "$name: $expected was expected"
}

check_formulas() {
    say 'what must happen in the end'
    local options
    for options in '--dialect native' '--dialect qga'; do
        echo "$options"
        # shellcheck disable=SC2086
        verifier "$work/model" '' --liveness $options || { fail "no verifier, $options"; continue; }
        formula holds freeze_ends
        formula holds hold_ends
        formula holds one_outcome
    done
    echo '--flaw no_hold_timer'
    verifier "$work/model" '' --liveness --flaw no_hold_timer || { fail 'no verifier'; return; }
    formula violated hold_ends -A # other assertions are not asked
}

# The first states that only one of both has, as lines of numbers.
compare_states() {
    say "states: snapsim explore $* and SPIN"
    spin_flags=-DSTATES optimise=-O1
    verifier "$work/model" '-DSAFETY -DPRINTF' "$@" || { fail "no verifier for $*"; return; }
    pan "$work/model"
    "$bin/snapsim" explore --no-symmetry --states "$work/ours" "$@" || fail "snapsim: status $?"
    # SPIN prints the states to which steps lead: the first one is there all the same.
    { head -n 1 "$work/ours"; grep '^S ' "$work/model/pan.log"; } | sort -u >"$work/spin.set"
    sort -u "$work/ours" >"$work/ours.set"
    wc -l <"$work/ours.set"
    if ! diff "$work/ours.set" "$work/spin.set" >"$work/diff"; then
        grep -c '^<' "$work/diff" | sed 's/$/ only with snapsim/'
        grep -c '^>' "$work/diff" | sed 's/$/ only with SPIN/'
        head -n 20 "$work/diff"
        fail "$*: the explorer and SPIN differ"
    fi
}

if [ "$scope" = states ]; then
    # shellcheck disable=SC2086
    compare_states $only
elif [ -n "$only" ]; then
    print_head
    # shellcheck disable=SC2086
    compare '' '' $only
else
    compare_manifest
    find_flaws
    check_formulas
fi
[ "$failures" = 0 ] || { echo "${red}$failures failed${plain}"; exit 1; }
