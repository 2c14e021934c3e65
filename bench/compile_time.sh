#!/bin/sh
# SPDX-License-Identifier: BSL-1.0
#
# What it costs to compile against the library: seconds of processor time and peak memory of one
# unit that includes the umbrella, one machine, or all machines and uses what it includes.
#
# Usage: bench/compile_time.sh [OPTIONS...]
#   Each argument is a set of compiler options to measure, in quotes; default: "-O0" "-O2".
#   CXX_LIST names the compilers (default: those of g++ and clang++ that are there).
#   LIMIT_SECONDS and LIMIT_KIB bound one compilation (default: 300 s, 6 GiB); what exceeds them is
#   reported as such.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
limit_seconds=${LIMIT_SECONDS:-300}
limit_kib=${LIMIT_KIB:-6291456}

if [ -z "${CXX_LIST:-}" ]; then
    CXX_LIST=
    for compiler in g++ clang++; do
        if command -v "$compiler" >/dev/null; then
            CXX_LIST="$CXX_LIST $compiler"
        fi
    done
fi
[ $# -gt 0 ] || set -- -O0 -O2

unit() { # NAME INCLUDE... : a unit that includes the headers; its body is on standard input
    name=$1
    shift
    for header in "$@"; do
        echo "#include <snapproto/$header>"
    done >"$work/$name.cpp"
    cat >>"$work/$name.cpp"
}

unit nothing version.hpp <<'END'
int main() { return SNAPPROTO_VERSION_MAJOR; }
END
unit umbrella snapproto.hpp <<'END'
int main() { return static_cast<int>(snapproto::kind_of(snapproto::ping{})); }
END
unit small machine/participant.hpp machine/provider.hpp <<'END'
int main() {
    snapproto::machine::participant_machine p;
    p.process(snapproto::machine::participant_event::prepared);
    snapproto::machine::provider_machine q;
    snapproto::machine::provider_outbox out;
    q.process(snapproto::machine::provider_event::precommit, out);
    return static_cast<int>(out.size());
}
END
unit agent machine/agent.hpp <<'END'
int main() {
    snapproto::machine::agent_machine m;
    snapproto::machine::agent_outbox out;
    m.process({}, out);
    return static_cast<int>(out.size());
}
END
unit orchestrator machine/orchestrator.hpp <<'END'
int main() {
    snapproto::machine::orchestrator_machine m;
    snapproto::machine::orchestrator_outbox out;
    m.process({}, out);
    return static_cast<int>(out.size());
}
END
unit all machine/agent.hpp machine/orchestrator.hpp machine/participant.hpp machine/provider.hpp <<'END'
int main() {
    snapproto::machine::agent_machine a;
    snapproto::machine::agent_outbox a_out;
    a.process({}, a_out);
    snapproto::machine::orchestrator_machine o;
    snapproto::machine::orchestrator_outbox o_out;
    o.process({}, o_out);
    snapproto::machine::participant_machine p;
    p.process(snapproto::machine::participant_event::prepared);
    snapproto::machine::provider_machine q;
    snapproto::machine::provider_outbox q_out;
    q.process(snapproto::machine::provider_event::precommit, q_out);
    return static_cast<int>(a_out.size() + o_out.size() + q_out.size());
}
END

failed=0
printf '%-12s %-10s %-14s %10s %10s\n' unit compiler options 'cpu s' 'peak MB'
for compiler in $CXX_LIST; do
    for options in "$@"; do
        for name in nothing umbrella small agent orchestrator all; do
            # shellcheck disable=SC2086 # the options are words
            if (
                ulimit -t "$limit_seconds"
                ulimit -v "$limit_kib"
                /usr/bin/time -f '%U %S %M' -o "$work/time" \
                    "$compiler" -std=c++20 $options -I "$root/include" -c "$work/$name.cpp" \
                    -o "$work/$name.o" >"$work/log" 2>&1
            ); then
                tail -n 1 "$work/time" | awk -v n="$name" -v c="$compiler" -v o="$options" \
                    '{ printf "%-12s %-10s %-14s %10.1f %10.0f\n", n, c, o, $1 + $2, $3 / 1024 }'
            else
                printf '%-12s %-10s %-14s %21s\n' "$name" "$compiler" "$options" 'failed or beyond limit'
                failed=1
            fi
        done
    done
done
exit $failed
