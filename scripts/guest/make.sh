#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Makes a small guest of Debian's packages: a kernel, a first file system in memory, and a disk to
# read with the programs that a snapshot is tried with. See usage() below.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../common.sh"
readonly here=$root/scripts/guest

usage() {
    cat <<'END'
usage: scripts/guest/make.sh [--into FOLDER] [--fresh]

Makes, in build/guest or FOLDER:
  vmlinuz    the kernel of the package linux-image-cloud-amd64
  initrd     busybox and the drivers of virtio; it mounts the root and goes on there
  root.img   ext4, never written to: bash, python3, sqlite3, redis, postgresql, qemu-guest-agent
             with all that they depend upon, unpacked and not configured
  packages   which packages, with their versions
Nothing is made again while the versions that apt offers, and these scripts, are the same; --fresh
makes it again all the same. No rights are needed, only apt's package lists.

Exit status: 77 skipped, with the reason, where a program or the packages cannot be had.
END
}

into=$root/build/guest fresh=''
while [ $# -gt 0 ]; do
    case $1 in
    -h | --help) usage; exit 0 ;;
    --into) [ $# -ge 2 ] || { usage >&2; exit 2; }; into=$2; shift 2 ;;
    --fresh) fresh=1; shift ;;
    *) echo "make.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
done

skip() {
    echo "skipped: $*"
    exit "$exit_skipped"
}

PATH=$PATH:/usr/sbin:/sbin
for program in apt-get dpkg-deb busybox cpio mkfs.ext4; do
    has "$program" || skip "needs $program (scripts/install_deps.sh libvirt)"
done
[ "$(uname -m)" = x86_64 ] || skip "needs a machine of the kind that the guest is: x86_64"
# Asking apt takes a while: not again before its lists are others.
if [ -z "$fresh" ] && [ -e "$into/stamp" ] &&
    [ -z "$(find /var/lib/apt/lists "${BASH_SOURCE[0]}" "$here/first_init" -maxdepth 1 \
        -newer "$into/stamp" -print -quit)" ]; then
    exit 0
fi
# depends PACKAGE WHAT: the first package of such a name that it depends upon
depends() {
    apt-cache depends "$1" 2>/dev/null | sed -n "s/^  Depends: \($2[^ ]*\)$/\1/p" | head -n 1
}
kernel=$(depends linux-image-cloud-amd64 linux-image-)
[ -n "$kernel" ] || skip "needs the package linux-image-cloud-amd64 among this machine's sources"
postgresql=$(depends postgresql postgresql-)
readonly wanted=(bash coreutils util-linux grep sed python3 sqlite3 redis-server qemu-guest-agent
    ${postgresql:+"$postgresql"})

mkdir -p "$into"
into=$(cd "$into" && pwd)
readonly archives=$into/archives new=$into/new
mkdir -p "$archives/partial"
: >"$into/none-installed"
# What this machine has installed is no reason to leave a package out of the guest.
apt=(apt-get -q=2 -o "Dir::State::status=$into/none-installed" -o "Dir::Cache::archives=$archives"
    -o Debug::NoLocking=1 -o APT::Install-Recommends=0 -o APT::Sandbox::User=root)

# As files of the cache: NAME_VERSION_ARCHITECTURE.deb, the version's epoch behind %3a.
as_files() {
    sed -En 's/^Inst ([^ ]+) \(([^ ]+) .*\[([a-z0-9]+)\].*/\1_\2_\3.deb/p' | sed 's/:/%3a/'
}
plan=$("${apt[@]}" -s install "${wanted[@]}" 2>"$into/log" &&
    "${apt[@]}" -s install "$kernel" 2>>"$into/log" | grep "^Inst $kernel ") ||
    { tail -n 3 "$into/log" >&2; skip "the packages cannot be had: try apt-get update"; }
list=$(as_files <<<"$plan" | LC_ALL=C sort -u)
stamp=$({ echo "$list"; cat "${BASH_SOURCE[0]}" "$here/first_init"; } | sha256sum)
if [ -z "$fresh" ] && [ "$stamp" = "$(cat "$into/stamp" 2>/dev/null)" ]; then
    touch "$into/stamp"
    exit 0
fi

say "Making the guest in $into ($(wc -l <<<"$list") packages)"
"${apt[@]}" -d -y install "${wanted[@]}" >"$into/log" 2>&1 ||
    { tail -n 3 "$into/log" >&2; skip "the packages cannot be had"; }
(cd "$archives" && { compgen -G "${kernel}_*.deb" >/dev/null || "${apt[@]}" download "$kernel"; }) \
    >>"$into/log" 2>&1 || { tail -n 3 "$into/log" >&2; skip "$kernel cannot be had"; }

rm -rf "$new"
mkdir -p "$new"/{root,kernel,first/{bin,lib,proc,sys,dev,root}}
while read -r package; do
    dpkg-deb --fsys-tarfile "$archives/$package" |
        tar -x -C "$new/root" --keep-directory-symlink --no-same-owner \
        --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
        --exclude='./usr/share/icu' --exclude='*libLLVM*' --exclude='*/llvmjit*' \
        --exclude='./usr/lib/*/perl*' --exclude='./usr/share/perl*' ||
        die "cannot unpack $package"
done < <(grep -v "^${kernel}_" <<<"$list")
cp "$(command -v busybox)" "$new/root/bin/busybox"
mkdir -p "$new"/root/{dev,proc,sys,run,srv,tmp,etc}
ln -sfn bash "$new/root/bin/sh"
printf '%s\n' root:x:0:0::/root:/bin/bash postgres:x:70:70::/run:/bin/bash \
    nobody:x:65534:65534::/run:/bin/false >"$new/root/etc/passwd"
printf '%s\n' root:x:0: postgres:x:70: nogroup:x:65534: >"$new/root/etc/group"
for program in bash python3 sqlite3 redis-server redis-cli setpriv; do
    [ -x "$new/root/usr/bin/$program" ] || [ -x "$new/root/bin/$program" ] ||
        die "the packages have no $program"
done
chmod -R u+rX "$new/root"

# One size for all runs: what is there, and a tenth for the file system's own.
megabytes=$(($(du -sm "$new/root" | cut -f1) * 11 / 10 + 24))
rm -f "$new/root.img"
mkfs.ext4 -q -O ^has_journal -m 0 -L root -d "$new/root" -E root_owner=0:0 "$new/root.img" \
    "${megabytes}M" >>"$into/log" 2>&1 || { tail -n 3 "$into/log" >&2; die "mkfs.ext4 failed"; }

dpkg-deb -x "$archives/$kernel"_*.deb "$new/kernel"
drivers=$(echo "$new"/kernel/lib/modules/*/kernel/drivers)
for module in virtio/virtio{,_ring,_pci_legacy_dev,_pci_modern_dev,_pci} block/virtio_blk \
    char/virtio_console; do
    cp "$drivers/$module.ko" "$new/first/lib/" || die "$kernel has no $module"
done
cp "$(command -v busybox)" "$new/first/bin/busybox"
ln -s busybox "$new/first/bin/sh"
install -m 755 "$here/first_init" "$new/first/init"
(cd "$new/first" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0 | gzip -n -1) \
    >"$new/initrd"

mv "$new"/kernel/boot/vmlinuz-* "$into/vmlinuz"
mv "$new"/{initrd,root.img} "$into/"
printf '%s\n' "$list" >"$into/packages"
rm -rf "$new" "$into"/data.qcow2
echo "$stamp" >"$into/stamp" # the last, so all is there
