#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""How long a snapshot keeps a guest's programs waiting: snaptake with snapagent beside libvirt with
qemu-ga, on the same running guest, in turn.

frozen_window.py [--bin FOLDER] [--writer FILE] [--count N] [--json FILE]   status 77: skipped

In the guest bench/blocked_writer.cpp appends records to a file on the disk that is cut, flushes
each, and tells its longest append: from the call that the freeze blocks to its return after the
thaw, by the guest's monotonic clock. "Nothing" is its longest append in 0.6 s without a
snapshot: what the machine itself does to it. "Load" is a second program that writes to another file
and flushes nothing. After each snapshot the overlay is committed into the image again, so that all
begin alike.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # in a source tree
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "scripts", "guest"))
from libvirt_machine import OUR_PORT, LibvirtGuest
from machine import Failed, make, status_of

SETTLE = 0.2  # seconds between what one snapshot has left to do and the next one
QUIET = 0.6
LOAD_MIB, LOAD_KIB = 64, 4096  # what the load writes to, and how much of it a second
LOADS = ["idle", "load"]
WAYS = {"nothing": "nothing", "snaptake": "snaptake and snapagent",
        "libvirt": "libvirt and qemu-ga"}


class Window:
    """The writer in the guest, and what it has seen."""

    def __init__(self, guest):
        self.guest = guest
        # What an earlier writer has told is in the same file, and is not what this one has seen.
        self.read = os.path.getsize(guest.report("window"))
        self.writer = guest.start("blocked_writer /srv/window >/dev/virtio-ports/report.window",
                                  "writer", to_log="2")
        self.next_line()  # it has begun, and may be asked

    def longest(self):
        """Seconds of the longest append since this was asked last."""
        self.guest.run(f"kill -USR1 {self.writer}")
        return self.next_line()

    def next_line(self):
        until = time.monotonic() + 60
        while True:
            with open(self.guest.report("window"), "rb") as file:
                file.seek(self.read)
                line = file.readline()
            if line.endswith(b"\n"):
                self.read += len(line)
                return int(line.split()[0]) / 1e9
            if time.monotonic() > until:
                raise Failed("the writer does not go on")
            time.sleep(0.01)


class Snapshots:
    def __init__(self, guest, snaptake):
        self.guest = guest
        self.snaptake = snaptake
        self.number = 0

    def nothing(self):
        time.sleep(QUIET)

    def of_snaptake(self):
        self.number += 1
        done = subprocess.run([self.snaptake, "take", "--json", "--agent", self.guest.agent,
                               "--qmp", self.guest.qmp_path, "--tag", f"s{self.number}",
                               "--reach-limit", "30s"],
                              capture_output=True, text=True, check=False)
        result = json.loads(done.stdout) if done.stdout else {}
        if done.returncode != 0 or result.get("label") != "filesystem":
            raise Failed(f"snaptake: {done.stdout}{done.stderr} agent: "
                         f"{self.guest.run('tail -n 5 /run/snapagent.log')}")
        self.overlay = result["machines"][0]["disks"][0]["file"]

    def of_libvirt(self):
        self.number += 1
        self.overlay = os.path.join(self.guest.place, f"data.l{self.number}")
        self.guest.virsh("snapshot-create-as", "guest", f"l{self.number}", "--disk-only",
                         "--quiesce", "--atomic", "--no-metadata",
                         "--diskspec", f"vda,file={self.overlay}", "--diskspec", "vdb,snapshot=no")

    def undo_snaptake(self):
        self.guest.commit(self.guest.disk)
        os.unlink(self.overlay)

    def undo_libvirt(self):
        self.guest.virsh("blockcommit", "guest", "vda", "--active", "--pivot", "--wait")
        os.unlink(self.overlay)


def measure(guest, snaptake, count, say):
    """Way to seconds, of so many snapshots each, in turn."""
    window = Window(guest)
    by = Snapshots(guest, snaptake)
    steps = {"nothing": (by.nothing, None), "snaptake": (by.of_snaptake, by.undo_snaptake),
             "libvirt": (by.of_libvirt, by.undo_libvirt)}
    seen = {way: [] for way in steps}
    for number in range(count):
        for way, (take, undo) in steps.items():
            time.sleep(SETTLE)
            window.longest()
            take()
            seen[way].append(window.longest())
            if undo:
                undo()
        say(f"{number + 1:3}  " + "  ".join(f"{way} {1e3 * seen[way][-1]:.1f} ms" for way in seen))
    guest.end(window.writer)
    return seen


def percentile(values, part):
    """The smallest value that so large a part of all do not exceed."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def table(results):
    lines = ["| load | taken by | snapshots | median | 99th percentile | longest |",
             "|---|---|---|---|---|---|"]
    for load, seen in results.items():
        for way, values in seen.items():
            figures = (statistics.median(values), percentile(values, 0.99), max(values))
            lines.append(f"| {load} | {WAYS[way]} | {len(values)} | "
                         + " | ".join(f"{1e3 * one:.1f} ms" for one in figures) + " |")
    for load, seen in results.items():
        ratio = statistics.median(seen["snaptake"]) / statistics.median(seen["libvirt"])
        lines.append(f"\n{load}: the median of snaptake and snapagent is {ratio:.2f} of that of "
                     "libvirt and qemu-ga.")
    return "\n".join(lines) + "\n"


def run(options, place):
    make()
    programs = [os.path.abspath(os.path.join(options.bin, "snapagent")),
                os.path.abspath(options.writer)]
    for program in programs:
        if not os.path.exists(program):
            raise Failed(f"there is no {program}: build it first")
    results = {}
    with LibvirtGuest(os.path.join(place, "guest"), programs, ["window"]) as guest:
        print(guest.version.strip(), flush=True)
        guest.start("qemu-ga -m virtio-serial -p /dev/virtio-ports/org.qemu.guest_agent.0 -t /run",
                    "qemu-ga")
        guest.start(f"snapagent -p /dev/virtio-ports/{OUR_PORT}", "snapagent")
        guest.await_agent()
        for load in options.load or LOADS:
            if load == "load":
                guest.start(f"blocked_writer --load /srv/load {LOAD_MIB} {LOAD_KIB}", "load")
            results[load] = measure(guest, os.path.join(options.bin, "snaptake"), options.count,
                                    lambda words, load=load: print(load, words, flush=True))
    print("\n" + table(results))
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file)
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    built = os.path.join(ROOT, "build", "dev", "bin")
    parser.add_argument("--bin", default=built, help="where snaptake and snapagent are")
    parser.add_argument("--writer", default=os.path.join(built, "blocked_writer"))
    parser.add_argument("--count", type=int, default=50,
                        help="snapshots of each kind (default: %(default)s)")
    parser.add_argument("--load", action="append", choices=LOADS,
                        help="measure this one only (default: both, in one run)")
    parser.add_argument("--json", metavar="FILE", help="all that was measured, in seconds")
    options = parser.parse_args()
    return status_of(lambda place: run(options, place), prefix="window-")


if __name__ == "__main__":
    sys.exit(main())
