#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Judges the Hyper-V daemon of Linux as Debian packages it, as an ordinary user, or with real freezes
# in a sandbox. See usage() below.
set -u -o pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly package=hyperv-daemons program=hv_vss_daemon expected_version=6.1
known=$here/hv_vss_daemon-6.1.baseline known_real=$here/hv_vss_daemon-6.1-pty.baseline

usage() {
    cat <<'END'
usage: hv_vss_daemon.sh [OPTION]... [-- SNAPCHECK-FLAG...]

Gets hv_vss_daemon (Debian's package hyperv-daemons) and runs
  snapcheck agent --dialect hyperv --spawn 'hv_vss_daemon -n' SNAPCHECK-FLAG...
Nothing is installed, no rights are needed, and nothing is frozen: the daemon's device, mount table
and filesystems are played (hyperv_preload.cpp).

  --real             freezes instead, as root: in a sandbox (sandbox.sh) with two filesystems, one of
                     them mounted twice, where
                     the device is a raw pseudo-terminal and nothing is preloaded. What the disks
                     show is judged too; what needs filesystems that fail is skipped.
  --agent FILE       this program instead
  --baseline         the deviations that are known of version 6.1 are expected, and no others: the
                     file hv_vss_daemon-6.1.baseline beside this script; with --real
                     hv_vss_daemon-6.1-pty.baseline
  --write-baseline   writes that file anew from this run; reasons in it stay
  --repeat N         runs all so often; verdicts must not differ
  --learn            learns the daemon's machine instead (snapcheck learn)
  --snapcheck FILE   the program to run (default: $SNAPCHECK, or snapcheck from the path)
  --fetch            only fills the cache
  --where            the same, and writes where the program is
  --installed        skipped where the package is not installed; nothing is downloaded

Environment: SNAPPROTO_CACHE (where the unpacked package is kept; default ~/.cache/snapproto).

Exit status: that of snapcheck; 77 skipped, with the reason, if the package cannot be had, or for
--real the rights or a loop device; 125 the daemon cannot be run; 2 wrong usage.
END
}

source "$here/packaged.sh"
read_options "$@"
find_agent
sandbox=(--terminals)
# What a daemon sends of its stack is luck where nothing is preloaded that fills it.
judge hyperv "$agent -n" ${real:+--root '{root}' --skip 33.6/1}
