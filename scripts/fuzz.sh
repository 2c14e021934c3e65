#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs fuzz targets with libFuzzer under the address and undefined behaviour sanitizers.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root" || exit 1

usage() {
    cat <<'END'
usage: scripts/fuzz.sh --list
       scripts/fuzz.sh TARGET|all [SECONDS]

Builds a target (build/fuzz) and runs it for so long (default: 60), from its shipped corpus and from
what earlier runs have kept in build/fuzz/kept/TARGET. A finding is made small and stored in
build/fuzz/findings/TARGET, with the command that shows it again; the status is 1 then.
END
}

mapfile -t targets < <(cd fuzz/targets && printf '%s\n' *.cpp | sed 's/\.cpp$//')
case ${1:-} in
-h | --help) usage; exit 0 ;;
--list) printf '%s\n' "${targets[@]}"; exit 0 ;;
all) ;;
*)
    if [ -z "${1:-}" ] || [[ " ${targets[*]} " != *" $1 "* ]]; then
        echo "no target is called '${1:-}'; there are: ${targets[*]}" >&2
        usage >&2
        exit 2
    fi
    targets=("$1")
    ;;
esac
seconds=${2:-60}
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "SECONDS is a whole number from 1 on, not '$seconds'" >&2
    exit 2
fi

compiler=$(newest_clang)
[ -n "$compiler" ] || compiler=clang++-14
has "$compiler" || { echo "skipped: there is no clang++"; exit "$exit_skipped"; }
build=build/fuzz
mkdir -p "$build"
cmake --preset fuzz "-DCMAKE_CXX_COMPILER=$compiler" >"$build/configure.log" &&
    cmake --build "$build" --parallel "${SNAPPROTO_JOBS:-$(job_count)}" \
        --target "${targets[@]/#/fuzz_}" || exit 1

# The last number that libFuzzer's status lines tell of something: statistic cov LOG
statistic() { grep -o "$1: [0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo '?'; }

status=0
for target in "${targets[@]}"; do
    program=$build/bin/fuzz_$target
    kept=$build/kept/$target findings=$build/findings/$target log=$build/$target.log
    mkdir -p "$kept" "$findings"
    corpus=("$kept" "fuzz/corpus/$target")
    [ "$target" != texts ] || corpus+=(simulator/scenarios)
    options=("-max_total_time=$seconds" "-artifact_prefix=$findings/" -timeout=20 -rss_limit_mb=2048
        -print_final_stats=1 -max_len=4096)
    [ ! -f "fuzz/dictionaries/$target.dict" ] ||
        options+=("-dict=fuzz/dictionaries/$target.dict")
    say "$target: $seconds s"
    if [ -t 1 ]; then
        "$program" "${options[@]}" "${corpus[@]}" 2>&1 | tee "$log"
    else
        "$program" "${options[@]}" "${corpus[@]}" >"$log" 2>&1
    fi
    if [ "${PIPESTATUS[0]}" = 0 ]; then
        printf '%s executions, %s a second, %s edges, %s features: nothing found\n' \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
            "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
            "$(statistic cov "$log")" "$(statistic ft "$log")"
        continue
    fi
    status=1
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    if [ -z "$found" ]; then
        tail -n 20 "$log"
        continue
    fi
    small=$findings/small-$(basename "$found")
    "$program" -minimize_crash=1 -max_total_time=30 "-exact_artifact_path=$small" "$found" \
        >"$log.minimise" 2>&1
    [ -f "$small" ] || small=$found
    grep -m 1 -E 'broken: |ERROR: |runtime error' "$log"
    echo "${red}found:${plain} $(stat -c %s "$small") bytes; to see it again: $program $small"
done
exit "$status"
