#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# All tests, in stages. Each stage is timed; the last line says how many passed, failed, skipped.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root" || exit 1

usage() {
    cat <<'END'
usage: scripts/test.sh [--list] [STAGE]...

Without a stage all of them run, in this order:

  deps        install the packages that are missing
  format      every source is formatted as .clang-format says
  gcc         debug build with g++ and all tests
  release     optimised build of the programs and benchmarks, warnings as errors
  headers     every header of the library compiles alone
  noexc       the library without exceptions and run-time type information
  clang14     debug build with clang++-14 and all tests
  clang       the same with the newest clang++ on the machine
  asan        address and undefined behaviour sanitizers, all tests
  fuzz        each fuzz target for ten seconds with libFuzzer, address and undefined behaviour
              sanitizers
  mutants     each row of the tables changed in each way: they end as
              the ledger says (needs release)
  reference   snapcheck judges the agent and the orchestrator embedded in it (needs gcc)
  qemu-ga     snapcheck judges the real QEMU guest agent in a sandbox, against the committed
              baseline and five times, and learns it (needs gcc, root and loop devices)
  hv_vss_daemon  snapcheck judges the real Hyper-V daemon of Linux with a played kernel, against the
              committed baseline and five times, and learns it (needs gcc); with root and loop
              devices it does so again with real freezes in a sandbox
  vmtoolsd    the same of the real guest of VMware with a played host, without learning: twenty
              minutes, most of them waiting (needs gcc)
  snapagent   snapcheck judges the example agent for Linux in a sandbox, SHOULD included (needs gcc,
              root and loop devices)
  libvirt     snapcheck judges the real libvirt, with a real QEMU, against the committed baseline
              (needs gcc and scripts/install_deps.sh libvirt)
  guest       a guest of Debian's packages in QEMU, with programs that write: copies that libvirt
              takes of it with the stock guest agent and with snapagent, and those of snaptake and
              snapagent, are judged; agent and snaptake are killed; the guide is followed. A short form:
              half an hour on a busy machine (needs gcc and scripts/install_deps.sh libvirt)
  spin        SPIN verifies the Promela model and reaches the states that snapsim explore does
              (needs gcc)
  slurm       a campaign as an array of a real Slurm, on this machine (needs gcc, root, and
              slurmctld, slurmd and munge)
  playground  the simulator as WebAssembly, in a page, judged by a real Chromium (needs gcc, em++,
              chromium, and npm for playwright-core)
  site        the documentation as a site: spelling, pages, API, every link
  path        the README's first half hour, in a clone of its own
  coverage    lines of the library that the tests run

Environment: SNAPPROTO_JOBS      compilers at once (default: by cores and memory)
             SNAPPROTO_RC_SEED   seed of the property tests (default: 20240217)
             SNAPPROTO_FUZZ_SECONDS  how long each fuzz target runs (default: 10)
             SNAPPROTO_GUEST_COPIES  how many copies of each kind the stage guest judges (default: 2)
             SNAPPROTO_GUEST_ACCEL  how QEMU plays the guest's processor: tcg or kvm (default: tcg)
             SNAPPROTO_COVERAGE  the least percentage of lines (default: 95)
END
}

readonly all_stages=(deps format gcc release headers noexc clang14 clang asan fuzz reference
    qemu-ga hv_vss_daemon vmtoolsd snapagent libvirt guest spin mutants slurm playground site path
    coverage)
stages=()
for argument in "$@"; do
    case $argument in
    -h | --help) usage; exit 0 ;;
    --list) printf '%s\n' "${all_stages[@]}"; exit 0 ;;
    *)
        if [[ " ${all_stages[*]} " != *" $argument "* ]]; then
            echo "no stage is called $argument" >&2
            usage >&2
            exit 2
        fi
        stages+=("$argument")
        ;;
    esac
done
[ ${#stages[@]} -gt 0 ] || stages=("${all_stages[@]}")

jobs=${SNAPPROTO_JOBS:-$(job_count)}
seed=${SNAPPROTO_RC_SEED:-20240217}
export RC_PARAMS="seed=$seed${RC_PARAMS:+ $RC_PARAMS}"
export CTEST_OUTPUT_ON_FAILURE=1
readonly logs=$root/build/logs
mkdir -p "$logs"

skip() {
    echo "skipped: $*"
    return "$exit_skipped"
}

# The tests that measure real time get a second try when they fail and no other does, for machines
# are shared; what needed one is named beside the stage.
second_try() {
    local failed=$1/Testing/Temporary/LastTestsFailed.log # lines as "14:conformance"
    [ -s "$failed" ] && ! grep -qvE '^[0-9]+:conformance($|_sandbox$|_effects_|_snaptake$)' "$failed" &&
        ctest --test-dir "$1" --rerun-failed --output-on-failure
}

# build_and_test DIRECTORY PRESET CMAKE-ARGUMENT...
build_and_test() {
    local directory=$1 preset=$2
    shift 2
    cmake --preset "$preset" -B "$directory" "$@" &&
        cmake --build "$directory" --parallel "$jobs" &&
        { ctest --test-dir "$directory" --parallel "$jobs" --no-tests=error --output-on-failure ||
            second_try "$directory"; }
}

# What a failed stage said of it, once more at the end: a log of all stages is long.
why_failed() {
    say "stage $1 failed"
    grep -E '\*\*\*(Failed|Timeout|Exception|Not Run)|: error|error:|FAILED' "$logs/$1.log" |
        head -n 40
    echo '...'
    tail -n 25 "$logs/$1.log"
    echo
}

stage_deps() { scripts/install_deps.sh test; }

stage_format() { scripts/format.sh --check; }

stage_gcc() { build_and_test build/dev dev -DCMAKE_CXX_COMPILER=g++; }

# Optimising compilers warn of what they see only when they inline.
stage_release() {
    cmake --preset release -DCMAKE_CXX_COMPILER=g++ -DSNAPPROTO_BUILD_TESTS=OFF \
        -DSNAPPROTO_BUILD_EXAMPLES=OFF -DSNAPPROTO_BUILD_FUZZ=OFF &&
        cmake --build --preset release --parallel "$jobs" &&
        build/release/bin/snapcheck agent --builtin reference --strict >"$logs/release-reference.txt"
}

stage_headers() {
    cmake --preset dev -DCMAKE_CXX_COMPILER=g++ &&
        cmake --build build/dev --parallel "$jobs" --target snapproto_header_check
}

stage_noexc() {
    cmake --preset no-exceptions -DCMAKE_CXX_COMPILER=g++ &&
        cmake --build --preset no-exceptions --parallel "$jobs" &&
        ctest --preset no-exceptions
}

# Other compilers build what the tests need; the benchmarks are built once, by gcc.
stage_clang14() {
    has clang++-14 || { skip "there is no clang++-14"; return; }
    build_and_test build/clang14 dev -DCMAKE_CXX_COMPILER=clang++-14 -DSNAPPROTO_BUILD_BENCH=OFF
}

stage_clang() {
    local compiler
    compiler=$(newest_clang)
    [ -n "$compiler" ] || { skip "there is no clang++ newer than 14"; return; }
    build_and_test "build/$compiler" dev "-DCMAKE_CXX_COMPILER=$compiler" \
        -DSNAPPROTO_BUILD_BENCH=OFF
}

stage_asan() {
    local compiler
    compiler=$(newest_clang)
    [ -n "$compiler" ] || compiler=clang++-14
    has "$compiler" || { skip "there is no clang++"; return; }
    build_and_test build/asan-ubsan asan-ubsan "-DCMAKE_CXX_COMPILER=$compiler"
}

stage_fuzz() { scripts/fuzz.sh all "${SNAPPROTO_FUZZ_SECONDS:-10}"; }

snapcheck=build/dev/bin/snapcheck

stage_mutants() {
    local snapsim=build/release/bin/snapsim # the other one works each step out twice
    [ -x "$snapsim" ] || { echo "there is no $snapsim: the stage release comes first"; return 1; }
    "$snapsim" mutate --check simulator/explore/mutants.ledger
}

stage_reference() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    "$snapcheck" agent --builtin reference --strict --report "html=$logs/reference.html" \
        --report "junit=$logs/reference.xml" &&
        "$snapcheck" orchestrator --builtin reference --strict \
            --report "html=$logs/reference-orchestrator.html" \
            --report "junit=$logs/reference-orchestrator.xml" &&
        "$snapcheck" agent --dialect hyperv --builtin reference --strict \
            --report "junit=$logs/reference-hyperv.xml" &&
        "$snapcheck" agent --dialect vmbackup --builtin reference --strict \
            --report "junit=$logs/reference-vmbackup.xml" &&
        "$snapcheck" agent --dialect native --builtin reference --strict \
            --report "junit=$logs/reference-native.xml"
}

stage_qemu-ga() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    real_agent build/dev/bin --repeat 5 --report "html=$logs/qemu-ga.html" \
        --report "junit=$logs/qemu-ga.xml" &&
        scripts/learn_peers.sh --check qemu-ga-7.2
}

# where_possible COMMAND...: a part of a stage; where the machine lacks what it needs, its words say so
# beside the stage.
where_possible() {
    "$@"
    local status=$?
    [ "$status" = "$exit_skipped" ] || return "$status"
}

stage_hv_vss_daemon() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    conformance/peers/hv_vss_daemon.sh --baseline --repeat 5 --snapcheck "$snapcheck" -- \
        --report "html=$logs/hv_vss_daemon.html" --report "junit=$logs/hv_vss_daemon.xml" &&
        scripts/learn_peers.sh --check hv_vss_daemon-6.1 &&
        where_possible conformance/peers/hv_vss_daemon.sh --real --baseline --repeat 5 \
            --snapcheck "$snapcheck" -- --report "html=$logs/hv_vss_daemon-real.html" \
            --report "junit=$logs/hv_vss_daemon-real.xml"
}

stage_vmtoolsd() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    conformance/peers/vmtoolsd.sh --baseline --repeat 5 --snapcheck "$snapcheck" -- \
        --report "html=$logs/vmtoolsd.html" --report "junit=$logs/vmtoolsd.xml" &&
        where_possible conformance/peers/vmtoolsd.sh --real --baseline --repeat 5 \
            --snapcheck "$snapcheck" -- --report "html=$logs/vmtoolsd-real.html" \
            --report "junit=$logs/vmtoolsd-real.xml"
}

stage_snapagent() {
    local judge=(conformance/peers/qemu-ga.sh --quiet --agent build/dev/bin/snapagent
        --snapcheck "$root/$snapcheck")
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    # What is seen only after the hold limit has passed is watched for longer.
    SNAPPROTO_HELPERS=$root/build/dev/bin "${judge[@]}" --with '--hook-limit 1.8' -- --strict \
        --skip 28.2/1 --skip 28.3/1 &&
        SNAPPROTO_HELPERS=$root/build/dev/bin "${judge[@]}" -- --strict --timeout-scale 7 \
            --only 28.2/1 --only 28.3/1 &&
        SNAPPROTO_HELPERS=$root/build/dev/bin "${judge[@]}" --dialect native -- --strict \
            --report "html=$logs/snapagent-native.html" \
            --report "junit=$logs/snapagent-native.xml"
}

# libvirt_part NUMBER SELECTION...: real time is measured, so what fails gets a second try.
libvirt_part() {
    local number=$1 try
    shift
    for try in first second; do
        echo "part $number, $try try"
        conformance/peers/libvirt.sh --baseline --snapcheck "$root/$snapcheck" -- "$@" \
            --report "html=$logs/libvirt-$number.html" && return
    done
}

# Parts beside each other, each with a libvirt of its own: most of the time is waiting.
stage_libvirt() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    conformance/peers/libvirt.sh --fetch || return
    local parts=() pid status=0
    libvirt_part 1 --only '12.*' --only '13.*' --only '29.9/*' --only '29.1[0-3]/*' \
        >"$logs/libvirt-1.log" 2>&1 & parts+=($!)
    libvirt_part 2 --only '22.*' --only '29.1[4-8]/*' >"$logs/libvirt-2.log" 2>&1 & parts+=($!)
    libvirt_part 3 --skip '12.*' --skip '13.*' --skip '22.*' --skip '29.9/*' --skip '29.1[0-8]/*' \
        >"$logs/libvirt-3.log" 2>&1 & parts+=($!) # all others, whatever comes to be
    for pid in "${parts[@]}"; do
        wait "$pid" || status=1
    done
    cat "$logs"/libvirt-[1-3].log
    return "$status"
}

# Whoever is ended by its deadline takes its QEMU along.
stage_guest() {
    local within=(timeout 900) count=(--count "${SNAPPROTO_GUEST_COPIES:-2}")
    [ -x build/dev/bin/snaptake ] || { echo "there is no snaptake: the stage gcc comes first"; return 1; }
    "${within[@]}" scripts/guest/first_word.py --count 50 &&
        "${within[@]}" scripts/guest/stock_agent.py "${count[@]}" --report "$logs/guest-qemu-ga.md" &&
        "${within[@]}" scripts/guest/stock_agent.py --agent snapagent "${count[@]}" \
            --report "$logs/guest-snapagent.md" &&
        "${within[@]}" scripts/guest/verify_copies.py "${count[@]}" \
            --report "$logs/guest-copies.md" &&
        timeout 2700 scripts/guest/kill_matrix.py --report "$logs/guest-kills.md" &&
        "${within[@]}" scripts/guest/follow_guide.sh docs/guides/snapshot-a-guest.md
}

stage_spin() {
    [ -x "$snapcheck" ] || { echo "there is no $snapcheck: the stage gcc comes first"; return 1; }
    scripts/spin.sh --bin build/dev/bin --report "$logs/spin.jsonl"
}

stage_slurm() {
    local snapsim=build/dev/bin/snapsim
    [ -x "$snapsim" ] || { echo "there is no $snapsim: the stage gcc comes first"; return 1; }
    simulator/cluster/try_slurm.sh "$snapsim"
}

stage_playground() {
    [ -x build/dev/bin/snapsim ] || { echo "there is no snapsim: the stage gcc comes first"; return 1; }
    scripts/playground.sh --test
}

stage_site() { scripts/site.sh; }

stage_path() { scripts/readers_path.sh; }

stage_coverage() { scripts/coverage.sh --fail-under "${SNAPPROTO_COVERAGE:-95}"; }

echo "seed of the property tests: RC_PARAMS=\"$RC_PARAMS\"; compilers at once: $jobs"
passed=0 failed=0 skipped=0
failures=()
table=''
for stage in "${stages[@]}"; do
    echo
    say "stage $stage"
    began=$SECONDS
    "stage_$stage" 2>&1 | tee "$logs/$stage.log"
    status=${PIPESTATUS[0]}
    took=$(duration $((SECONDS - began)))
    note=''
    case $status in
    0)
        passed=$((passed + 1))
        verdict="${green}passed ${plain}"
        note=$(sed -En 's/^.* Test +#[0-9]+: ([a-z0-9_]+) \.*\*\*\*(Failed|Timeout).*/\1/p' \
            "$logs/$stage.log" | sort -u | paste -sd ' ')
        [ -z "$note" ] || note="at the second try: $note"
        [ -n "$note" ] || note=$(sed -n 's/^skipped: /in part; skipped: /p' "$logs/$stage.log" | tail -n 1)
        ;;
    "$exit_skipped")
        skipped=$((skipped + 1))
        verdict="${yellow}skipped${plain}"
        note=$(grep '^skipped: ' "$logs/$stage.log" | tail -n 1)
        ;;
    *)
        failed=$((failed + 1))
        failures+=("$stage")
        verdict="${red}failed ${plain}"
        note="status $status, see $logs/$stage.log"
        ;;
    esac
    table+=$(printf '  %-13s %s %7s  %s' "$stage" "$verdict" "$took" "$note")$'\n'
    # Nothing else can work without the packages.
    if [ "$stage" = deps ] && [ "$status" != 0 ]; then
        break
    fi
done

echo
for stage in "${failures[@]}"; do why_failed "$stage"; done
say "stages, in minutes:seconds (total $(duration "$SECONDS"))"
printf '%s' "$table"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
