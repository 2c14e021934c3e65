#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What libvirt and qemu-ga make of a busy guest: copies by `virsh snapshot-create-as`, with and
without --quiesce, are judged by the filesystem's own tools and by the witness (examples/verify/).

stock_agent.py [--count N] [--report FILE]      status 77: skipped, with the reason

It fails when a quiesced copy needs repair or lacks a transaction that was acknowledged before; when
one that is not quiesced lacks, once its journal has been replayed, what had been flushed; and when
none of these needs repair, for then the judge sees nothing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # in a source tree
from libvirt_machine import LibvirtGuest
from machine import ROOT, Failed, Skipped, end_on_signal, make
from workload import KINDS, Busy

WITNESS = os.path.join(ROOT, "examples", "verify", "witness.py")
JUDGED = ["files", "unflushed", "sqlite"]  # what needs no server to be judged
WAYS = {"--quiesce": "quiesced by libvirt and qemu-ga", "": "not quiesced",
        "replayed": "the same, journal replayed"}
OWED = {"--quiesce": ["filesystem", *JUDGED], "replayed": ["files", "sqlite"]}


def judge(image, acknowledged, place, replay=False):
    """What is wrong with a copy: "filesystem" and kinds to findings."""
    raw, folder = os.path.join(place, "raw"), os.path.join(place, "witness")
    subprocess.run(["qemu-img", "convert", "-U", "-O", "raw", image, raw], check=True)
    if replay:
        subprocess.run(["e2fsck", "-fy", "-E", "journal_only", raw], capture_output=True,
                       check=False)  # status 1: it was repaired
    head = subprocess.run(["dumpe2fs", "-h", raw], capture_output=True, text=True, check=True)
    wrong = {"filesystem": ["its journal has to be replayed"] if "needs_recovery" in head.stdout
             else []}
    checked = subprocess.run(["e2fsck", "-fn", raw], capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        wrong["filesystem"].append(f"e2fsck ends with status {checked.returncode}")
    subprocess.run(["debugfs", "-R", f"rdump /witness {place}", raw], capture_output=True,
                   check=True)
    for kind in JUDGED:
        done = subprocess.run([sys.executable, WITNESS, "check", os.path.join(folder, kind),
                               "--acknowledged", os.path.join(acknowledged, kind)],
                              capture_output=True, text=True, check=False)
        wrong[kind] = [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()
    os.unlink(raw)
    shutil.rmtree(folder, ignore_errors=True)
    return wrong


def take(guest, way, number):
    """@return the file in which the machine goes on; the copy is the one before"""
    overlay = os.path.join(guest.place, f"data.{number}")
    guest.virsh("snapshot-create-as", "guest", f"s{number}", "--disk-only", "--atomic",
                "--no-metadata", *([way] if way else []), "--diskspec", f"vda,file={overlay}",
                "--diskspec", "vdb,snapshot=no")
    return overlay


def run(options, place):
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # the filesystem's tools
    make()
    results = {way: [] for way in WAYS}
    begun = time.monotonic()
    with LibvirtGuest(os.path.join(place, "guest"), (), JUDGED) as guest:
        print(f"the guest answers after {time.monotonic() - begun:.1f} s", flush=True)
        busy = Busy(guest, JUDGED)
        guest.start("qemu-ga -m virtio-serial -p /dev/virtio-ports/org.qemu.guest_agent.0 -t /run",
                    "qemu-ga")
        guest.await_agent()
        print(f"all are at work after {time.monotonic() - begun:.1f} s", flush=True)
        for number in range(2 * options.count):
            way = ("--quiesce", "")[number % 2]
            busy.await_transactions(busy.acknowledged(), 3)
            until_now = os.path.join(place, "acknowledged")
            shutil.rmtree(until_now, ignore_errors=True)
            shutil.copytree(os.path.join(guest.place, "reports"), until_now)
            overlay = take(guest, way, number)
            judged = {way: judge(guest.disk, until_now, place)}
            if not way:
                judged["replayed"] = judge(guest.disk, until_now, place, replay=True)
            guest.virsh("blockcommit", "guest", "vda", "--active", "--pivot", "--wait")
            os.unlink(overlay)
            for one, wrong in judged.items():
                results[one].append(wrong)
                bad = [f"{kind}: {said[0]}" for kind, said in wrong.items() if said]
                print(f"{time.monotonic() - begun:6.1f} s  {WAYS[one]:32} "
                      f"{'; '.join(bad) or 'all is there'}", flush=True)
    lines = [f"| of {options.count} copies each | " + " | ".join(WAYS.values()) + " |",
             "|---|---|---|---|"]
    for kind in ("filesystem", *JUDGED):
        cells = (str(sum(not wrong[kind] for wrong in copies)) for copies in results.values())
        name = KINDS.get(kind, "the filesystem needs no repair")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    print("\n" + "\n".join(lines))
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    bad = [f"{WAYS[way]}, {kind}: {'; '.join(wrong[kind])}" for way, kinds in OWED.items()
           for wrong in results[way] for kind in kinds if wrong[kind]]
    if not any(wrong["filesystem"] for wrong in results[""]):
        bad.append("no copy that is not quiesced needs repair")
    for one in bad:
        print(f"FAILED: {one}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=5, help="copies of each kind (default: 5)")
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    options = parser.parse_args()
    end_on_signal()
    try:
        with tempfile.TemporaryDirectory(prefix="stock-") as place:
            return run(options, place)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    except Failed as reason:
        print(f"FAILED: {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
