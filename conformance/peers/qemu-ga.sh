#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Judges the QEMU guest agent as Debian packages it, inside the sandbox. See usage() below.
set -u -o pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly skipped=77 broken=125

usage() {
    cat <<'END'
usage: qemu-ga.sh [OPTION]... [-- SNAPCHECK-FLAG...]
       qemu-ga.sh [OPTION]... --run COMMAND [ARG]...

Gets qemu-ga and the libraries it was built for, puts them into a sandbox (sandbox.sh), and runs
  snapcheck agent --dialect qga --spawn ... --freeze-target A --freeze-target B ... SNAPCHECK-FLAG...
beside it. Nothing is installed on this machine: packages are unpacked into a cache, and the agent is
started through the loader that came with them, so that newer versions run on an older system too.

  --version V        7.2 (default), 10.0, 11.1: from the Debian release that has it; or a release's name
  --agent FILE       this program instead, with the libraries that it finds on this machine
  --dialect native   with --agent: it takes qemu-ga's command line and also "--dialect native", and is judged
                     in that dialect
  --with WORDS       further words for the agent's command line
  --snapshots-only   tells the agent by its own block list to refuse what does not belong to snapshots
                     and does not only tell something: a fuzzer asks for all that there is
  --baseline         the deviations that are known of this version are expected, and no others: the file
                     qemu-ga-VERSION.baseline beside this script (qemu-ga-VERSION-LAYOUT
                     for another layout than plain)
  --write-baseline   writes that file anew from this run; reasons in it stay
  --repeat N         runs all so often; verdicts must not differ
  --snapcheck FILE   the program to run (default: $SNAPCHECK, or snapcheck from the path)
  --layout NAME      what is mounted in the sandbox:
                       plain    a, b, c with its image on b, and a second mount of a (default)
                       doubled  a, b, c with its image on a, and a second mount of a: only SP 24.19
                       hidden   a, b, and a mount hidden under another: only SP 24.14, 24.21, 26.12
                       nothing  no filesystem: a freeze finds nothing; only with --run
                       all      all of them, one after the other; the flags are for plain
  --fs, --alias, --nested, --shadow, --bound, --log, --quiet
                     as for sandbox.sh; with --fs the layout is what you say, a and b are the targets
  --fetch            only fills the cache, and says which version is there
  --run              COMMAND instead of snapcheck; {spawn} is replaced by what --spawn would be given

Environment: SNAPPROTO_CACHE (where unpacked packages are kept; default ~/.cache/snapproto).

Exit status: that of snapcheck or COMMAND; 77 skipped, with the reason, if there are no rights, no such
version, or no way to get it; 125 the sandbox or the agent could not be made; 2 wrong usage.
END
}

skip() {
    echo "skipped: $*"
    exit $skipped
}

fail() {
    echo "qemu-ga.sh: $*" >&2
    exit $broken
}

flags=() baseline= again=()
version=7.2 agent= dialect=qga with= snapcheck=${SNAPCHECK:-snapcheck} fetch_only= snapshots_only= run=() sandbox=() layout=plain
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --fetch) fetch_only=1; shift; continue ;;
    --quiet) sandbox+=(--quiet); shift; continue ;;
    --snapshots-only) snapshots_only=1; again+=("$1"); shift; continue ;;
    --baseline | --write-baseline) baseline=$1; shift; continue ;;
    --) shift; break ;;
    --run) shift; run=("$@"); break ;;
    --version | --agent | --dialect | --with | --repeat | --snapcheck | --layout | --fs | --alias | --nested | --shadow | --bound | --log)
        [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    *) echo "qemu-ga.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    case $1 in
    --repeat | --log | --snapcheck | --layout) ;;
    *) again+=("$1" "$2") ;;
    esac
    case $1 in
    --version) version=$2 ;;
    --agent) agent=$2 ;;
    --dialect) dialect=$2 ;;
    --with) with=$2 ;;
    --repeat) flags+=(--repeat "$2") ;;
    --snapcheck) snapcheck=$2 ;;
    --layout) layout=$2 ;;
    --fs) layout=; sandbox+=("$1" "$2") ;;
    *) sandbox+=("$1" "$2") ;;
    esac
    shift 2
done

case $dialect in
qga) ;;
native)
    [ -n "$agent" ] || { echo "qemu-ga.sh: --dialect native needs --agent" >&2; exit 2; }
    case $layout in
    doubled | hidden | all) echo "qemu-ga.sh: layout $layout is for the dialect qga" >&2; exit 2 ;;
    esac ;;
*) echo "qemu-ga.sh: unknown dialect $dialect" >&2; exit 2 ;;
esac

# Every layout but plain makes other checks fail or hang on purpose, so it has only those it is for.
targets=(a b) only=()
case $layout in
'') ;;
plain | all) sandbox+=(--fs ext4:64 --fs ext4:64 --nested b --alias a) targets=(a b c) ;;
doubled) sandbox+=(--fs ext4:64 --fs ext4:64 --nested a --alias a) targets=(a b c) only=('24.19*') ;;
nothing)
    [ ${#run[@]} -gt 0 ] || { echo "qemu-ga.sh: layout nothing needs --run" >&2; exit 2; }
    sandbox+=(--nothing) targets=() ;;
hidden) sandbox+=(--fs ext4:64 --fs ext4:64 --shadow b) only=('24.14*' '24.21*' '26.12*') ;;
*) echo "qemu-ga.sh: unknown layout $layout" >&2; exit 2 ;;
esac

case $version in
7.2) release=bookworm ;;
10.0) release=trixie ;;
11.1) release=sid ;;
*[!a-z-]*) echo "qemu-ga.sh: no release is known to have version $version" >&2; exit 2 ;;
*) release=$version ;;
esac
readonly cache=${SNAPPROTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/snapproto}/qemu-ga/$release

# The place inside the sandbox; --tree copies what is below $cache/tree to its root.
readonly place=/opt/qemu-ga
readonly unpacked=$cache/tree$place

# get_packages: unpacks the agent and all that it depends on, without touching this machine's packages.
get_packages() {
    local archive private=$cache/apt settings
    command -v apt-get >/dev/null || skip "needs apt-get to get qemu-ga (or give --agent)"
    # The archive that this machine uses for its own system also has the other releases.
    archive=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(COMPONENT) $(REPO_URI)' 2>/dev/null |
        awk '$1 == "Debian" && $3 == "main" && $2 !~ /-/ { print $4; exit }')
    [ -n "$archive" ] || skip "needs a Debian archive among this machine's package sources"
    mkdir -p "$private"/{lists/partial,cache/archives/partial} "$cache" || fail "cannot write $cache"
    : >"$private/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $archive $release main" \
        >"$private/sources.list"
    settings=(-q -o "Dir::Etc::sourcelist=$private/sources.list" -o Dir::Etc::sourceparts=-
        -o Dir::Etc::preferencesparts=- -o "Dir::State::lists=$private/lists"
        -o "Dir::State::status=$private/status" -o "Dir::Cache=$private/cache"
        -o APT::Sandbox::User=root -o APT::Install-Recommends=false -o Debug::NoLocking=true)
    apt-get "${settings[@]}" update >"$private/log" 2>&1 &&
        apt-get "${settings[@]}" --yes --download-only install qemu-guest-agent >>"$private/log" 2>&1 ||
        { tail -3 "$private/log" >&2; skip "cannot get qemu-guest-agent of $release"; }
    rm -rf "$unpacked.new" && mkdir -p "$unpacked.new" || fail "cannot write $cache"
    local package
    for package in "$private"/cache/archives/*.deb; do
        case ${package##*/} in # scripts of the installation, of no use to a program
        debconf_* | perl* | init-system-helpers_* | dpkg_* | tar_*) continue ;;
        esac
        dpkg -x "$package" "$unpacked.new" || fail "cannot unpack $package"
    done
    rm -rf "$unpacked.new"/usr/share "$unpacked.new"/{,usr/}lib/systemd "$unpacked.new"/usr/bin \
        "$unpacked.new"/usr/lib/*/{gconv,perl*} "$unpacked.new"/{bin,sbin,var,etc}
    rm -rf "$unpacked" && mv "$unpacked.new" "$unpacked" || fail "cannot write $cache"
    rm -rf "$private"
}

# prefix ROOT: the words that run the unpacked agent if ROOT is where the cache's tree is the root.
prefix() {
    local loader libraries
    loader=$(cd "$unpacked" && find . -name 'ld-linux*.so.*' | head -1)
    libraries=$(cd "$unpacked" && find . -name 'lib*.so.*' -printf '%h\n' | sort -u |
        sed "s|^[.]|$1$place|" | paste -sd:)
    echo "$1$place${loader#.} --library-path $libraries $1$place/usr/sbin/qemu-ga"
}

if [ -n "$agent" ]; then
    [ -x "$agent" ] || fail "cannot run $agent"
    agent=$(realpath -- "$agent") # it is started elsewhere
    sandbox+=(--program "$agent")
    command=$agent outside=$agent
    found=$("$agent" --version 2>/dev/null)
else
    [ -x "$unpacked/usr/sbin/qemu-ga" ] || get_packages
    command=$(prefix "") outside=$(prefix "$cache/tree")
    # shellcheck disable=SC2046 # words are wanted
    found=$($outside --version 2>&1) || fail "qemu-ga of $release does not start: $found"
    sandbox+=(--tree "$cache/tree")
    case $version in
    [0-9]*) case $found in *" $version".*) ;; *) skip "$release now has: $found" ;; esac ;;
    esac
fi
echo "$found" >&2
[ -z "$fetch_only" ] || exit 0

if [ -n "$snapshots_only" ]; then
    # Of what it has, so that a command that is new in a version is refused as well.
    # shellcheck disable=SC2086 # words are wanted
    blocked=$($outside -b help 2>/dev/null | grep -Ev '^guest-(sync|sync-delimited|ping|info|fsfreeze-.*|get-.*)$' |
        paste -sd,)
    case ,$blocked, in
    *,guest-shutdown,*guest-exec,*) with="${with:+$with }-b $blocked" ;;
    *) fail "cannot tell which commands the agent has" ;;
    esac
fi

case $dialect in
qga) own='{block:-b}' ;;
native) own='--dialect native' ;;
esac
spawn="{enter} $command -m unix-listen -p {socket} -t {state} -f {pidfile} -l {log} -F{hook} $own${with:+ $with}"
if [ -n "$baseline" ]; then
    number=$(grep -o '[0-9]*[.][0-9]*' <<<"$found" | head -1)
    case $layout in
    plain | all) file=$here/qemu-ga-$number.baseline ;;
    *) file=$here/qemu-ga-$number-${layout:-own}.baseline ;;
    esac
    [ "$baseline" != --baseline ] || [ -e "$file" ] || fail "no baseline for this version: $file"
    flags+=("$baseline" "$file")
fi
if [ ${#run[@]} -eq 0 ]; then
    command -v "$snapcheck" >/dev/null || fail "there is no $snapcheck (give --snapcheck FILE)"
    run=("$(command -v "$snapcheck")" agent --dialect "$dialect" --spawn '{spawn}' --work-dir '{run}')
    for target in "${targets[@]}"; do run+=(--freeze-target "{$target}"); done
    # A check alone runs by this command outside of the sandbox; nothing inside is there any more.
    [ -z "$layout" ] || again+=(--layout "${layout/all/plain}")
    [ "$snapcheck" = snapcheck ] || again+=(--snapcheck "$snapcheck")
    replay=$(printf '%q ' "${BASH_SOURCE[0]}" ${again[@]+"${again[@]}"})--
    run+=(--target-name "$found${layout:+, layout ${layout/all/plain}}" --replay-head "$replay")
    for glob in ${only[@]+"${only[@]}"}; do
        [[ " $* " == *" --only "* ]] || run+=(--only "$glob")
    done
    run+=(${flags[@]+"${flags[@]}"} "$@")
fi
[ "$layout" = all ] || exec "$here/sandbox.sh" "${sandbox[@]}" --set "spawn=$spawn" -- "${run[@]}"

"$here/sandbox.sh" "${sandbox[@]}" --set "spawn=$spawn" -- "${run[@]}"
worst=$?
others=(--version "$version" --snapcheck "$snapcheck" --quiet)
[ -z "$agent" ] || others+=(--agent "$agent" --with "$with")
[ -z "$baseline" ] || others+=("$baseline")
for other in doubled hidden; do
    echo
    echo "layout $other:"
    "${BASH_SOURCE[0]}" "${others[@]}" --layout "$other"
    status=$?
    [ "$status" -eq 0 ] || [ "$worst" -ne 0 ] || worst=$status
done
exit "$worst"
