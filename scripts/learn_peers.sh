#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# docs/learned/: the machines that snapcheck learns of real agents.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
usage: scripts/learn_peers.sh [--bin DIR] [--check] [PEER]...

Learns the machines of real agents from their answers and writes docs/learned/PEER.md: qemu-ga in
the sandbox of conformance/peers/qemu-ga.sh, hv_vss_daemon as conformance/peers/hv_vss_daemon.sh
starts it.

  --bin DIR  where snapcheck and the helpers are (default: build/dev/bin)
  --check    writes nothing, and compares with what is committed
  PEER       qemu-ga-7.2, qemu-ga-10.0, qemu-ga-11.1, hv_vss_daemon-6.1
             (default: qemu-ga-7.2 and hv_vss_daemon-6.1)

Status: 0 as committed, or written; 1 something differs; 77 a peer cannot be had here.
END
}

bin=$root/build/dev/bin check='' peers=()
while [ $# -gt 0 ]; do
    case $1 in
    --bin) bin=$(realpath "$2"); shift ;;
    --check) check=1 ;;
    -h | --help) usage; exit 0 ;;
    -*) usage >&2; exit 2 ;;
    qemu-ga-7.2 | qemu-ga-10.0 | qemu-ga-11.1 | hv_vss_daemon-6.1) peers+=("$1") ;;
    *) echo "no peer is called $1" >&2; usage >&2; exit 2 ;;
    esac
    shift
done
[ ${#peers[@]} -gt 0 ] || peers=(qemu-ga-7.2 hv_vss_daemon-6.1)
[ -x "$bin/snapcheck" ] || die "there is no $bin/snapcheck"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# learn PEER: the diagram on standard output, the rest on standard error.
learn() {
    local version=${1##*-}
    case $1 in
    qemu-ga-*)
        SNAPPROTO_HELPERS=$bin "$root/conformance/peers/qemu-ga.sh" --quiet --version "$version" \
            --run "$bin/snapcheck" learn --spawn '{spawn}' --work-dir '{run}' \
            --freeze-target '{a}' --freeze-target '{b}' --mermaid -
        ;;
    hv_vss_daemon-*)
        "$root/conformance/peers/hv_vss_daemon.sh" --snapcheck "$bin/snapcheck" --learn -- \
            --mermaid -
        ;;
    esac
}

title() {
    case $1 in
    qemu-ga-*) echo "QEMU guest agent ${1##*-}" ;;
    hv_vss_daemon-*) echo "hv_vss_daemon of Linux ${1##*-}" ;;
    esac
}

# page PEER: what is learned, without what differs from run to run.
page() {
    local status
    learn "$1" >"$work/diagram" 2>"$work/told"
    status=$?
    case $status in
    0 | 1) ;;
    *) cat "$work/diagram" "$work/told" >&2; return "$status" ;;
    esac
    cat <<END
# $(title "$1"), learned

Written by \`scripts/learn_peers.sh $1\`. Nothing but the agent's answers went into it:
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
for peer in "${peers[@]}"; do
    file=docs/learned/$peer.md
    page "$peer" >"$work/page" || exit
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
