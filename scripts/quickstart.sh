#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# From a fresh clone to two judged agents: the one embedded in snapcheck, and where this machine
# allows it the real QEMU guest agent in a sandbox. A second start takes seconds.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

if [ $# -gt 0 ]; then
    echo "usage: scripts/quickstart.sh    (no arguments; installs packages, builds, shows)" >&2
    [ "$1" = --help ] || [ "$1" = -h ] || exit 2
    exit 0
fi

build=build/release
reports=$root/build/reports
mkdir -p "$reports"
rm -f "$reports"/*.html "$reports"/*.json
started=$SECONDS

say "1/4 Packages"
scripts/install_deps.sh run

say "2/4 Configuring $build"
# What is not needed here is not looked for either: the tests' packages may be missing. And whoever
# only wants to see it run is not stopped by a warning of a compiler that we have not met.
configure=(cmake --preset release -DSNAPPROTO_BUILD_TESTS=OFF -DSNAPPROTO_BUILD_BENCH=OFF
    -DSNAPPROTO_BUILD_EXAMPLES=OFF -DSNAPPROTO_WERROR=OFF)
if [ -f "$build/build.ninja" ]; then
    echo "configured before; the build looks again by itself where something changed"
elif ! "${configure[@]}" >"$reports/configure.log" 2>&1; then
    cat "$reports/configure.log" >&2
    die "the configuration failed"
else
    echo "done"
fi

say "3/4 Building snapcheck (the first time this takes some minutes)"
cmake --build "$build" --parallel "$(job_count)" --target snapcheck snapproto_peers

say "4/4 Judging agents"
results=()
worst=0

# judge NAME COMMAND...: runs one judgement and keeps one line about it.
judge() {
    local name=$1 status=0
    shift
    printf '\n%s\n' "${bold}-- $name${plain}"
    "$@" || status=$?
    case $status in
    0) results+=("${green}conforms${plain}  $name") ;;
    1)
        results+=("${red}fails${plain}     $name")
        worst=1
        ;;
    "$exit_skipped") results+=("${yellow}skipped${plain}   $name (the reason is above)") ;;
    *)
        results+=("${red}broken${plain}    $name (exit status $status)")
        worst=1
        ;;
    esac
}

judge "the embedded reference agent" "$build/bin/snapcheck" agent --builtin reference \
    --report "html=$reports/reference.html" --report "json=$reports/reference.json"

judge "the QEMU guest agent, in a sandbox" real_agent "$build/bin" \
    --report "html=$reports/qemu-ga.html" --report "json=$reports/qemu-ga.json"

echo
say "Results"
printf '  %s\n' "${results[@]}"
for report in "$reports"/*.html; do
    [ ! -f "$report" ] || echo "  report    $report"
done
echo "  took $(duration $((SECONDS - started))) (minutes:seconds)"
exit "$worst"
