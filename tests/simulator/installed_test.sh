#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# usage: installed_test.sh CMAKE BUILD
# The program finds its scenarios where it was installed, wherever that is.
set -euo pipefail
cmake=$1 build=$2

[ -x "$build/bin/snapcheck" ] || { echo "skipped: needs all programs built"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$cmake" --install "$build" --prefix "$work/first" --component tools >"$work/log"
mv "$work/first" "$work/moved" # no path of the installation is in it
cd /
"$work/moved/bin/snapsim" list | grep -q '^04-application-quiesce '
"$work/moved/bin/snapsim" run 04-application-quiesce >"$work/run"

# It is those that were installed that it finds, not those of the source tree.
mv "$work"/moved/share/snapproto/scenarios/{04-application-quiesce,99-moved}.json
"$work/moved/bin/snapsim" list | grep -q '^99-moved '
