#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs fuzz targets with libFuzzer or AFL++, under the address and undefined behaviour sanitizers.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root" || exit 1

usage() {
    cat <<'END'
usage: scripts/fuzz.sh --list
       scripts/fuzz.sh [--engine libfuzzer|afl] TARGET|all [SECONDS]

Builds a target (build/fuzz) and runs it for so long (default: 60), from its shipped corpus and from
what earlier runs have kept in build/fuzz/kept/TARGET. A finding is made small and stored in
build/fuzz/findings/TARGET, with the command that shows it again; the status is 1 then. With AFL++
all of that is in build/afl; its findings stay as they are.
END
}

mapfile -t targets < <(cd fuzz/targets && printf '%s\n' *.cpp | sed 's/\.cpp$//')
engine=libfuzzer
if [ "${1:-}" = --engine ]; then
    engine=${2:-}
    if [[ ! $engine =~ ^(libfuzzer|afl)$ ]]; then
        echo "--engine takes libfuzzer or afl, not '$engine'" >&2
        exit 2
    fi
    shift 2
fi
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

# build FOLDER COMPILER FLAG...: the targets in that folder.
build() {
    local folder=$1 compiler=$2
    shift 2
    has "$compiler" || { echo "skipped: there is no $compiler"; exit "$exit_skipped"; }
    mkdir -p "$folder"
    cmake --preset fuzz -B "$folder" "-DCMAKE_CXX_COMPILER=$compiler" "$@" >"$folder/configure.log" &&
        cmake --build "$folder" --parallel "${SNAPPROTO_JOBS:-$(job_count)}" \
            --target "${targets[@]/#/fuzz_}" || exit 1
}

# The last number that libFuzzer's status lines tell of something: statistic cov LOG
statistic() { grep -o "$1: [0-9]*" "$2" | tail -n 1 | grep -o '[0-9]*$' || echo '?'; }

# with_libfuzzer TARGET: sets status to 1 when something is found.
with_libfuzzer() {
    local target=$1 program kept findings log corpus options found small
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
        return
    fi
    status=1
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    if [ -z "$found" ]; then
        tail -n 20 "$log"
        return
    fi
    small=$findings/small-$(basename "$found")
    "$program" -minimize_crash=1 -max_total_time=30 "-exact_artifact_path=$small" "$found" \
        >"$log.minimise" 2>&1
    [ -f "$small" ] || small=$found
    grep -m 1 -E 'broken: |ERROR: |runtime error' "$log"
    echo "${red}found:${plain} $(stat -c %s "$small") bytes; to see it again: $program $small"
}

# with_afl TARGET: the same with AFL++, which keeps corpus and findings in one folder.
with_afl() {
    local target=$1 program kept log options=() found
    program=$build/bin/fuzz_$target kept=$build/kept/$target log=$build/$target.log
    [ ! -f "fuzz/dictionaries/$target.dict" ] || options=(-x "fuzz/dictionaries/$target.dict")
    local first=fuzz/corpus/$target
    [ ! -d "$kept/default/queue" ] || first=- # goes on with what it has
    mkdir -p "$kept"
    say "$target: $seconds s"
    AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 \
        afl-fuzz -V "$seconds" -m none -t 20000 -i "$first" -o "$kept" "${options[@]}" -- \
        "$program" >"$log" 2>&1
    if [ ! -f "$kept/default/fuzzer_stats" ]; then
        status=1
        tail -n 20 "$log"
        return
    fi
    fact() { sed -n "s/^$1 *: *//p" "$kept/default/fuzzer_stats"; }
    found=$(find "$kept/default/crashes" "$kept/default/hangs" -name 'id*' | sort | head -n 1)
    printf '%s executions, %s a second, %s edges: %s\n' "$(fact execs_done)" "$(fact execs_per_sec)" \
        "$(fact edges_found)" "$([ -z "$found" ] && echo 'nothing found' || echo 'something found')"
    if [ -n "$found" ]; then
        status=1
        echo "${red}found:${plain} to see it again: $program $found"
    fi
}

status=0
if [ "$engine" = afl ]; then
    build=build/afl
    export AFL_QUIET=1
    build "$build" afl-clang-fast++ \
        "-DCMAKE_CXX_FLAGS=-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
else
    build=build/fuzz compiler=$(newest_clang)
    build "$build" "${compiler:-clang++-14}"
fi
for target in "${targets[@]}"; do
    if [ "$engine" = afl ]; then with_afl "$target"; else with_libfuzzer "$target"; fi
done
exit "$status"
