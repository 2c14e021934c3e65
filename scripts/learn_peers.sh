#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# docs/learned/: the machines that snapcheck learns of real agents.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
usage: scripts/learn_peers.sh [--bin DIR] [--check] [VERSION]...

Learns the machine of the QEMU guest agent, version by version, in the sandbox of
conformance/peers/qemu-ga.sh, and writes docs/learned/qemu-ga-VERSION.md.

  --bin DIR  where snapcheck and the helpers are (default: build/dev/bin)
  --check    writes nothing, and compares with what is committed
  VERSION    7.2, 10.0, 11.1 (default: 7.2)

Status: 0 as committed, or written; 1 something differs; 77 a version cannot be had here.
END
}

bin=$root/build/dev/bin check='' versions=()
while [ $# -gt 0 ]; do
    case $1 in
    --bin) bin=$(realpath "$2"); shift ;;
    --check) check=1 ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    *) versions+=("$1") ;;
    esac
    shift
done
[ ${#versions[@]} -gt 0 ] || versions=(7.2)
[ -x "$bin/snapcheck" ] || die "there is no $bin/snapcheck"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# page VERSION: what is learned, without what differs from run to run.
page() {
    local version=$1 status
    SNAPPROTO_HELPERS=$bin "$root/conformance/peers/qemu-ga.sh" --quiet --version "$version" \
        --run "$bin/snapcheck" learn --spawn '{spawn}' --work-dir '{run}' \
        --freeze-target '{a}' --freeze-target '{b}' --mermaid - \
        >"$work/diagram" 2>"$work/told"
    status=$?
    case $status in
    0 | 1) ;;
    *) cat "$work/diagram" "$work/told" >&2; return "$status" ;;
    esac
    cat <<END
# QEMU guest agent $version, learned

Written by \`scripts/learn_peers.sh $version\`. Nothing but the agent's answers went into it:
[how](../guides/judge-your-agent.md#a-proof-up-to-a-bound).

\`\`\`
$(grep -E '^(inputs|learned|choices|changed|extra|missing|equal|not equal)' "$work/told" |
        sed 's/ in [0-9.]* s$//' | fold -s -w 100 | sed 's/ *$//')
\`\`\`

\`\`\`mermaid
$(cat "$work/diagram")
\`\`\`
END
}

differs=0
for version in "${versions[@]}"; do
    file=docs/learned/qemu-ga-$version.md
    page "$version" >"$work/page" || exit
    if [ -z "$check" ]; then
        mkdir -p "$root/docs/learned"
        cp "$work/page" "$root/$file"
        echo "written: $file"
    elif diff "$root/$file" "$work/page"; then
        echo "as committed: $file"
    else
        differs=1
    fi
done
exit "$differs"
