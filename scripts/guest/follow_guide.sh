#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# usage: follow_guide.sh PAGE
# Runs the blocks "sh" of a page of docs/guides/, one after the other, as a reader would, in this
# clone. The block behind a line "<!-- not followed -->" is left out.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
if [ $# != 1 ] || [ ! -f "$1" ]; then
    echo "usage: $0 PAGE" >&2
    exit 2
fi
page=$(readlink -f "$1")
commands=$(mktemp)
trap 'rm -f "$commands"' EXIT
awk '/^<!-- not followed -->$/ {skip = 1; next}
     /^```sh$/ {if (!skip) inside = 1; skip = 0; next}
     /^```/ {inside = 0; next}
     inside' "$page" >"$commands"
[ -s "$commands" ] || die "$page has no block of commands"
cd "$root"
{
    # What is left running when a command fails ends with the shell.
    echo "set -euo pipefail; trap 'kill \$(jobs -p) 2>/dev/null; wait' EXIT; set -x"
    cat "$commands"
} | bash -s
