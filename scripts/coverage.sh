#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Line coverage of include/snapproto/ by the unit and conformance tests, or by the fuzz targets.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

usage() {
    cat <<'END'
usage: scripts/coverage.sh [--fuzz] [--fail-under PERCENT]

Builds the tests with g++ in build/coverage, runs them and prints the percentage of lines. Details,
line by line, are in build/coverage/report/index.html. Status 1 when below PERCENT.

  --fuzz    of codecs, dialects, messages, machines, endpoints and monitors, by what the fuzz targets
            are shipped with and by what runs of scripts/fuzz.sh have kept in build/fuzz/kept; in
            build/coverage-fuzz
END
}

fail_under=0 fuzz=no
while [ $# -gt 0 ]; do
    case $1 in
    --fuzz) fuzz=yes; shift ;;
    --fail-under) fail_under=${2:?a percentage is missing}; shift 2 ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done
if ! has gcovr; then
    echo "skipped: needs gcovr"
    exit "$exit_skipped"
fi

build=build/coverage filter=include/snapproto/ targets=(all)
if [ "$fuzz" = yes ]; then
    build=build/coverage-fuzz
    filter='include/snapproto/(codec|dialect|endpoint|machine|message|monitor|trace)/'
    # Without those that need a whole tool for what is no header.
    mapfile -t targets < <(cd fuzz/targets && printf '%s\n' *.cpp |
        sed 's/\.cpp$//; /^conversation$/d; /^texts$/d; s/^/fuzz_/')
fi
cmake --preset dev -B "$build" -DCMAKE_CXX_COMPILER=g++ -DCMAKE_CXX_FLAGS="-O0 --coverage -fprofile-update=atomic" \
    -DSNAPPROTO_BUILD_BENCH=OFF -DSNAPPROTO_BUILD_EXAMPLES=OFF >/dev/null
cmake --build "$build" --parallel "${SNAPPROTO_JOBS:-$(job_count)}" --target "${targets[@]}"
find "$build" -name '*.gcda' -delete
if [ "$fuzz" = yes ]; then
    for target in "${targets[@]}"; do
        inputs=("fuzz/corpus/${target#fuzz_}")
        [ ! -d "build/fuzz/kept/${target#fuzz_}" ] || inputs+=("build/fuzz/kept/${target#fuzz_}")
        "$build/bin/$target" "${inputs[@]}"
    done
else
    ctest --test-dir "$build" --no-tests=error --output-on-failure --label-exclude consumer
fi

mkdir -p "$build/report"
status=0
gcovr --root . --filter "$filter" "$build" --exclude-unreachable-branches \
    --exclude-throw-branches --html-details "$build/report/index.html" \
    --txt "$build/report/lines.txt" --json-summary "$build/report/summary.json" \
    --fail-under-line "$fail_under" --print-summary >"$build/report/summary.txt" || status=$?

# A header that no test compiles does not lower the percentage, so it is named.
git ls-files 'include/snapproto/*.hpp' | grep -E "^$filter" | while read -r header; do
    if ! grep -q "\"$header\"" "$build/report/summary.json"; then
        echo "no code in any test: $header"
    fi
done
sed -n "s,^lines: ,line coverage of $filter: ,p" "$build/report/summary.txt"
if [ "$status" != 0 ]; then
    echo "less than $fail_under %: see $build/report/index.html"
    exit 1
fi
