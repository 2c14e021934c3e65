#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A real QEMU is cut by snaptake while a played agent is frozen; the copies are looked at.

snaptake_qemu_test.py SNAPTAKE [NAME]...   status 77: skipped, with the reason

No guest runs in it: what a guest would write is written through QEMU's own monitor, one pattern
before the freeze and another as soon as the guest is thawed.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # of what is imported from a source tree
from snaptake_test import Machine, Run, require, require_at_rest

SIZE = 8 << 20
BEFORE, AFTER = 0x41, 0x42
OFFSETS = (0, SIZE - 4096)
QEMU = ["qemu-system-x86_64", "-nodefaults", "-display", "none", "-machine", "q35,accel=tcg",
        "-m", "32"]
HALT = b"\xf4"  # the processor is to do nothing


class Qemu(Machine):
    """A machine with a disk by -drive and one by -blockdev, in different formats."""

    def __init__(self, place, name, *more):
        super().__init__(place, name)
        self.place = place
        self.disks = {"first": os.path.join(place, name + "-first.qcow2"),
                      "second": os.path.join(place, name + "-second.raw")}
        for file in self.disks.values():
            form = "qcow2" if file.endswith("qcow2") else "raw"
            subprocess.run(["qemu-img", "create", "-q", "-f", form, file, str(SIZE)], check=True)
        self.qmp = os.path.join(place, name + ".monitor")
        side = os.path.join(place, name + ".side")
        firmware = os.path.join(place, name + ".firmware")
        with open(firmware, "wb") as file:
            file.write(HALT * 65536)
        self.process = subprocess.Popen([
            *QEMU, "-bios", firmware, "-qmp", f"unix:{self.qmp},server=on,wait=off",
            "-qmp", f"unix:{side},server=on,wait=off",
            "-drive", f"id=first,if=none,format=qcow2,file={self.disks['first']}",
            "-device", "virtio-blk-pci,drive=first,id=vda",
            "-blockdev", "driver=raw,node-name=second,file.driver=file,"
                         f"file.filename={self.disks['second']}",
            "-device", "virtio-blk-pci,drive=second,id=vdb", *more], stdout=subprocess.DEVNULL)
        self.asking = threading.Lock()  # by the agent, and by a case
        self.side = self.connect(side)
        self.at = self.go_on
        self.went_on = threading.Event()
        self.write(BEFORE)

    def connect(self, path):
        """Somebody else's monitor of the same QEMU."""
        until = time.monotonic() + 60
        while True:
            stream = socket.socket(socket.AF_UNIX)
            try:
                stream.connect(path)
                break
            except OSError:
                stream.close()
                require(self.process.poll() is None and time.monotonic() < until,
                        "QEMU does not start")
                time.sleep(0.1)
        self.lines = stream.makefile("r", encoding="utf-8")
        self.lines.readline()
        stream.sendall(b'{"execute": "qmp_capabilities"}\n')
        self.lines.readline()
        return stream

    def ask(self, name, **arguments):
        request = json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n"
        with self.asking:
            self.side.sendall(request)
            reply = {}
            while "return" not in reply and "error" not in reply:  # an event
                reply = json.loads(self.lines.readline())
        require("return" in reply, name, reply)
        return reply["return"]

    def images(self):
        """The files that the disks are written to."""
        return {entry["inserted"]["file"] for entry in self.ask("query-block")}

    def write(self, pattern):
        """As the guest does, through its disks."""
        for disk in ("first", "-d /machine/peripheral/vdb/virtio-backend"):
            for what in (*(f"write -P {pattern} {offset} 4096" for offset in OFFSETS), "flush"):
                said = self.ask("human-monitor-command",
                                **{"command-line": f'qemu-io {disk} "{what}"'})
                require(said == "", said)

    def go_on(self, step):
        """The guest writes again as soon as it may."""
        if step == "guest-fsfreeze-thaw answered":
            self.write(AFTER)
            self.went_on.set()

    def stop(self):
        self.process.kill()
        self.process.wait()


def has(file, form, pattern):
    """Whether an image has that pattern where the guest has written."""
    words = ["qemu-io", "-r", "-U", "-f", form]
    for offset in OFFSETS:
        words += ["-c", f"read -P {pattern} {offset} 4096"]
    done = subprocess.run([*words, file], capture_output=True, text=True, check=False)
    return done.returncode == 0 and "verification failed" not in done.stdout


def form_of(file):
    return "qcow2" if file.endswith("qcow2") else "raw"


def require_copies(run, machine):
    require(run.status == 0, run.status, run.result)
    require(machine.went_on.wait(60), "the guest was not thawed")
    told = run.result["machines"][0]["disks"]
    require(len(told) == 2, told)
    for disk in told:
        copy = disk["copy"]
        require(has(copy, form_of(copy), BEFORE), "what was written before is not in", copy)
        require(not has(copy, form_of(copy), AFTER), "what was written afterwards is in", copy)
    require(not machine.frozen)


def an_overlay_of_both_disks(machine):
    run = Run([machine]).end()
    require_copies(run, machine)
    for disk in run.result["machines"][0]["disks"]:
        require(disk["copy"] in machine.disks.values(), disk)
        require(has(disk["file"], "qcow2", AFTER), disk)
        subprocess.run(["qemu-img", "check", "-q", "-U", "-f", "qcow2", disk["file"]], check=True)
    again = Run([machine], "--tag", "again").end()
    require(again.status == 0, again.result)
    images = {one["image"] for one in again.result["machines"][0]["disks"]}
    require(images == {one["file"] for one in run.result["machines"][0]["disks"]}, images)


def a_backup_of_both_disks(machine):
    run = Run([machine], "--method", "backup", "--into", machine.place).end()
    require_copies(run, machine)
    require_untouched(machine)


def an_overlay_that_cannot_be_made(machine):
    """QEMU makes the first and cannot make the second: nothing is frozen, and neither disk cut."""
    os.symlink("/nowhere/at/all", os.path.join(machine.place, "m-second.t.qcow2"))
    run = Run([machine]).end()
    require(run.status == 1 and run.result["label"] == "none", run.result)
    require(machine.freezes == 0 and not run.result["left_behind"], run.result)
    require_untouched(machine)
    first = next(one for one in run.result["machines"][0]["disks"] if one["disk"] == "first")
    require(first["state"] == "removed" and not os.path.exists(first["file"]), first)


def a_cut_of_which_one_half_fails(machine):
    """One of two overlays goes away before the cut: neither disk may be cut."""
    go_on = machine.at

    def at(step):
        if step == "guest-fsfreeze-freeze":
            os.unlink(os.path.join(machine.place, "m-second.t.qcow2"))
        go_on(step)

    machine.at = at
    run = Run([machine]).end()
    require(run.status == 1 and run.result["label"] == "none", run.result)
    require(machine.thaws >= 1 and not machine.frozen)
    require(not run.result["left_behind"], run.result)
    require_untouched(machine)
    for disk in run.result["machines"][0]["disks"]:
        require(not os.path.exists(disk["file"]), disk)


def require_untouched(machine):
    """QEMU writes to its images, and has nothing of a snapshot."""
    require(machine.images() == set(machine.disks.values()))
    require_nothing_in_qemu(machine)


def require_nothing_in_qemu(machine):
    require(not machine.ask("query-jobs"), "a job is left")
    nodes = {one["node-name"] for one in machine.ask("query-named-block-nodes")}
    require(not any(one.startswith("stt") for one in nodes), nodes)


def one_disk_only(machine):
    run = Run([machine], "--dry-run").end()
    require(len(run.result["plan"][0]["disks"]) == 2, run.result)
    words = machine.words
    machine.words = lambda: words() + ",disk=vdb"
    run = Run([machine]).end()
    require(run.status == 0, run.result)
    told = run.result["machines"][0]["disks"]
    require([one["image"] for one in told] == [machine.disks["second"]], told)
    require_at_rest(run, [machine])


def two_machines(machine):
    with tempfile.TemporaryDirectory(prefix="snaptake-qemu-") as place:
        other = Qemu(place, "other")
        try:
            run = Run([machine, other]).end()
            require(run.status == 0, run.result)
            copies = [disk["copy"] for one in run.result["machines"] for disk in one["disks"]]
            require(len(copies) == 4, copies)
            require(all(has(one, form_of(one), BEFORE) for one in copies), copies)
        finally:
            other.stop()


def a_backup_that_is_given_up(_):
    """Ctrl-C while a real job copies a slow disk."""
    with tempfile.TemporaryDirectory(prefix="snaptake-qemu-") as place:
        machine = Qemu(place, "m", "-blockdev", "driver=null-co,node-name=slow,size=4294967296,"
                                                "latency-ns=500000000",
                       "-device", "virtio-blk-pci,drive=slow,id=vdc")
        try:
            run = Run([machine], "--method", "backup", "--into", place)
            require(machine.went_on.wait(60), "the guest was not thawed")
            require(machine.ask("query-jobs"), "the slow copy is over", run.process.poll())
            run.signal(signal.SIGINT)
            run.end()
            require(run.status == 1 and run.result["interrupted"], run.result)
            require(run.result["label"] == "none" and not run.result["left_behind"], run.result)
            require_backed_out(run, machine)
        finally:
            machine.stop()


def require_backed_out(run, machine):
    """Nothing in QEMU and nothing on disk is left of it."""
    require_nothing_in_qemu(machine)
    for disk in run.result["machines"][0]["disks"]:
        require(disk["state"] == "removed" and not os.path.exists(disk["file"]), disk)


CASES = [an_overlay_of_both_disks, a_backup_of_both_disks, an_overlay_that_cannot_be_made,
         a_cut_of_which_one_half_fails, one_disk_only, two_machines, a_backup_that_is_given_up]


def main():
    for program in ("qemu-system-x86_64", "qemu-img", "qemu-io"):
        if not shutil.which(program):
            print(f"skipped: there is no {program} (scripts/install_deps.sh libvirt)")
            return 77
    failed = 0
    for case in CASES:
        if sys.argv[2:] and case.__name__ not in sys.argv[2:]:
            continue
        with tempfile.TemporaryDirectory(prefix="snaptake-qemu-") as place:
            begun = time.monotonic()
            machine = Qemu(place, "m")
            try:
                case(machine)
                verdict = "ok"
            except (AssertionError, subprocess.SubprocessError) as error:
                verdict = f"FAILED: {error}"
                failed += 1
            finally:
                machine.stop()
            print(f"{case.__name__:45} {time.monotonic() - begun:5.1f} s  {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
