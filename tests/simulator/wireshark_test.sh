#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# usage: wireshark_test.sh SNAPSIM DISSECTOR
# A capture of a run, read by Wireshark with our dissector, says what the run says. Status 77 where
# there is no tshark.
set -euo pipefail
snapsim=$1 dissector=$2

command -v tshark >/dev/null || { echo "skipped: needs tshark"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME=$work # tshark reads settings of its user

"$snapsim" run 04-application-quiesce --seed 1 --trace "pcapng=$work/run.pcapng" >"$work/told"

fields() {
    tshark -r "$work/run.pcapng" -X "lua_script:$dissector" -T fields "$@" 2>"$work/complaints" || {
        status=$?
        cat "$work/complaints"
        exit "$status"
    }
}
expect() { # expect WHAT EXPECTED GOT
    [ "$2" = "$3" ] || { printf '%s: expected\n%s\ngot\n%s\n' "$1" "$2" "$3"; exit 1; }
}

# The commands, in the words of the story.
told=$(sed -n 's/^.* s  host  .*"execute": "\([a-z-]*\)".*$/\1/p' "$work/told")
[ -n "$told" ]
expect commands "$told" "$(fields -Y snapqga.command -e snapqga.command)"

# Directions, ids and values of the freeze and its answer, and the first instant in nanoseconds.
freeze=$(fields -Y 'snapqga.command == "guest-fsfreeze-freeze"' -e snapqga.id -e snapqga.to_guest)
id=${freeze%%$'\t'*}
case $freeze in
*$'\t'1 | *$'\t'True) ;;
*) echo "the freeze does not go to the guest: $freeze"; exit 1 ;;
esac
expect "the answer of the freeze" 1 "$(fields -Y "snapqga.return && snapqga.id == \"$id\"" \
    -e snapqga.return)"
expect resets 2 "$(fields -Y snapqga.resets -e frame.number | wc -l)"
expect garbled '' "$(fields -Y snapqga.garbled -e frame.number)"
at=$(sed -n 's/^ *\([0-9.]*\) s  host  .*guest-fsfreeze-freeze.*$/\1/p' "$work/told")
expect "when the freeze is asked for" "$at" "$(fields \
    -Y 'snapqga.command == "guest-fsfreeze-freeze"' -e frame.time_epoch | awk '{printf "%.4f", $1}')"
echo "Wireshark reads what was said"
