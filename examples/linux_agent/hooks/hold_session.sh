# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=bash
# Keeps a database's session open between the two calls of a hook: what it has locked stays locked
# while the filesystems are frozen. To be sourced.
#
# Sessions live below $SNAPAGENT_HOOK_STATE (default: /run/snapagent-hooks), which must not lie on a
# filesystem that is frozen. A session that nobody ends, because the agent is gone for good, ends by
# itself after $SNAPAGENT_HOOK_HOLD seconds (default: 120).
set -euo pipefail

state=${SNAPAGENT_HOOK_STATE:-/run/snapagent-hooks}
hold_seconds=${SNAPAGENT_HOOK_HOLD:-120}
# What one step may take. The agent has a limit for all hooks together (--hook-limit).
step_seconds=${SNAPAGENT_HOOK_STEP:-30}

say() { echo "$(basename "$0"): $*" >&2; }

usage_is() {
    case ${1:-} in
    freeze | thaw) ;;
    *)
        echo "usage: $(basename "$0") freeze|thaw" >&2
        exit 2
        ;;
    esac
}

# alive SESSION: a client that has ended and that nobody has waited for is no client.
alive() { grep -q '^State:[[:space:]]*[^ZX]' "/proc/$(<"$state/$1/pid")/status" 2>/dev/null; }

# tell SESSION LINES: waits for a client that has yet to begin, but not for one that never does.
tell() {
    # shellcheck disable=SC2016 # they are the inner shell's
    timeout "$step_seconds" bash -c 'printf "%s\n" "$1" >"$2"' tell "$2" "$state/$1/in"
}

# await SESSION WORD: waits until the session's client has written the word in a line of its own. By
# the clock, and with few programs of its own: on a busy machine each of them takes long to start.
await() {
    local folder=$state/$1 word=$2 end=$((SECONDS + step_seconds)) line
    while [ "$SECONDS" -lt "$end" ]; do
        while IFS= read -r line || [ -n "$line" ]; do
            [ "$line" != "$word" ] || return 0
        done <"$folder/out"
        if ! alive "$1"; then
            say "$1: the session has ended: $(tail -n 3 "$folder/out" | tr '\n' ' ')"
            return 1
        fi
        sleep 0.05
    done
    say "$1: no answer in $step_seconds s: $(tail -n 3 "$folder/out" | tr '\n' ' ')"
    return 1
}

# open_session SESSION LINES CLIENT...: starts the client, gives it the lines, which make it write
# "held" once the locks are there, and leaves it running.
open_session() {
    local folder=$state/$1 lines=$2 session=$1
    shift 2
    close_session "$session" 2>/dev/null || true # of an agent that died
    (umask 077 && mkdir -p "$folder")
    rm -f "$folder"/*
    mkfifo "$folder/in"
    # Open for both, so that the client sees no end of its input when this hook is over. Nothing of
    # the hook's own descriptors stays with it: the agent waits for those to be closed.
    setsid timeout "$hold_seconds" "$@" 0<>"$folder/in" >"$folder/out" 2>&1 &
    echo $! >"$folder/pid"
    disown
    if ! { tell "$session" "$lines" && await "$session" held; }; then
        close_session "$session" 2>/dev/null || true
        return 1
    fi
}

# end_session SESSION LINES: gives the client the lines, which make it let go and write "released".
# Fails when the session was not there any more: the locks were gone before the copy was made, for
# all that anybody knows.
end_session() {
    local folder=$state/$1 good=0
    if [ ! -p "$folder/in" ]; then
        say "$1: nothing is held"
        return 1
    fi
    if alive "$1"; then
        { tell "$1" "$2" && await "$1" released; } || good=1
    else
        say "$1: the session has ended before it was asked to: $(tail -n 3 "$folder/out" |
            tr '\n' ' ')"
        good=1
    fi
    close_session "$1"
    return $good
}

close_session() {
    local folder=$state/$1 pid
    [ -f "$folder/pid" ] || return 0
    pid=$(<"$folder/pid")
    # The client is a child of timeout, in a process group of its own.
    kill -- "-$pid" 2>/dev/null || true
    rm -rf "$folder"
}
