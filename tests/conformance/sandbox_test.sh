#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Proves that the sandbox is tight, ends every freeze, and leaves nothing behind, however it ends.
# usage: sandbox_test.sh PATH-OF-SANDBOX.SH
set -u -o pipefail

readonly sandbox=${1:?the path of sandbox.sh}
lacking=$("$sandbox" --check) || { echo "$lacking"; exit 77; }
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
export TMPDIR=$work
tests=0 failures=0

# check WORDS COMMAND...: the command must succeed.
check() {
    local words=$1
    shift
    tests=$((tests + 1))
    if "$@"; then echo "ok: $words"; else failures=$((failures + 1)); echo "FAILED: $words"; fi
}

is() { [ "$1" = "$2" ] || { echo "  is '$1', should be '$2'"; return 1; }; }
says() { grep -q -- "$1" "$2" || { echo "  '$1' is not said in:"; cat "$2"; return 1; }; }

# within SECONDS COMMAND...: it must succeed soon.
within() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt "$end" ] || return 1
        sleep 0.05
    done
}

# Directories, processes and loop devices of the sandboxes of this test. A loop device that is still
# attached when its sandbox has gone shows the image's path without the sandbox's name.
nothing_left() {
    local device file
    [ -z "$(find "$work" -maxdepth 1 -name 'snapproto-sandbox.*')" ] || return 1
    for device in $(grep -ho '/dev/loop[0-9]*' "$work"/*.err 2>/dev/null | sort -u); do
        file=$(cat "/sys/block/${device#/dev/}/loop/backing_file" 2>/dev/null) || continue
        case $file in /img/* | "$work"/*) return 1 ;; esac
    done
    ! grep -lq "$work/snapproto-sandbox" /proc/[0-9]*/mountinfo 2>/dev/null
}
# The watchdog thaws after 20 s at the latest; on a busy machine clean-up takes its share of that.
left_nothing() { check "$1: nothing is left" within 20 nothing_left; }

run() { # run NAME ARG...: the sandbox with these arguments; its exit status is in $status
    local name=$1
    shift
    "$sandbox" "$@" >"$work/$name.out" 2>"$work/$name.err"
    status=$?
}

start() { # start NAME ARG...: the same in the background; its process is in $process
    local name=$1
    shift
    rm -f "$work/$name.out" # of the run before: what that one has said is not said by this one
    "$sandbox" "$@" >"$work/$name.out" 2>"$work/$name.err" &
    process=$!
    check "$name: it gets going" within 20 grep -qs '^going$' "$work/$name.out"
}

# ---- what the command gets ----------------------------------------------------------------------------

run plain -- sh -c 'echo "{a} $SNAPPROTO_SANDBOX_B {run}"; {enter} cat /proc/self/mountinfo; exit 5'
check "the exit status is the command's" is "$status" 5
check "places are the same by word and by variable" \
    says "/mnt/a $work/.*/mnt/b $work/.*/run\$" "$work/plain.out"
check "inside there is no device but loop devices" \
    is "$(sed 1d "$work/plain.out" | awk '{ print $3 }' | grep -vc -E '^(0|7):')" 0
check "inside there is the sandbox's own root" says ' / / rw,nosuid' "$work/plain.out"
left_nothing "a plain run"

run signal -- sh -c 'kill -TERM $$'
check "a signal that ends the command is in the status" is "$status" 143

run share -- sh -c 'echo outside >{run}/x; {enter} cat {run}/x; {enter} sh -c "echo inside >{a}/y"
    cat {a}/y; {script} freeze; cat {run}/hook.log'
check "the run directory is seen inside" says '^outside$' "$work/share.out"
check "what is written inside is seen outside" says '^inside$' "$work/share.out"
check "the hook notes its argument" says ' 1:freeze$' "$work/share.out"

run rights -- sh -c '{enter} cat /proc/self/status; {enter} sh -c "echo x >/proc/sysrq-trigger"'
rights=$(awk '/^CapEff/ { print $2 }' "$work/rights.out")
check "inside nobody can set the clock (25), reboot (22), load a module (16), make a device (27)" \
    is $((0x$rights & (1 << 25 | 1 << 22 | 1 << 16 | 1 << 27))) 0
check "inside one can freeze (21)" is $((0x$rights >> 21 & 1)) 1
check "inside proc cannot be written" is "$((status != 0))" 1

run breach -- sh -c '"${0%% *}" --name x --loops 0 --holder 1 -- echo entered' '{enter}'
check "a program is not started where the machine is visible" is "$status" 126
check "and it says why" says 'not starting anything here' "$work/breach.err"

run agent -- sh -c '{enter} sleep 100 & sleep 0.5; tr "\0" " " </proc/$!/cmdline; kill -KILL $!
    wait $!; echo "ended $?"'
check "the id of a program started inside is its own" says '^sleep 100 ended 137$' "$work/agent.out"

# ---- every freeze ends --------------------------------------------------------------------------------

run left_frozen -- sh -c 'fsfreeze --freeze {a}; exit 3'
check "a freeze that is left behind does not change the status" is "$status" 3
check "but it is told" says 'left frozen' "$work/left_frozen.err"
left_nothing "a run that leaves a freeze"

# What the freeze keeps waiting goes on before the watchdog has written what it did.
run bound --bound 2 -- sh -c 'fsfreeze --freeze {b}; : >{b}/x
    for try in 1 2 3 4 5 6 7 8 9; do grep -q FORCED {run}/watchdog.log || sleep 0.3; done
    cat {run}/watchdog.log'
check "a freeze beyond the bound is ended by force" says 'FORCED THAW' "$work/bound.err"
check "and noted in the log" says 'FORCED THAW.*/mnt/b' "$work/bound.out"
left_nothing "a forced thaw"

start stopped -- sh -c 'fsfreeze --freeze {a}; {enter} touch {a}/x & echo going; sleep 100'
kill -TERM "$process"
wait "$process"
check "SIGTERM ends it" is $? 143
left_nothing "SIGTERM while frozen and a writer waits"

start killed -- sh -c 'fsfreeze --freeze {a}; {enter} touch {a}/x & echo going; sleep 100'
kill -KILL "$process"
wait "$process" 2>/dev/null
left_nothing "SIGKILL of the script while frozen and a writer waits"

start widowed -- sh -c 'fsfreeze --freeze {a}; {enter} touch {a}/x & echo going; sleep 100'
kill -KILL "$(pgrep --parent "$process" --full freeze_watchdog)"
wait "$process" 2>/dev/null
check "without the watchdog nothing goes on" is $? 125
check "and it says why" says 'the watchdog has died' "$work/widowed.err"
left_nothing "SIGKILL of the watchdog while frozen"

start nested --nested a -- sh -c 'fsfreeze --freeze {a}; fsfreeze --freeze {c} & echo going; sleep 100'
kill -KILL "$process"
wait "$process" 2>/dev/null
left_nothing "SIGKILL while one freeze waits for another"

# A freeze may be in the middle of its call when everything is being killed.
for delay in 0.05 0.10 0.15 0.20 0.25; do
    start hectic -- sh -c 'echo going
        while :; do {enter} sh -c "echo x >{a}/x"; fsfreeze --freeze {a}; fsfreeze --freeze {b}
        fsfreeze --unfreeze {b}; fsfreeze --unfreeze {a}; done'
    sleep "$delay"
    kill -KILL "$process"
    wait "$process" 2>/dev/null
    left_nothing "SIGKILL in the middle of freezes and thaws"
done

# ---- what lacks is said -------------------------------------------------------------------------------

if command -v setpriv >/dev/null; then
    chmod 755 "$work"
    setpriv --reuid 65534 --clear-groups "$sandbox" -- true >"$work/rightless.out" 2>&1
    check "without root it is skipped" is $? 77
    check "with the reason" says '^skipped: needs root' "$work/rightless.out"
fi
"$sandbox" --no-such-option >"$work/usage.out" 2>&1
check "wrong usage has its own status" is $? 2

echo "$((tests - failures)) passed, $failures failed"
[ "$failures" = 0 ]
