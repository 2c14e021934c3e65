# SPDX-License-Identifier: BSL-1.0
"""A guest that scripts/guest/make.sh has made, running in QEMU."""

import contextlib
import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MADE = os.path.join(ROOT, "build", "guest")
AGENT_PORT = "org.qemu.guest_agent.0"
BOOT_LIMIT = 120  # seconds; some five are needed without hardware's help
DISK_BYTES = 512 << 20
AS_POSTGRES = "setpriv --reuid 70 --regid 70 --clear-groups --"
END = b"\n\x1e"
# A processor that is played has no leaks to be mended, which costs it more than a real one.
KERNEL_WORDS = "console=ttyS0 quiet panic=-1 no_timer_check mitigations=off no5lvl"
# Parts of the C library, which the guest has of the same version or a later one.
OF_THE_C_LIBRARY = ("linux-vdso", "ld-linux", "libc.so", "libm.so", "libpthread", "libdl", "librt")


class Failed(Exception):
    """The guest or QEMU did not do what it was to do."""


class Skipped(Exception):
    """This machine cannot do it."""


def status_of(run, prefix=None, keep=None):
    """The exit status of run(folder), whose folder is new: one that is gone afterwards, or keep."""
    # Whoever ends us with SIGTERM finds no guest left behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        if keep:
            os.makedirs(keep)
            return run(os.path.abspath(keep))
        with tempfile.TemporaryDirectory(prefix=prefix) as place:
            return run(place)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    except (Failed, FileExistsError) as reason:
        print(f"FAILED: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def answered(path, number, patience=5.0):
    """Whether an agent answers a host that comes, asks once, and goes."""
    with socket.socket(socket.AF_UNIX) as host:
        host.connect(path)
        host.settimeout(patience)
        host.sendall(b'{"execute":"guest-sync","arguments":{"id":%d}}\n' % number)
        said = b""
        try:
            while b'"return"' not in said or not said.endswith(b"\n"):
                more = host.recv(4096)
                if not more:
                    return False
                said += more
        except TimeoutError:
            return False
        return json.loads(said.splitlines()[-1])["return"] == number


def make():
    """Makes the guest if it is not there. Raises Skipped, Failed."""
    done = subprocess.run([os.path.join(HERE, "make.sh")], stdout=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode == 77:
        raise Skipped(done.stdout.strip().splitlines()[-1].removeprefix("skipped: "))
    if done.returncode != 0:
        raise Failed("the guest cannot be made")
    for program in ("qemu-system-x86_64", "qemu-img"):
        if not shutil.which(program):
            raise Skipped(f"needs {program} (scripts/install_deps.sh libvirt)")
    if not os.path.exists(os.path.join(MADE, "data.qcow2")):
        make_data()


def make_data():
    """The disk that every guest begins with: ext4 with an empty cluster of PostgreSQL, which only
    the guest's own programs can make."""
    with tempfile.TemporaryDirectory(prefix="data-", dir=MADE) as place:
        raw, disk = os.path.join(place, "raw"), os.path.join(place, "disk.qcow2")
        with open(raw, "wb") as file:
            file.truncate(DISK_BYTES)
        subprocess.run(["mkfs.ext4", "-q", "-L", "data", raw], check=True)
        subprocess.run(["qemu-img", "convert", "-O", "qcow2", raw, disk], check=True)
        with Guest(place, disk=disk) as guest:
            guest.run("mkdir /srv/witness")
            if guest.run("ls -d /usr/lib/postgresql 2>/dev/null || true").strip():
                guest.run(f"install -d -o 70 -g 70 -m 700 /srv/witness/postgresql; {AS_POSTGRES} "
                          "/usr/lib/postgresql/*/bin/initdb -D /srv/witness/postgresql "
                          "-U postgres -A trust -E UTF8 --locale=C --no-sync", 280)
            guest.run("sync; busybox umount /srv")
            guest.qmp("quit")
            guest.process.wait(30)
        os.rename(disk, os.path.join(MADE, "data.qcow2"))


def libraries_of(program):
    told = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in told.splitlines():
        words = line.split()
        if len(words) > 2 and words[1] == "=>" and not words[0].startswith(OF_THE_C_LIBRARY):
            yield words[0], words[2]


def pack_initrd(place, programs):
    """The first file system, with what this run adds to it: our programs and their libraries."""
    payload = os.path.join(place, "first", "payload")
    for folder in ("bin", "lib"):
        os.makedirs(os.path.join(payload, folder))
    shutil.copy(os.path.join(HERE, "init"), payload)
    examples = os.path.join(ROOT, "examples")
    for name in ("witness.py", "witness_servers.py"):
        shutil.copy(os.path.join(examples, "verify", name), payload)
    shutil.copytree(os.path.join(examples, "linux_agent", "hooks"), os.path.join(payload, "hooks"))
    for program in programs:
        shutil.copy(program, os.path.join(payload, "bin"))
        for name, file in libraries_of(program):
            shutil.copy(file, os.path.join(payload, "lib", name))
    initrd = os.path.join(place, "initrd")
    shutil.copy(os.path.join(MADE, "initrd"), initrd)
    with open(initrd, "ab") as file:
        names = subprocess.run(["find", "payload"], cwd=os.path.join(place, "first"),
                               capture_output=True, check=True).stdout
        made = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet", "-R", "0:0"], input=names,
                              cwd=os.path.join(place, "first"), capture_output=True, check=True)
        file.write(b"\0" * (-file.tell() % 4))  # the kernel looks for the second one there
        file.write(made.stdout)
    shutil.rmtree(os.path.join(place, "first"))
    return initrd


def ports(place, reports, agent_port=AGENT_PORT):
    """Words of QEMU: a serial port for the agent, one for us, and one for each report.

    What the guest writes to a report is in a file of the host as soon as it is written."""
    words = ["-device", "virtio-serial-pci,id=lines,addr=0x1c"]  # where libvirt puts nothing
    for name, port in (("agent", agent_port), ("control", "snapproto.control")):
        words += ["-chardev", f"socket,id=c-{name},path={place}/{name},server=on,wait=off",
                  "-device", f"virtserialport,bus=lines.0,chardev=c-{name},name={port}"]
    for name in reports:
        words += ["-chardev", f"file,id=c-{name},path={place}/reports/{name}",
                  "-device", f"virtserialport,bus=lines.0,chardev=c-{name},name=report.{name}"]
    return words


def accelerator():
    """How processors are played. KVM is there on some machines and useless on others, so it is used
    where it is asked for."""
    return os.environ.get("SNAPPROTO_GUEST_ACCEL") or "tcg"


class Lines:
    """A socket of QEMU at which text comes."""

    def __init__(self, path, alive, limit):
        until = time.monotonic() + limit
        while True:
            self.stream = socket.socket(socket.AF_UNIX)
            try:
                self.stream.connect(path)
                break
            except OSError as error:
                self.stream.close()
                if not alive() or time.monotonic() > until:
                    raise Failed(f"QEMU does not start: {path}: {error}") from error
                time.sleep(0.05)
        self.buffer = b""

    def until(self, mark, limit):
        """What comes before the mark, which is taken out too."""
        end = time.monotonic() + limit
        while mark not in self.buffer:
            self.stream.settimeout(max(0.01, end - time.monotonic()))
            try:
                more = self.stream.recv(65536)
            except TimeoutError:
                raise Failed(f"no answer in {limit} s, but {self.buffer[-200:]!r}") from None
            if not more:
                raise Failed("QEMU has ended")
            self.buffer += more
        before, _, self.buffer = self.buffer.partition(mark)
        return before


class Controlled:
    """What can be said to a running guest, whoever has started it. Needs `place`, `qmp_path` and
    `alive`."""

    def reach(self, limit=BOOT_LIMIT):
        """Waits until the guest answers."""
        self.control = Lines(os.path.join(self.place, "control"), self.alive, limit)
        self.run("true", limit)

    def run(self, command, limit=30):
        """What a line of shell prints in the guest. Raises Failed unless its status is 0."""
        self.control.stream.sendall(command.encode() + b"\n")
        said = self.control.until(END, limit).decode("utf-8", "replace")
        status = self.control.until(b"\n", limit)
        if status != b"0":
            raise Failed(f"in the guest: {command}: status {status.decode()}: {said.strip()}")
        return said

    def start(self, command, log, to_log="1"):
        """Starts something that stays. @param to_log "2" if the command says where its output goes
        @return its process number there"""
        where = f">/run/{log}.log 2>&1" if to_log == "1" else f"2>/run/{log}.log"
        return int(self.run(f"setsid {command} </dev/null {where} & echo $!"))

    def end(self, process, how="TERM"):
        """Ends what was started, and waits until it has gone."""
        self.run(f"kill -{how} {process}; while kill -0 {process} 2>/dev/null; do sleep 0.1; done")

    def qmp(self, name, **arguments):
        """Asks the monitor on a connection of its own."""
        to = Lines(self.qmp_path, self.alive, 10)
        with contextlib.closing(to.stream):
            to.until(b"\n", 10)
            for request in ({"execute": "qmp_capabilities"},
                            {"execute": name, "arguments": arguments}):
                to.stream.sendall(json.dumps(request).encode() + b"\n")
                reply = {}
                while "return" not in reply and "error" not in reply:  # an event
                    reply = json.loads(to.until(b"\n", 30))
            if "error" in reply:
                raise Failed(f"{name}: {reply['error']['desc']}")
            return reply["return"]

    def commit(self, base):
        """Has the machine go on in that image again, if it goes on in an overlay of it."""
        inserted = [one["inserted"] for one in self.qmp("query-block") if not
                    one.get("inserted", {"ro": True})["ro"]]
        if len(inserted) != 1:
            raise Failed(f"it writes to {len(inserted)} disks")
        overlay = inserted[0]["file"]
        if overlay == base:
            return
        self.qmp("block-commit", **{"job-id": "undo", "device": inserted[0]["node-name"],
                                    "base": base})
        until, told = time.monotonic() + BOOT_LIMIT, False
        while time.monotonic() < until:
            jobs = {one["id"]: one["status"] for one in self.qmp("query-jobs")}
            if "undo" not in jobs:
                return
            if jobs["undo"] == "ready" and not told:
                self.qmp("job-complete", id="undo")
                told = True
            time.sleep(0.05)
        raise Failed(f"{overlay} cannot be committed")

    def report(self, name):
        return os.path.join(self.place, "reports", name)


class Guest(Controlled):
    """A guest in a QEMU of our own, which ends with us."""

    def __init__(self, place, programs=(), reports=(), disk=None):
        self.place = place
        os.makedirs(os.path.join(place, "reports"), exist_ok=True)
        self.qmp_path, self.agent = os.path.join(place, "qmp"), os.path.join(place, "agent")
        self.disk = disk or self.fresh_disk(place)
        accel = accelerator()
        words = ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-no-reboot",
                 "-machine", f"q35,accel={accel}",
                 "-cpu", "max" if accel == "tcg" else "host,-arch-capabilities", "-m", "512",
                 "-serial", f"file:{place}/console",
                 "-kernel", os.path.join(MADE, "vmlinuz"), "-initrd", pack_initrd(place, programs),
                 "-append", KERNEL_WORDS,
                 "-qmp", f"unix:{self.qmp_path},server=on,wait=off",
                 "-blockdev", "driver=raw,node-name=root,read-only=on,file.driver=file,"
                              f"file.filename={MADE}/root.img",
                 "-device", "virtio-blk-pci,drive=root,serial=root",
                 "-blockdev", "driver=qcow2,node-name=data,file.driver=file,"
                              f"file.filename={self.disk}",
                 "-device", "virtio-blk-pci,drive=data,id=data,serial=data",
                 *ports(place, reports)]
        with open(os.path.join(place, "command"), "w", encoding="utf-8") as file:
            file.write(shlex.join(words) + "\n")
        self.said = open(os.path.join(place, "qemu.log"), "w", encoding="utf-8")
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *words],
                                        stdin=subprocess.DEVNULL, stdout=self.said,
                                        stderr=self.said)
        try:
            self.reach()
        except Failed:
            self.stop()
            raise

    @staticmethod
    def fresh_disk(place):
        disk = os.path.join(place, "data.qcow2")
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b",
                        os.path.join(MADE, "data.qcow2"), disk], check=True)
        return disk

    def alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()
        self.said.close()
        if hasattr(self, "control"):
            self.control.stream.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
