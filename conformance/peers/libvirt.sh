#!/bin/bash
# SPDX-License-Identifier: BSL-1.0
# Judges libvirt as an orchestrator: its own daemon, a real QEMU, and our agent at the other end of
# the guest agent's channel. See usage() below.
set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 125
readonly here
readonly skipped=77 broken=125

usage() {
    cat <<'END'
usage: libvirt.sh [OPTION]... [-- SNAPCHECK-FLAG...]

Starts libvirtd by hand (no systemd, no D-Bus, no root needed), a guest that does nothing but open the
guest agent's port, and runs
  snapcheck orchestrator --listen ... --trigger 'virsh snapshot-create-as --disk-only --quiesce ...'
which is both ends of that channel. Nothing is frozen by it: the agent is snapcheck.

  --agent-timeout N  what `virsh guest-agent-timeout` is given: seconds (default 3; libvirt's own
                     default is to wait for ever)
  --baseline         the deviations that are known of this version are expected, and no others: the file
                     libvirt-VERSION.baseline beside this script
  --write-baseline   writes that file anew from this run; reasons in it stay
  --repeat N         runs all so often; verdicts must not differ
  --snapcheck FILE   the program to run (default: $SNAPCHECK, or snapcheck from the path)
  --fetch            only fills the cache with the guest's kernel

Environment: SNAPPROTO_CACHE (where the guest is kept; default ~/.cache/snapproto).

Exit status: that of snapcheck; 77 skipped, with the reason, if a program is missing or the kernel cannot
be got; 125 libvirt or the guest could not be started; 2 wrong usage.
END
}

skip() {
    echo "skipped: $*"
    exit $skipped
}

fail() {
    echo "libvirt.sh: $*" >&2
    exit $broken
}

snapcheck=${SNAPCHECK:-snapcheck} timeout=3 baseline='' flags=() fetch_only=''
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --fetch) fetch_only=1; shift; continue ;;
    --baseline | --write-baseline) baseline=$1; shift; continue ;;
    --) shift; break ;;
    --agent-timeout | --repeat | --snapcheck) [ $# -ge 2 ] || { usage >&2; exit 2; } ;;
    *) echo "libvirt.sh: unknown option $1" >&2; usage >&2; exit 2 ;;
    esac
    case $1 in
    --agent-timeout) timeout=$2 ;;
    --repeat) flags+=(--repeat "$2") ;;
    --snapcheck) snapcheck=$2 ;;
    esac
    shift 2
done

PATH=$PATH:/usr/sbin:/sbin
for program in libvirtd virsh qemu-system-x86_64 qemu-img busybox cpio; do
    command -v "$program" >/dev/null ||
        skip "needs $program (scripts/install_deps.sh libvirt)"
done
[ "$(uname -m)" = x86_64 ] || skip "needs a machine of the kind that the guest is: x86_64"

# ---- the guest ------------------------------------------------------------------------------------

readonly cache=${SNAPPROTO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/snapproto}/libvirt

# make_guest: a kernel as Debian packages it, and a root file system that opens every virtio port.
make_guest() {
    local package place=$cache/new drivers module
    command -v apt-get >/dev/null || skip "needs apt-get to get the guest's kernel"
    package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | awk '/Depends:/ { print $2; exit }')
    [ -n "$package" ] || skip "needs the package linux-image-cloud-amd64 among this machine's sources"
    rm -rf "$place"
    mkdir -p "$place"/root/{bin,proc,sys,dev,lib} || fail "cannot write $cache"
    (cd "$place" && apt-get -q download "$package") >"$place/log" 2>&1 ||
        { tail -3 "$place/log" >&2; skip "cannot get $package"; }
    dpkg -x "$place/$package"_*.deb "$place/kernel" || fail "cannot unpack $package"
    drivers=$(echo "$place"/kernel/lib/modules/*/kernel/drivers)
    for module in virtio/virtio{,_ring,_pci_legacy_dev,_pci_modern_dev,_pci} char/virtio_console; do
        cp "$drivers/$module.ko" "$place/root/lib/" || fail "$package has no $module"
    done
    cp "$(command -v busybox)" "$place/root/bin/busybox"
    ln -s busybox "$place/root/bin/sh"
    cat >"$place/root/init" <<'END'
#!/bin/sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_console; do
    /bin/busybox insmod /lib/$module.ko
done
# Whoever has the port open is the agent, as far as the host can tell.
set -- /dev/vport*
until [ -c "$1" ]; do
    /bin/busybox sleep 0.2
    set -- /dev/vport*
done
exec 3<>"$1"
while :; do /bin/busybox sleep 1000; done
END
    chmod +x "$place/root/init"
    (cd "$place/root" && find . | cpio -o -H newc --quiet | gzip) >"$place/initrd" ||
        fail "cannot make the guest's file system"
    mv "$place"/kernel/boot/vmlinuz-* "$cache/vmlinuz" || fail "cannot write $cache"
    mv "$place/initrd" "$cache/initrd" || fail "cannot write $cache" # the last, so all is there
    rm -rf "$place"
}

[ -e "$cache/initrd" ] || make_guest
[ -z "$fetch_only" ] || exit 0
command -v "$snapcheck" >/dev/null || fail "there is no $snapcheck (give --snapcheck FILE)"

# ---- the daemon -----------------------------------------------------------------------------------

place=$(mktemp -d "${TMPDIR:-/tmp}/snapcheck-libvirt-XXXXXX") || fail "no directory"
daemon=''
# Called by trap.
# shellcheck disable=SC2317
clean_up() {
    [ ! -x "$place/virsh" ] || "$place/virsh" destroy snapcheck >/dev/null 2>&1
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null
    wait 2>/dev/null
    rm -rf "$place"
}
trap clean_up EXIT

mkdir "$place"/{home,run} || fail "cannot write $place"
cp "$cache"/{vmlinuz,initrd} "$place/" || fail "cannot write $place"
chmod 711 "$place"
# libvirt of a user is another one than that of root, which wants systemd.
as=(env "HOME=$place/home" "XDG_RUNTIME_DIR=$place/run" "LC_ALL=C")
if [ "$(id -u)" = 0 ]; then
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups "${as[@]}")
    chown -R 65534:65534 "$place"
fi

cat >"$place/domain.xml" <<END
<domain type='qemu'>
  <name>snapcheck</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>$place/vmlinuz</kernel>
    <initrd>$place/initrd</initrd>
    <cmdline>console=ttyS0 quiet panic=-1</cmdline>
  </os>
  <features><acpi/></features>
  <devices>
    <emulator>$(command -v qemu-system-x86_64)</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='$place/disk.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <serial type='file'><source path='$place/serial.log'/></serial>
    <channel type='unix'>
      <source mode='connect' path='$place/agent'/>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
    </channel>
    <memballoon model='none'/>
  </devices>
</domain>
END

# write_script NAME: a program in $place that runs its standard input as libvirt's user does.
write_script() {
    { echo '#!/bin/bash'; cat; } >"$place/$1" || fail "cannot write $place"
    chmod 755 "$place/$1"
}
write_script virsh <<END
exec ${as[@]@Q} virsh -q -c qemu:///session "\$@"
END
# Before each snapshot a fresh guest: libvirt does not trust a channel again that was bad once.
write_script fresh_guest <<END
"$place/virsh" destroy snapcheck >/dev/null 2>&1
rm -f "$place"/disk.*
${as[@]@Q} qemu-img create -q -f qcow2 "$place/disk.qcow2" 64M || exit 1
"$place/virsh" create "$place/domain.xml" >/dev/null || exit 1
for ((i = 0; i < 600; i++)); do
    if "$place/virsh" dumpxml snapcheck | grep -q "state='connected'"; then
        exec "$place/virsh" guest-agent-timeout snapcheck --timeout $timeout >/dev/null
    fi
    sleep 0.1
done
echo "the guest has not opened the agent's port; the last of its console:"
tail -5 "$place/serial.log"
exit 1
END
write_script snapshot <<END
exec "$place/virsh" snapshot-create-as snapcheck --disk-only --quiesce --atomic --no-metadata copy
END

"${as[@]}" libvirtd >"$place/libvirtd.log" 2>&1 &
daemon=$!
for ((i = 0; i < 100; i++)); do
    found=$("$place/virsh" version 2>/dev/null) && break
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.2
done
version=$(sed -n 's/^Using library: libvirt //p' <<<"$found")
[ -n "$version" ] || { tail -5 "$place/libvirtd.log" >&2; fail "libvirtd does not start"; }
emulator=$(sed -n 's/^Running hypervisor: //p' <<<"$found")
echo "libvirt $version, $emulator" >&2

if [ -n "$baseline" ]; then
    file=$here/libvirt-${version%.*}.baseline
    [ "$baseline" != --baseline ] || [ -e "$file" ] || fail "no baseline for this version: $file"
    flags+=("$baseline" "$file")
fi
# The socket is for libvirt's user too.
umask 000
again=(--agent-timeout "$timeout")
[ "$snapcheck" = snapcheck ] || again+=(--snapcheck "$snapcheck")
replay=$(printf '%q ' "${BASH_SOURCE[0]}" "${again[@]}")--
"$snapcheck" orchestrator --listen "unix:$place/agent" --before "$place/fresh_guest" \
    --trigger "$place/snapshot" --patience $((timeout * 6 + 10)) \
    --target-name "libvirt $version, agent time-out $timeout s" --replay-head "$replay" \
    ${flags[@]+"${flags[@]}"} "$@"
