#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Runs a command beside a sandbox in which freezing filesystems can do no harm. See usage() below.
set -u -o pipefail

readonly here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly skipped=77 broken=125

usage() {
    cat <<'END'
usage: sandbox.sh [OPTION]... -- COMMAND [ARG]...
       sandbox.sh --check

Makes filesystems in loop devices and a mount namespace in which they are the only thing that can be
frozen, then runs COMMAND outside of it. COMMAND starts agents inside with the prefix it is told, as
often as it likes; the filesystems and the run directory have the same absolute path inside and outside.

  --fs TYPE[:MIB]     one more filesystem: ext4, xfs, btrfs (default: --fs ext4:64 --fs ext4:64);
                      they are named a, b, c ... in this order
  --nothing           no filesystem at all: what is told to freeze everything finds nothing
  --alias NAME        one more mount of the filesystem NAME (named like the next filesystem)
  --nested NAME       one more ext4, whose image file lies on the filesystem NAME
  --shadow NAME       one more ext4, mounted in a directory that a later mount hides, so that it
                      is in the mount table and cannot be opened; the mount that hides it is NAME's
  --tree DIR          copies what is below DIR into the root of the sandbox (an unpacked package)
  --terminals         gives it pseudo-terminals of its own, in /dev/pts
  --program FILE      copies FILE and the shared libraries it needs, to the same path
  --set KEY=VALUE     one more word and environment variable for COMMAND; VALUE may hold other words
  --bound SECONDS     a filesystem frozen for longer is thawed by force (default 20)
  --log FILE          where forced thaws are also written (default: run directory, gone afterwards)
  --quiet             says nothing about itself
  --check             says whether this machine can do it, and does nothing else

COMMAND's environment, and what {word} is replaced by in its arguments:
  SNAPPROTO_SANDBOX_ENTER   {enter}   prefix: "{enter} PROGRAM ARG..." becomes PROGRAM inside, with no
                                      process in between; it refuses if the sandbox is not tight
  SNAPPROTO_SANDBOX_ROOT    {root}    the root directory inside, as it is seen from outside
  SNAPPROTO_SANDBOX_RUN     {run}     directory for sockets, state, hooks, logs (tmpfs)
  SNAPPROTO_SANDBOX_MOUNTS  {mounts}  the mount points, separated by spaces
  SNAPPROTO_SANDBOX_A, _B   {a} {b}   each mount point
  SNAPPROTO_SANDBOX_SCRIPT  {script}  a freeze hook: it adds a line to {run}/hook.log and then does what
                                      {run}/hook.d/freeze or .../thaw says (shell text), if there is one
  SNAPPROTO_SANDBOX_IMAGES  {images}  the files under the filesystems a, b ..., separated by spaces

Exit status: that of COMMAND (128+N if signal N ended it); 77 skipped, with the reason, where root or
loop devices lack; 125 the sandbox could not be made or not be removed; 2 wrong usage.
END
}

fail() {
    echo "sandbox.sh: $*" >&2
    exit $broken
}

skip() {
    echo "skipped: $*"
    exit $skipped
}

# Says why this machine cannot do it, or nothing.
what_lacks() {
    local tool tools=(unshare mount)
    [ -n "$nothing" ] || tools+=(losetup mkfs.ext4)
    [ "$(uname -s)" = Linux ] || { echo "needs Linux"; return; }
    [ "$(id -u)" = 0 ] || { echo "needs root"; return; }
    for tool in "${tools[@]}"; do
        command -v "$tool" >/dev/null || { echo "needs $tool"; return; }
    done
    if [ -z "$nothing" ]; then
        [ -c /dev/loop-control ] || { echo "needs loop devices"; return; }
        losetup --find >/dev/null 2>&1 || { echo "needs a free loop device"; return; }
    fi
    unshare --mount --pid --fork true 2>/dev/null || echo "needs the right to make namespaces"
}

export PATH=$PATH:/usr/sbin:/sbin

# ---- arguments ----------------------------------------------------------------------------------------

filesystems=() extras=() trees=() programs=() sets=() bound=20 log= quiet= check= terminals= nothing=
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --check) check=1; shift; continue ;;
    --terminals) terminals=1; shift; continue ;;
    --nothing) nothing=1; shift; continue ;;
    --quiet) quiet=1; shift; continue ;;
    --) shift; break ;;
    --fs | --alias | --nested | --shadow | --tree | --program | --set | --bound | --log)
        [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    *) echo "sandbox.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    case $1 in
    --fs) filesystems+=("$2") ;;
    --alias | --nested | --shadow) extras+=("${1#--}:$2") ;;
    --tree) trees+=("$2") ;;
    --program) programs+=("$2") ;;
    --set) sets+=("$2") ;;
    --bound) bound=$2 ;;
    --log) log=$2 ;;
    esac
    shift 2
done
lacking=$(what_lacks)
if [ -n "$check" ]; then
    [ -z "$lacking" ] || skip "$lacking"
    echo "ok: the sandbox can be made here"
    exit 0
fi
[ $# -gt 0 ] || { usage >&2; exit 2; }
[ -z "$lacking" ] || skip "$lacking"
if [ -n "$nothing" ]; then
    [ ${#filesystems[@]} -eq 0 ] && [ ${#extras[@]} -eq 0 ] || {
        echo "sandbox.sh: --nothing goes with no filesystem" >&2; exit 2; }
elif [ ${#filesystems[@]} -eq 0 ]; then
    filesystems=(ext4:64 ext4:64)
fi
for filesystem in ${filesystems[@]+"${filesystems[@]}"}; do
    type=${filesystem%%:*}
    case $type in
    ext4 | xfs | btrfs) command -v "mkfs.$type" >/dev/null || skip "needs mkfs.$type" ;;
    *) echo "sandbox.sh: unknown filesystem $type" >&2; exit 2 ;;
    esac
    grep -qw "$type" /proc/filesystems || modprobe "$type" 2>/dev/null || skip "the kernel has no $type"
done

# ---- from here on in a mount namespace of its own -----------------------------------------------------

# The variable holds the namespace that this was started in, so that nothing is ever mounted there.
readonly namespace=$(readlink /proc/self/ns/mnt)
if [ "${SNAPPROTO_SANDBOX_STAGE:-$namespace}" = "$namespace" ]; then
    again=()
    for filesystem in ${filesystems[@]+"${filesystems[@]}"}; do again+=(--fs "$filesystem"); done
    for extra in ${extras[@]+"${extras[@]}"}; do again+=("--${extra%%:*}" "${extra#*:}"); done
    for tree in ${trees[@]+"${trees[@]}"}; do again+=(--tree "$tree"); done
    for program in ${programs[@]+"${programs[@]}"}; do again+=(--program "$program"); done
    for set in ${sets[@]+"${sets[@]}"}; do again+=(--set "$set"); done
    [ -z "$log" ] || again+=(--log "$log")
    [ -z "$quiet" ] || again+=(--quiet)
    [ -z "$terminals" ] || again+=(--terminals)
    [ -z "$nothing" ] || again+=(--nothing)
    export SNAPPROTO_SANDBOX_STAGE=$namespace
    exec unshare --mount --propagation private -- \
        "$BASH" "${BASH_SOURCE[0]}" "${again[@]}" --bound "$bound" -- "$@"
fi
unset SNAPPROTO_SANDBOX_STAGE

directory= watchdog= runner= wd_in= bare= loops=() mounts=() images=() names=()
declare -A backings=()

# Undoes everything, in an order that also works halfway through the setting up.
remove_sandbox() {
    trap '' INT TERM HUP
    local left=0 device
    [ -z "$runner" ] || kill -KILL "$runner" 2>/dev/null
    if [ -n "$watchdog" ]; then
        exec {wd_in}>&- # it thaws, detaches and removes the directory when its input ends
        kill -TERM "$watchdog" 2>/dev/null
        wait "$watchdog" 2>/dev/null
    fi
    if [ -n "$directory" ] && [ -d "$directory" ]; then
        umount --lazy "$directory" 2>/dev/null
        rmdir "$directory" 2>/dev/null || { echo "sandbox.sh: $directory is left over" >&2; left=1; }
    fi
    [ -z "$bare" ] || losetup --detach "$bare"
    for device in ${loops[@]+"${loops[@]}"}; do
        for _ in {1..40}; do # it goes when the last user of its filesystem has gone
            ours "$device" || continue 2
            sleep 0.05
        done
        echo "sandbox.sh: $device is left over" >&2
        left=1
    done
    return $left
}

# backing DEVICE: the device and inode of the file under a loop device; nothing if it is free.
backing() { losetup --noheadings --raw --output BACK-MAJ:MIN,BACK-INO "$1" 2>/dev/null; }

# True while the loop device still has the image that was given to it.
ours() { [ -n "${backings[$1]:-}" ] && [ "$(backing "$1")" = "${backings[$1]}" ]; }

finish() {
    local status=$1
    trap - EXIT
    remove_sandbox || status=$broken
    exit "$status"
}

forward() {
    if [ -n "$runner" ]; then kill -"$1" "$runner" 2>/dev/null; else finish $((128 + $2)); fi
}

# Ctrl-C reaches the command by itself. A second one would tell it not to end in good order, so it is
# passed on only if the command has not heeded the first, or there was none (kill -INT of the script).
forward_late() {
    [ -n "$runner" ] || finish $((128 + $2))
    { sleep 3 && kill -"$1" "$runner"; } 2>/dev/null &
}

trap 'finish $?' EXIT
trap 'forward_late INT 2' INT
trap 'forward TERM 15' TERM
trap 'forward HUP 1' HUP

base=${TMPDIR:-/tmp}
case $base in *[[:space:]]*) fail "the temporary directory's name must not have blanks: $base" ;; esac
directory=$(mktemp -d "$base/snapproto-sandbox.XXXXXXXX") || fail "cannot make a directory in $base"
readonly name=${directory##*/}
mount -t tmpfs -o mode=0755,size=2g "$name" "$directory" || fail "cannot mount a tmpfs"
mkdir "$directory"/{img,mnt,run,root,bin}

# The helpers: from the build, or compiled now.
helpers=${SNAPPROTO_HELPERS:-}
for program in freeze_watchdog sandbox_init sandbox_enter; do
    if [ -n "$helpers" ] && [ -x "$helpers/$program" ]; then
        cp "$helpers/$program" "$directory/bin/"
    else
        "${CXX:-c++}" -std=c++20 -O1 -pthread "$here/$program.cpp" -o "$directory/bin/$program" ||
            fail "cannot compile $program (or set SNAPPROTO_HELPERS to where it was built)"
    fi
done

# ---- the filesystems ----------------------------------------------------------------------------------

letters=({a..z})

# attach IMAGE: gives it a loop device, which goes by itself with its last user once it is mounted.
attach() {
    device=$(losetup --find --show "$1") || fail "no loop device for $1"
    bare=$device
    loops+=("$device")
    backings[$device]=$(backing "$device")
}

# show DEVICE POINT: mounts it and remembers the mount under the next letter.
show() {
    mkdir -p "$2" && mount -o noatime "$1" "$2" || fail "cannot mount $1"
    losetup --detach "$1" # lazily: now it is the mount that keeps it
    bare=
}

remember() {
    names+=("${letters[${#names[@]}]}")
    mounts+=("$1")
}

next_point() { echo "$directory/mnt/${letters[${#names[@]}]}"; }

make_ext4() { mkfs.ext4 -q -F -E lazy_itable_init=0,lazy_journal_init=0 "$1"; }

for filesystem in ${filesystems[@]+"${filesystems[@]}"}; do
    type=${filesystem%%:*}
    size=${filesystem#"$type"}
    size=${size#:}
    image=$directory/img/${letters[${#names[@]}]}
    case $type in # xfs and btrfs refuse to be smaller
    ext4) truncate -s "${size:-64}M" "$image" && make_ext4 "$image" ;;
    xfs) truncate -s "${size:-300}M" "$image" && mkfs.xfs -q "$image" ;;
    btrfs) truncate -s "${size:-128}M" "$image" && mkfs.btrfs -q "$image" >/dev/null ;;
    esac || fail "cannot make $filesystem"
    attach "$image"
    images+=("$image")
    point=$(next_point)
    show "$device" "$point"
    remember "$point"
done

of() { # of NAME: the mount point of that name
    local at
    for at in "${!names[@]}"; do
        [ "${names[$at]}" = "$1" ] && { echo "${mounts[$at]}"; return; }
    done
    fail "no filesystem is named $1"
}

for extra in ${extras[@]+"${extras[@]}"}; do
    target=$(of "${extra#*:}") || exit $broken
    point=$(next_point)
    case ${extra%%:*} in
    alias)
        mkdir "$point" && mount --bind "$target" "$point" || fail "cannot mount $target again" ;;
    nested)
        truncate -s 16M "$target/nested.img" && make_ext4 "$target/nested.img" || fail "no nested image"
        attach "$target/nested.img"
        show "$device" "$point" ;;
    shadow)
        truncate -s 16M "$directory/img/${point##*/}" && make_ext4 "$directory/img/${point##*/}" ||
            fail "no image"
        attach "$directory/img/${point##*/}"
        show "$device" "$point/below"
        mount --bind "$target" "$point" || fail "cannot hide $point/below"
        point=$point/below ;;
    esac
    remember "$point"
done

# ---- the inner root -----------------------------------------------------------------------------------

root=$directory/root
mount -t tmpfs -o mode=0755,nosuid,size=1g "$name" "$root" || fail "cannot mount the inner root"
mkdir -p "$root"/{proc,dev,tmp,etc,run,var,bin,usr/bin,"${directory#/}/run","${directory#/}/mnt"}
ln -s ../run "$root/var/run"
ln -s ../proc/self/mounts "$root/etc/mtab"
if [ -n "$terminals" ]; then
    mkdir "$root/dev/pts" && mount -t devpts -o newinstance,mode=600,ptmxmode=600 "$name" \
        "$root/dev/pts" || fail "cannot make terminals"
fi
mknod -m 666 "$root/dev/null" c 1 3 && mknod -m 666 "$root/dev/zero" c 1 5 &&
    mknod -m 444 "$root/dev/urandom" c 1 9 || fail "cannot make device nodes"
for device in ${loops[@]+"${loops[@]}"}; do # agents look up the device of a btrfs by its name
    mknod -m 600 "$root$device" b 7 "${device#/dev/loop}" || fail "cannot make $device inside"
done

# put FILE [TARGET]: copies a program and its shared libraries into the inner root.
put() {
    local library
    mkdir -p "$root$(dirname "${2:-$1}")"
    cp -L "$1" "$root${2:-$1}" || fail "cannot copy $1"
    ldd "$1" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
        [ -e "$root$library" ] && continue
        mkdir -p "$root$(dirname "$library")"
        cp -L "$library" "$root$library" || exit 1
    done || fail "cannot copy the libraries of $1"
}

for tree in ${trees[@]+"${trees[@]}"}; do
    cp -a "$tree/." "$root/" || fail "cannot copy $tree"
done
for tool in cat date dirname echo head kill mkdir mv rm sleep touch tr yes; do # what hook scripts need
    put "$(type -P $tool)" "/usr/bin/$tool"
done
put "$(readlink -f "$(type -P sh)")" /bin/sh
for program in ${programs[@]+"${programs[@]}"}; do
    put "$program"
done

run=$directory/run
mkdir "$run"/{state,hook.d}
cat >"$run/hook" <<END
#!/bin/sh
# Freeze hook of the sandbox: notes when it was called and with what, then does what it is told.
echo "\$(/usr/bin/date +%s.%N) \$\$ \$#:\$*" >>$run/hook.log
[ ! -e $run/hook.d/\$1 ] || . $run/hook.d/\$1
END
chmod +x "$run/hook"

# ---- run ----------------------------------------------------------------------------------------------

guarded=()
for point in ${mounts[@]+"${mounts[@]}"}; do [ ! -d "$point" ] || guarded+=("$point"); done
coproc WATCHDOG {
    exec setsid "$directory/bin/freeze_watchdog" --bound "$bound" --serve $$ \
        --log "${log:-$run/watchdog.log}" --remove "$directory" ${guarded[@]+"${guarded[@]}"}
}
watchdog=$WATCHDOG_PID
wd_in=${WATCHDOG[1]} wd_out=${WATCHDOG[0]}
read -r -t 10 word <&"$wd_out" && [ "$word" = ready ] || fail "the watchdog does not start"

settings=(--set "root=$root" --set "run=$run" --set "script=$run/hook" --set "mounts=${mounts[*]-}"
    --set "images=${images[*]-}")
for at in ${names[@]+"${!names[@]}"}; do settings+=(--set "${names[$at]}=${mounts[$at]}"); done
for set in ${sets[@]+"${sets[@]}"}; do settings+=(--set "$set"); done
numbers=${loops[*]+${loops[*]#/dev/loop}}
[ -n "$quiet" ] || [ -n "$nothing" ] ||
    echo "sandbox: $directory: ${mounts[*]##*/} on ${loops[*]}" >&2

"$directory/bin/sandbox_init" --name "$name" ${numbers:+--loops "${numbers// /,}"} \
    --directory "$directory" --enter "$directory/bin/sandbox_enter" "${settings[@]}" \
    ${guarded[@]+"${guarded[@]}"} -- "$@" \
    <&0 {wd_in}>&- {wd_out}<&- &
runner=$!

while :; do
    wait -n -p ended "$runner" "$watchdog"
    status=$?
    case ${ended:-} in
    "$runner") break ;;
    "$watchdog") # without it nothing may stay frozen, and nothing may go on
        watchdog=
        echo "sandbox.sh: the watchdog has died (status $status); thawing and ending everything" >&2
        for point in ${guarded[@]+"${guarded[@]}"}; do fsfreeze --unfreeze "$point" 2>/dev/null & done
        kill -TERM "$runner" 2>/dev/null
        wait "$runner"
        status=$broken
        break ;;
    esac
done
runner=
finish "$status"
