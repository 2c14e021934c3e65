#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs the README's first half hour as a new user does: the commands between its markers, one by
# one, in a fresh clone, each with the exit status that the README gives.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END_OF_USAGE'
usage: scripts/readers_path.sh [--list | --clean]

Clones this repository into a new folder, runs the commands of README.md's "The first half hour"
there, and prints how long each took.

  --list    only says which commands there are, and with which status each should end
  --clean   on a clean machine: a Debian of its own, made by debootstrap, in a mount and process
            namespace of its own, with nothing in it but what `apt-get install git` brings (needs
            root, debootstrap and this machine's sources of packages)

Exit status: 0 every command ended as it should; 1 one did not; 2 wrong usage; 77 skipped, with the
reason.
END_OF_USAGE
}

# The commands of the README, one a line; each ends with "# status N" where that is not 0.
commands() {
    sed -n '/^<!-- path: begin -->/,/^<!-- path: end -->/p' "$root/README.md" |
        sed -n '/^```$/,/^```$/p' | grep -v '^```'
}

command_of() { sed 's/  *#.*//' <<<"$1"; }

status_of() { sed -n 's/.*# status \([0-9]*\).*/\1/p' <<<"$1" | grep . || echo 0; }

# walk CLONE RUN...: every command, started by RUN in the clone.
walk() {
    local clone=$1 line command wanted status began number=0 total=$SECONDS
    shift
    while IFS= read -r line; do
        command=$(command_of "$line") wanted=$(status_of "$line") status=0 began=$SECONDS
        number=$((number + 1))
        say "$number: $command"
        "$@" "cd $clone && $command" </dev/null >"$logs/$number.log" 2>&1 || status=$?
        tail -n 4 "$logs/$number.log"
        if [ "$status" != "$wanted" ]; then
            die "command $number ended with status $status, and the README says $wanted: $logs/$number.log"
        fi
        echo "${green}as it should${plain}: status $status, $(duration $((SECONDS - began)))"
    done < <(commands)
    say "$number commands, $(duration $((SECONDS - total))) (minutes:seconds)"
}

# A Debian with git alone; root is the folder. Its packages come from where this machine's do.
make_machine() {
    local machine=$1 suite source
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    source=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Release: $suite" | head -n 1)
    [ -n "$source" ] || { echo "skipped: apt-get names no source of $suite"; exit "$exit_skipped"; }
    say "A clean Debian ($suite)"
    debootstrap --variant=minbase --include=git,ca-certificates "$suite" "$machine" "$source" \
        >"$logs/debootstrap.log" 2>&1 || { tail "$logs/debootstrap.log" >&2; die "debootstrap failed"; }
    cp -r /etc/apt/. "$machine/etc/apt/"
    cp -L /etc/resolv.conf "$machine/etc/resolv.conf"
}

# Runs a command in that machine, which sees no other filesystem and no other process.
in_machine() {
    local machine=$1
    shift
    unshare --mount --pid --fork --kill-child --propagation private -- bash -c '
        mount --bind "$1" "$1" && cd "$1" && mount -t proc proc proc && mount -t tmpfs tmpfs dev/shm &&
            mount -t devtmpfs dev dev 2>/dev/null || mount --rbind /dev dev
        exec chroot . /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            DEBIAN_FRONTEND=noninteractive bash -c "$2"' machine "$machine" "$*"
}

case ${1:-} in
-h | --help) usage; exit 0 ;;
--list)
    while IFS= read -r line; do
        echo "$(status_of "$line")  $(command_of "$line")"
    done < <(commands)
    exit 0
    ;;
--clean | '') [ $# -le 1 ] || { usage >&2; exit 2; } ;;
*) usage >&2; exit 2 ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/snapproto-path.XXXXXX")
readonly work logs=$work/logs
mkdir "$logs"
trap 'rm -rf --one-file-system "$work"' EXIT

if [ "${1:-}" != --clean ]; then
    git clone --quiet "$root" "$work/snapproto"
    walk "$work/snapproto" bash -c
    exit 0
fi
for need in debootstrap unshare chroot; do
    has "$need" || { echo "skipped: needs $need"; exit "$exit_skipped"; }
done
[ "$(id -u)" = 0 ] || { echo "skipped: needs root"; exit "$exit_skipped"; }
make_machine "$work/machine"
git clone --quiet --bare "$root" "$work/machine/root/origin.git"
in_machine "$work/machine" 'git clone --quiet /root/origin.git /root/snapproto'
walk /root/snapproto in_machine "$work/machine"
