#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Judges the Hyper-V daemon of Linux as Debian packages it, as an ordinary user. See usage() below.
set -u -o pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly skipped=77 broken=125

usage() {
    cat <<'END'
usage: hv_vss_daemon.sh [OPTION]... [-- SNAPCHECK-FLAG...]

Gets hv_vss_daemon (Debian's package hyperv-daemons) and runs
  snapcheck agent --dialect hyperv --spawn 'hv_vss_daemon -n' SNAPCHECK-FLAG...
Nothing is installed, no rights are needed, and nothing is frozen: the daemon's device, mount table
and filesystems are played (hyperv_preload.cpp).

  --agent FILE       this program instead
  --baseline         the deviations that are known of version 6.1 are expected, and no others: the
                     file hv_vss_daemon-6.1.baseline beside this script
  --write-baseline   writes that file anew from this run; reasons in it stay
  --repeat N         runs all so often; verdicts must not differ
  --snapcheck FILE   the program to run (default: $SNAPCHECK, or snapcheck from the path)
  --fetch            only fills the cache

Environment: SNAPPROTO_CACHE (where the unpacked package is kept; default ~/.cache/snapproto).

Exit status: that of snapcheck; 77 skipped, with the reason, if the package cannot be had; 125 the
daemon cannot be run; 2 wrong usage.
END
}

skip() {
    echo "skipped: $*"
    exit $skipped
}

fail() {
    echo "hv_vss_daemon.sh: $*" >&2
    exit $broken
}

flags=() again=() agent= snapcheck=${SNAPCHECK:-snapcheck} fetch_only=
readonly known=$here/hv_vss_daemon-6.1.baseline
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --fetch) fetch_only=1; shift; continue ;;
    --baseline | --write-baseline) flags+=("$1" "$known"); shift; continue ;;
    --) shift; break ;;
    --agent | --repeat | --snapcheck) [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    *) echo "hv_vss_daemon.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    case $1 in
    --agent) agent=$2; again+=("$1" "$2") ;;
    --repeat) flags+=("$1" "$2") ;;
    --snapcheck) snapcheck=$2; again+=("$1" "$2") ;;
    esac
    shift 2
done

readonly cache=${SNAPPROTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/snapproto}/hyperv-daemons

# get_package: downloads the package with this machine's own apt and unpacks it.
get_package() {
    command -v apt-get >/dev/null || skip "needs apt-get to get hyperv-daemons (or give --agent)"
    mkdir -p "$cache" || fail "cannot write $cache"
    (cd "$cache" && rm -f ./*.deb && apt-get -q download hyperv-daemons) >"$cache/log" 2>&1 ||
        { tail -3 "$cache/log" >&2; skip "cannot get hyperv-daemons"; }
    rm -rf "$cache/new" && dpkg -x "$cache"/hyperv-daemons_*.deb "$cache/new" &&
        rm -rf "$cache/tree" && mv "$cache/new" "$cache/tree" || fail "cannot unpack hyperv-daemons"
}

if [ -n "$agent" ]; then
    [ -x "$agent" ] || fail "cannot run $agent"
    agent=$(realpath -- "$agent") name=$agent
else
    agent=$(command -v hv_vss_daemon || ls /usr/sbin/hv_vss_daemon 2>/dev/null)
    version=$(dpkg-query -W -f='${Version}' hyperv-daemons 2>/dev/null)
    if [ -z "$agent" ]; then
        [ -x "$cache/tree/usr/sbin/hv_vss_daemon" ] || get_package
        agent=$cache/tree/usr/sbin/hv_vss_daemon
        version=$(cd "$cache" && ls hyperv-daemons_*.deb | cut -d_ -f2)
    fi
    case $version in
    6.1.*) ;;
    *) [[ " ${flags[*]-} " != *baseline* ]] || skip "the package is version $version, not 6.1" ;;
    esac
    name="hv_vss_daemon $version"
fi
echo "$name" >&2
[ -z "$fetch_only" ] || exit 0

command -v "$snapcheck" >/dev/null || fail "there is no $snapcheck (give --snapcheck FILE)"
replay=$(printf '%q ' "${BASH_SOURCE[0]}" ${again[@]+"${again[@]}"})--
exec "$snapcheck" agent --dialect hyperv --spawn "$agent -n" --target-name "$name" \
    --replay-head "$replay" ${flags[@]+"${flags[@]}"} "$@"
