# SPDX-License-Identifier: BSL-1.0
# shellcheck shell=bash
# What the scripts share. Sourced, never run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
# Each clone of the same sources finds what another has compiled in the compiler's cache.
export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
readonly exit_skipped=77 # what a script of ours returns when the machine cannot do it

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
    bold='' red='' green='' yellow='' plain=''
fi
readonly bold red green yellow plain

say() { printf '%s\n' "${bold}== $*${plain}"; }

die() {
    printf '%s\n' "${red}$(basename "$0"): $*${plain}" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# How many compilers to run at once: one for each core, and 2 GiB of memory for each, which is what
# a state machine costs under the sanitizers.
job_count() {
    local cores memory_kib
    cores=$(nproc)
    memory_kib=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
    local by_memory=$((memory_kib / (2 * 1024 * 1024)))
    [ "$by_memory" -ge 1 ] || by_memory=1
    echo $((cores < by_memory ? cores : by_memory))
}

# The newest clang++ on the machine that is not version 14 (which is tested by itself), or nothing.
newest_clang() {
    local version
    for version in 22 21 20 19 18 17 16 15; do
        if has "clang++-$version"; then
            echo "clang++-$version"
            return
        fi
    done
}

# Minutes and seconds of a number of seconds.
duration() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# real_agent BIN FLAG...: snapcheck (in the folder BIN) judges Debian 12's QEMU guest agent in a
# sandbox, with the committed baseline of what is expected of it. Skipped where that cannot be done.
real_agent() {
    local bin=$1 script=conformance/peers/qemu-ga.sh
    shift
    SNAPPROTO_HELPERS="$root/$bin" "$script" --layout all --baseline \
        --snapcheck "$root/$bin/snapcheck" -- "$@"
}
