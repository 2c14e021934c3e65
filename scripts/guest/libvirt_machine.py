# SPDX-License-Identifier: BSL-1.0
"""The same guest, run by a libvirtd of our own, without systemd, D-Bus and root."""

import contextlib
import os
import shutil
import signal
import subprocess
import time

from machine import (AGENT_PORT, BOOT_LIMIT, KERNEL_WORDS, MADE, Controlled, Failed, Skipped,
                     accelerator, pack_initrd, ports)

NOBODY = 65534
OUR_PORT = "org.snapproto.agent"

DOMAIN = """<domain type='{kind}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>guest</name>
  <memory unit='MiB'>512</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='q35'>hvm</type>
    <kernel>{place}/vmlinuz</kernel>
    <initrd>{place}/initrd</initrd>
    <cmdline>{kernel_words}</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='maximum'/>
  <devices>
    <emulator>{emulator}</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='{place}/data.qcow2'/>
      <target dev='vda' bus='virtio'/>
      <serial>data</serial>
    </disk>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw'/>
      <source file='{place}/root.img'/>
      <target dev='vdb' bus='virtio'/>
      <serial>root</serial>
      <readonly/>
    </disk>
    <serial type='file'><source path='{place}/console'/></serial>
    <channel type='unix'>
      <source mode='bind' path='{place}/qga'/>
      <target type='virtio' name='{agent_port}'/>
    </channel>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
{more}  </qemu:commandline>
</domain>
"""


class LibvirtGuest(Controlled):
    """Beside libvirt's own agent port and monitor it has those that snaptake needs: both can take
    snapshots of it, in turn."""

    def __init__(self, place, programs=(), reports=()):
        for program in ("libvirtd", "virsh"):
            if not shutil.which(program):
                raise Skipped(f"needs {program} (scripts/install_deps.sh libvirt)")
        self.place = place
        self.daemon = None
        for folder in ("home", "run", "reports"):
            os.makedirs(os.path.join(place, folder))
        for folder in (os.path.dirname(place), place):  # libvirt's user passes through
            os.chmod(folder, 0o711)
        for name in ("vmlinuz", "root.img"):
            subprocess.run(["cp", "--sparse=always", os.path.join(MADE, name), place], check=True)
        self.disk = os.path.join(place, "data.qcow2")
        subprocess.run(["qemu-img", "convert", "-O", "qcow2", os.path.join(MADE, "data.qcow2"),
                        self.disk], check=True)
        pack_initrd(place, programs)
        self.qmp_path, self.agent = os.path.join(place, "qmp"), os.path.join(place, "agent")
        more = [*ports(place, reports, OUR_PORT),
                "-qmp", f"unix:{self.qmp_path},server=on,wait=off"]
        with open(os.path.join(place, "domain.xml"), "w", encoding="utf-8") as file:
            file.write(DOMAIN.format(
                kind="kvm" if accelerator() == "kvm" else "qemu", place=place,
                emulator=shutil.which("qemu-system-x86_64"),
                agent_port=AGENT_PORT, kernel_words=KERNEL_WORDS,
                more="".join(f"    <qemu:arg value='{word}'/>\n" for word in more)))
        self.user = ["setpriv", "--pdeathsig", "TERM"]
        if os.geteuid() == 0:  # libvirt of a user is another one than that of root
            self.user += ["--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups"]
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", place], check=True)
        self.user += ["env", f"HOME={place}/home", f"XDG_RUNTIME_DIR={place}/run", "LC_ALL=C"]
        try:
            self.start_daemon()
            self.virsh("create", os.path.join(place, "domain.xml"))
            self.reach(BOOT_LIMIT)
        except Failed:
            self.stop()
            raise

    def start_daemon(self):
        self.said = open(os.path.join(self.place, "libvirtd.log"), "wb")
        self.daemon = subprocess.Popen([*self.user, "libvirtd"], stdin=subprocess.DEVNULL,
                                       stdout=self.said, stderr=self.said)
        until = time.monotonic() + BOOT_LIMIT
        while True:
            try:
                self.version = self.virsh("version")
                return
            except Failed:
                if self.daemon.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.2)

    def virsh(self, *words, limit=120):
        try:
            done = subprocess.run([*self.user, "virsh", "-q", "-c", "qemu:///session", *words],
                                  capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            raise Failed(f"virsh {words[0]}: no answer in {limit} s") from None
        if done.returncode != 0:
            raise Failed(f"virsh {' '.join(words)}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def alive(self):
        return self.daemon is not None and self.daemon.poll() is None

    def await_agent(self):
        """Until libvirt has seen that the agent has opened its port."""
        until = time.monotonic() + BOOT_LIMIT
        while "state='connected'" not in self.virsh("dumpxml", "guest"):
            if time.monotonic() > until:
                raise Failed("libvirt does not see the agent")
            time.sleep(0.2)

    def stop(self):
        """Ends the guest and the daemon, also one that is too busy to end the guest."""
        qemu = None
        with contextlib.suppress(OSError, ValueError):
            with open(os.path.join(self.place, "run/libvirt/qemu/run/guest.pid"),
                      encoding="ascii") as file:
                qemu = int(file.read())
        if self.alive():
            with contextlib.suppress(Failed):  # it was never there
                self.virsh("destroy", "guest")
            self.daemon.send_signal(signal.SIGTERM)
        with contextlib.suppress(OSError):
            with open(f"/proc/{qemu}/cmdline", "rb") as file:
                if self.place.encode() in file.read():  # no other process of that number
                    os.kill(qemu, signal.SIGKILL)
        if self.daemon is not None:
            try:
                self.daemon.wait(BOOT_LIMIT)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()
            self.said.close()
        if hasattr(self, "control"):
            self.control.stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
