#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# usage: snapagent_manual.sh SNAPAGENT FOLDER
# The manual page has each option that --help has and no other, and nothing that man or systemd
# complain of.
set -euo pipefail
snapagent=$1 folder=$2
failed=0

told=$("$snapagent" --help | grep -oE '^ +(-[a-zA-Z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u)
written=$(sed 's/\\-/-/g' "$folder/snapagent.8" | grep -E '^\.BR? ' | grep -oE -- '--[a-z-]+' | sort -u)
[ "$(wc -l <<<"$told")" -gt 10 ] || { echo "--help shows hardly any option"; failed=1; }
diff <(echo "$told") <(echo "$written") || { echo "--help (<) and snapagent.8 (>) differ"; failed=1; }

while read -r key; do
    grep -qx -- "--$key" <<<"$told" || { echo "snapagent.conf: there is no option $key"; failed=1; }
done < <(sed -nE 's/^#? ?([a-z-]+) = .*/\1/p' "$folder/snapagent.conf")
"$snapagent" --config "$folder/snapagent.conf" --dry-run >/dev/null

if command -v groff >/dev/null; then
    complaints=$(groff -man -Tutf8 -ww "$folder/snapagent.8" 2>&1 >/dev/null)
    [ -z "$complaints" ] || { echo "$complaints"; failed=1; }
fi
if command -v systemd-analyze >/dev/null; then
    # Only what it says of this file: it is not installed, nor is the program.
    complaints=$(systemd-analyze verify --man=no "$folder/snapagent.service" 2>&1 |
        grep -F snapagent.service: | grep -v 'is not executable' || true)
    [ -z "$complaints" ] || { echo "$complaints"; failed=1; }
fi
exit "$failed"
