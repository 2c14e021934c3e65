#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs the commands of a page of docs/guides/ as a reader would. See usage() below.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"

usage() {
    cat <<'END'
usage: scripts/guest/follow_guide.sh [--clone] PAGE

Runs the blocks "sh" of the page, one after the other, here or, with --clone, in a new clone of what
is committed. The block behind a line "<!-- not followed -->" is left out.
END
}

clone=''
if [ "${1:-}" = --clone ]; then
    clone=1
    shift
fi
case ${1:-} in
-h | --help) usage; exit 0 ;;
esac
if [ $# != 1 ] || [ ! -f "$1" ]; then
    usage >&2
    exit 2
fi
page=$(readlink -f "$1")
work=$(mktemp -d "${TMPDIR:-/tmp}/snapproto-guide.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
awk '/^<!-- not followed -->$/ {skip = 1; next}
     /^```sh$/ {if (!skip) inside = 1; skip = 0; next}
     /^```/ {inside = 0; next}
     inside' "$page" >"$work/commands"
[ -s "$work/commands" ] || die "$page has no block of commands"
cd "$root"
if [ -n "$clone" ]; then
    git clone --quiet "$root" "$work/snapproto"
    cd "$work/snapproto"
    export CCACHE_BASEDIR=$PWD
fi
{
    # What is left running when a command fails ends with the shell.
    echo "set -euo pipefail; trap 'jobs -p | xargs -r kill || true; wait' EXIT; set -x"
    cat "$work/commands"
} | bash -s
