#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the fuzz targets as OSS-Fuzz and ClusterFuzzLite want them: programs, seed corpora and
# dictionaries in $OUT. They set CXX, CXXFLAGS, LIB_FUZZING_ENGINE, OUT and WORK; with none of them
# set it makes the same in build/oss-fuzz with a clang++ of this machine.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$root/scripts/common.sh"

compiler=$(newest_clang)
export CXX=${CXX:-${compiler:-clang++-14}}
export CXXFLAGS=${CXXFLAGS:--O1 -gline-tables-only -fsanitize=address,fuzzer-no-link}
engine=${LIB_FUZZING_ENGINE:--fsanitize=fuzzer}
out=${OUT:-$root/build/oss-fuzz/out}
work=${WORK:-$root/build/oss-fuzz}/snapproto
mkdir -p "$out" "$work"

# Targets that need no more than the library and Boost's headers.
read -r -a targets <<<"${SNAPPROTO_FUZZ_TARGETS:-json qga_codec hyperv_codec native_codec vmbackup_codec trace tables agent orchestrator native_wire hyperv_endpoints vmbackup_endpoints vss_guest fsrvp_server}"
cmake -S "$root" -B "$work" -G Ninja -DCMAKE_BUILD_TYPE= -DSNAPPROTO_FUZZ_ENGINE="$engine" \
    -DSNAPPROTO_BUILD_TESTS=OFF -DSNAPPROTO_BUILD_BENCH=OFF -DSNAPPROTO_BUILD_EXAMPLES=OFF \
    -DSNAPPROTO_BUILD_CONFORMANCE=OFF -DSNAPPROTO_BUILD_SIMULATOR=OFF -DSNAPPROTO_WERROR=OFF
cmake --build "$work" --parallel "${SNAPPROTO_JOBS:-$(job_count)}" --target "${targets[@]/#/fuzz_}"

for target in "${targets[@]}"; do
    cp "$work/bin/fuzz_$target" "$out/"
    python3 -m zipfile -c "$out/fuzz_${target}_seed_corpus.zip" "$root/fuzz/corpus/$target/"*
    if [ -f "$root/fuzz/dictionaries/$target.dict" ]; then
        cp "$root/fuzz/dictionaries/$target.dict" "$out/fuzz_$target.dict"
    fi
done
