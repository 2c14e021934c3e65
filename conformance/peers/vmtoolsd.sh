#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Judges the daemon of open-vm-tools as Debian packages it, as an ordinary user, or with real freezes
# in a sandbox. See usage() below.
set -u -o pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly package=open-vm-tools program=vmtoolsd expected_version=12.2
known=$here/vmtoolsd-12.2.baseline known_real=$here/vmtoolsd-12.2-real.baseline

usage() {
    cat <<'END'
usage: vmtoolsd.sh [OPTION]... [-- SNAPCHECK-FLAG...]

Gets vmtoolsd (Debian's package open-vm-tools) and runs
  snapcheck agent --dialect vmbackup --spawn 'vmtoolsd -n vmsvc ...' SNAPCHECK-FLAG...
with its plugin vmbackup and no other. Nothing is installed, no rights are needed, and nothing is
frozen: the daemon's host, hooks, mount table and filesystems are played, and its timers run four
times as fast (vmtools_preload.cpp).

  --real             freezes instead, as root: in a sandbox (sandbox.sh) with two filesystems, which
                     alone the preloaded library lets it freeze. What the disks show is judged too;
                     what needs filesystems that fail is skipped.
  --agent FILE       this program instead; its plugin is looked for where the package has it
  --baseline         the deviations that are known of version 12.2 are expected, and no others: the
                     file vmtoolsd-12.2.baseline beside this script; with --real
                     vmtoolsd-12.2-real.baseline
  --write-baseline   writes that file anew from this run; reasons in it stay
  --repeat N         runs all so often (two minutes each); verdicts must not differ
  --snapcheck FILE   the program to run (default: $SNAPCHECK, or snapcheck from the path)
  --fetch            only fills the cache
  --where            the same, and writes where the program is
  --installed        skipped where the package is not installed; nothing is downloaded

Environment: SNAPPROTO_CACHE (where the unpacked package is kept; default ~/.cache/snapproto).

Exit status: that of snapcheck; 77 skipped, with the reason, if the package or a library that it
needs cannot be had, or for --real the rights or a loop device; 125 the daemon cannot be run; 2 wrong
usage.
END
}

source "$here/packaged.sh"
read_options "$@"
find_agent

plugin=$(ls "$tree"/usr/lib/*/open-vm-tools/plugins/vmsvc/libvmbackup.so 2>/dev/null | head -1)
[ -n "$plugin" ] || fail "there is no libvmbackup.so in $tree/usr/lib"
command=$agent
if [ -n "$tree" ]; then
    libraries=$(dirname "$(ls "$tree"/usr/lib/*/libvmtools.so.0 | head -1)")
    command="env LD_LIBRARY_PATH=$libraries $agent"
fi
missing=$(${tree:+env LD_LIBRARY_PATH="$libraries"} ldd "$agent" "$plugin" | grep 'not found' |
    awk '{ print $1 }' | sort -u | paste -s -d ' ')
[ -z "$missing" ] || skip "vmtoolsd needs $missing"

# Other plugins set the clock or run programs: it is shown a folder without them.
mkdir -p "$cache/plugins" "$cache/common" && ln -sf "$plugin" "$cache/plugins/" ||
    fail "cannot write $cache"
if [ -n "$real" ]; then
    preload=$(dirname "$(realpath -- "$(command -v "$snapcheck")")")/vmtools_preload.so
    sandbox=(--program "$preload" --program "$cache/plugins/libvmbackup.so"
        --program "$(type -P env)")
    [ -z "$tree" ] || sandbox+=(--program "$libraries/libvmtools.so.0")
    judge vmbackup "$command -n vmsvc --plugin-path $cache/plugins --common-path /tmp" \
        --work-dir '{run}'
fi
# What root starts could freeze, if the preloaded library did not keep it from that.
[ "$(id -u)" != 0 ] || command="setpriv --bounding-set=-sys_admin $command"
judge vmbackup "$command -n vmsvc --plugin-path $cache/plugins --common-path $cache/common"
