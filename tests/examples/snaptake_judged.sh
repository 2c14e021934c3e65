#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
# The suite judges the example orchestrator, alone and with a group of two, SHOULD included.
# usage: snaptake_judged.sh SNAPCHECK SNAPTAKE [SNAPCHECK-FLAG]...
# Without flags all checks run, in parts beside each other: most of their time is waiting.
set -eu
snapcheck=$1 snaptake=$2
shift 2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
limits='--reach-limit 6s --hold-limit 4s --cut-limit 4s --thaw-limit 2s --settle-limit 12s'

# judge PART FLAG...
judge() {
    mkdir "$place/$1"
    sockets=$place/$1
    shift
    "$snapcheck" orchestrator --strict --hold-limit 4 --patience 60 --timeout-scale 2 \
        --listen "unix:$sockets/agent" --qmp "unix:$sockets/qmp" \
        --trigger "$snaptake take --agent {socket} --qmp {qmp} $limits" \
        --listen-second "unix:$sockets/second" \
        --trigger-group "$snaptake take $limits --machine agent={socket},qmp={qmp} \
            --machine agent={socket2},qmp={qmp}" "$@"
}

if [ $# -gt 0 ]; then
    judge all "$@"
    exit
fi

# part NUMBER FLAG...
part() {
    judge "$@" >"$place/log$1" 2>&1 || echo "part $1" >>"$place/failed"
}
part 1 --only '12.*' &
part 2 --only '22.*' --only '29.1[0-3]/*' &
part 3 --only '29.1[4-7]/*' &
part 4 --only '29.18/*' --only '29.19/*' &
part 5 --skip '12.*' --skip '22.*' --skip '29.1[0-9]/*' & # all others, whatever comes to be
wait
cat "$place"/log*
! cat "$place/failed" 2>/dev/null
