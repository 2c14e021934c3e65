#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Fuzzes real agents, as Debian packages them.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
usage: scripts/fuzz_peers.sh [--bin DIR] [qemu-ga|hv_vss_daemon] [SECONDS] [-- FUZZ_ATTACHED-FLAG...]

Fuzzes the QEMU guest agent and the Hyper-V daemon of Linux (default: both), each for so long
(default: 60), and goes on after a finding. What is known of them is counted and passed over.

qemu-ga runs in a sandbox in which there is nothing that can be frozen, and its own block list refuses
every command that is not about snapshots and does more than to tell something. hv_vss_daemon runs
under a preloaded library: its device, mounts and filesystems are played. Nothing is frozen.

  --bin DIR  where fuzz_attached and the helpers are (default: build/dev/bin)

Status: 0 nothing new was found; 1 something was, or a peer is lost; 77 none can be had here, with the
reason; 130 stopped.
END
}

bin=$root/build/dev/bin peers=() seconds=60
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage; exit 0 ;;
    --bin) [ $# -ge 2 ] || { usage >&2; exit 2; }; bin=$(realpath "$2"); shift ;;
    qemu-ga | hv_vss_daemon) peers+=("$1") ;;
    --) shift; break ;;
    *[!0-9]* | '') echo "fuzz_peers.sh: no peer is called '$1'; SECONDS is a whole number" >&2; usage >&2; exit 2 ;;
    *) seconds=$1 ;;
    esac
    shift
done
[ ${#peers[@]} -gt 0 ] || peers=(qemu-ga hv_vss_daemon)
[ -x "$bin/fuzz_attached" ] || die "there is no $bin/fuzz_attached (ninja -C build/dev fuzz_attached)"
known=$root/conformance/peers
flags=(--seconds "$seconds" --go-on "$@")

fuzz_qemu_ga() {
    SNAPPROTO_HELPERS=$bin "$known/qemu-ga.sh" --quiet --layout nothing --snapshots-only \
        --run "$bin/fuzz_attached" --spawn '{spawn}' --work-dir '{run}' \
        --corpus "$root/fuzz/corpus/conversation" --expect "$known/qemu-ga-7.2.baseline" "${flags[@]}"
}

fuzz_hv_vss_daemon() {
    local said agent
    said=$("$known/hv_vss_daemon.sh" --where 2>&1) || { echo "$said"; return $exit_skipped; }
    agent=${said##*$'\n'}
    "$bin/fuzz_attached" --daemon "$agent -n" --expect "$known/hv_vss_daemon-6.1.baseline" \
        --expect "$known/hv_vss_daemon-6.1.fuzzed" "${flags[@]}"
}

worst=$exit_skipped
for peer in "${peers[@]}"; do
    say "$peer for $seconds s"
    "fuzz_${peer//-/_}"
    status=$?
    case $status in
    0) [ "$worst" != "$exit_skipped" ] || worst=0 ;;
    "$exit_skipped") ;; # the reason was said
    130) exit 130 ;;
    *) worst=$status ;;
    esac
done
exit "$worst"
