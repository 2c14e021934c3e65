#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Writes the generated pages of docs/ anew: generate_docs.sh [SNAPCHECK], by default the program of
# the preset dev; snapsim and every_byte are beside it. Tests fail while a page is not what this would write.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

snapcheck=${1:-build/dev/bin/snapcheck}
[ -x "$snapcheck" ] || die "no program $snapcheck; build the target snapcheck, or name another one"

mkdir -p docs/machines
for machine in agent orchestrator participant provider \
    vss_writer vss_coordinator vss_provider vss_requester fsrvp_server; do
    "$snapcheck" spec page --machine "$machine" --output "docs/machines/$machine.md"
done
"$snapcheck" spec matrix --source . --output docs/matrix.md

mkdir -p docs/checks
"$snapcheck" spec checks |
    awk '/^<!-- file: .* -->$/ { page = "docs/checks/" $3; printf "" >page; next } { print >page }'
"$snapcheck" spec scores --output docs/scores.md
programs=$(dirname "$snapcheck")
scripts/site/reference.py "$programs"
if ! "$programs/snapsim" explore --properties-table >docs/reference/dialect-properties.md; then
    die 'the traits of a dialect are not what the explorer finds'
fi
for dialect in qga hyperv vmbackup; do
    "$programs/every_byte" "docs/reference/$dialect-session.json" "docs/reference/$dialect-every-byte.md"
done
