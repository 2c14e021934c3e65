# shellcheck shell=bash
# SPDX-License-Identifier: BSL-1.0
# What hv_vss_daemon.sh and vmtoolsd.sh share: an agent as Debian packages it, judged by an ordinary
# user, or with --real in a sandbox. Before this is read: usage(), and package, program,
# expected_version, known and known_real (its baselines).

readonly skipped=77 broken=125
me=$(basename "$0")

skip() {
    echo "skipped: $*"
    exit $skipped
}

fail() {
    echo "$me: $*" >&2
    exit $broken
}

flags=() again=() rest=() agent= tree= snapcheck=${SNAPCHECK:-snapcheck} fetch_only= where_only= installed_only= learns=
real= baseline= sandbox=()
readonly cache=${SNAPPROTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/snapproto}/$package

# read_options ARGUMENT...: sets the variables above.
read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
        --help | -h) usage; exit 0 ;;
        --fetch) fetch_only=1; shift; continue ;;
        --where) where_only=1; shift; continue ;;
        --installed) installed_only=1; shift; continue ;;
        --learn) learns=1; shift; continue ;;
        --real) real=1; again+=("$1"); shift; continue ;;
        --baseline | --write-baseline) baseline=$1; shift; continue ;;
        --) shift; break ;;
        --agent | --repeat | --snapcheck) [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
        *) echo "$me: unknown option $1" >&2; usage >&2; exit 2 ;;
        esac
        case $1 in
        --agent) agent=$2; again+=("$1" "$2") ;;
        --repeat) flags+=("$1" "$2") ;;
        --snapcheck) snapcheck=$2; again+=("$1" "$2") ;;
        esac
        shift 2
    done
    [ -z "$real" ] || known=$known_real
    [ -z "$baseline" ] || flags+=("$baseline" "$known")
    [ -z "$real" ] || [ -z "$learns" ] || fail "--learn needs filesystems that are played"
    rest=("$@")
}

# get_package: downloads the package with this machine's own apt and unpacks it.
get_package() {
    command -v apt-get >/dev/null || skip "needs apt-get to get $package (or give --agent)"
    mkdir -p "$cache" || fail "cannot write $cache"
    (cd "$cache" && rm -f ./*.deb && apt-get -q download "$package") >"$cache/log" 2>&1 ||
        { tail -3 "$cache/log" >&2; skip "cannot get $package"; }
    rm -rf "$cache/new" && dpkg -x "$cache/$package"_*.deb "$cache/new" &&
        rm -rf "$cache/tree" && mv "$cache/new" "$cache/tree" || fail "cannot unpack $package"
}

# find_agent: sets agent and name; tree where the package was unpacked for this. Ends with --fetch.
find_agent() {
    if [ -n "$agent" ]; then
        [ -x "$agent" ] || fail "cannot run $agent"
        agent=$(realpath -- "$agent") name=$agent
    else
        local version
        agent=$(command -v "$program" || ls "/usr/sbin/$program" 2>/dev/null)
        version=$(dpkg-query -W -f='${Version}' "$package" 2>/dev/null)
        if [ -z "$agent" ]; then
            [ -z "$installed_only" ] || skip "there is no $program (Debian's package $package)"
            tree=$cache/tree
            agent=$(ls "$tree"/usr/{s,}bin/"$program" 2>/dev/null) ||
                { get_package; agent=$(ls "$tree"/usr/{s,}bin/"$program" 2>/dev/null); }
            version=$(cd "$cache" && ls "$package"_*.deb | cut -d_ -f2)
            version=${version//%3a/:} # as apt spells it in a file's name
        fi
        [[ ${version#*:} == "$expected_version".* || -z "$baseline" ]] ||
            skip "the package is version $version, not $expected_version"
        name="$program $version"
    fi
    echo "$name" >&2
    [ -z "$where_only" ] || echo "$agent"
    [ -z "$fetch_only$where_only" ] || exit 0
    command -v "$snapcheck" >/dev/null || fail "there is no $snapcheck (give --snapcheck FILE)"
}

# judge DIALECT COMMAND [SNAPCHECK-FLAG...]: in place of this script. With --real in a sandbox of two
# filesystems, made with the options in `sandbox`; the command and the flags may have its words.
judge() {
    local dialect=$1 command=$2 replay helpers words
    shift 2
    [ -z "$learns" ] || exec "$snapcheck" learn --dialect "$dialect" --spawn "$command" \
        ${rest[@]+"${rest[@]}"}
    replay=$(printf '%q ' "$0" ${again[@]+"${again[@]}"})--
    words=(agent --dialect "$dialect" --target-name "$name${real:+, with real filesystems}"
        --replay-head "$replay" "$@" ${flags[@]+"${flags[@]}"} ${rest[@]+"${rest[@]}"})
    [ -n "$real" ] || exec "$snapcheck" "${words[@]}" --spawn "$command"
    snapcheck=$(realpath -- "$(command -v "$snapcheck")")
    helpers=$(dirname "$snapcheck")
    [ ! -x "$helpers/sandbox_enter" ] || export SNAPPROTO_HELPERS=${SNAPPROTO_HELPERS:-$helpers}
    exec "$here/sandbox.sh" --fs ext4:64 --fs ext4:64 --alias a "${sandbox[@]}" --program "$agent" \
        --set "spawn={enter} $command" -- "$snapcheck" "${words[@]}" --spawn '{spawn}' \
        --freeze-target '{a}' --freeze-target '{b}'
}
