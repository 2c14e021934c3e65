#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What libvirt makes of a busy guest, with qemu-ga or with snapagent in it: copies by `virsh
snapshot-create-as`, with and without --quiesce, are judged by the filesystem's own tools and by the
witness (examples/verify/).

stock_agent.py [--agent qemu-ga|snapagent] [--count N] [--report FILE]   status 77: skipped, with
                                                                         the reason

It fails when writers go on after `virsh domfsfreeze`; when a quiesced copy needs repair or lacks a
transaction that was acknowledged before; when one that is not quiesced lacks, once its journal has
been replayed, what had been flushed; and when none of these needs repair, for then the judge sees
nothing.
"""

import argparse
import os
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # in a source tree
from judging import WITNESS, findings_by_kind, keep_acknowledged, shortcomings, table
from libvirt_machine import LibvirtGuest
from machine import AGENT_PORT, ROOT, Failed, make, status_of
from workload import KINDS, Busy, kinds_to_judge

WAYS = {"--quiesce": "quiesced", "": "not quiesced", "replayed": "the same, journal replayed"}
OWED = {"--quiesce": ["filesystem", "files", "unflushed", "sqlite", "postgresql"],
        "replayed": ["files", "sqlite", "postgresql"]}
STANDSTILL = 1.0  # seconds for which nobody may write
COMMANDS = {"qemu-ga": "qemu-ga -m virtio-serial -t /run -p", "snapagent": "snapagent -p"}


def judge(image, acknowledged, place, kinds, replay=False):
    """What is wrong with a copy: "filesystem" and kinds to findings."""
    raw, folder = os.path.join(place, "raw"), os.path.join(place, "witness")
    subprocess.run(["qemu-img", "convert", "-U", "-O", "raw", image, raw], check=True)
    if replay:
        subprocess.run(["e2fsck", "-fy", "-E", "journal_only", raw], capture_output=True,
                       check=False)  # status 1: it was repaired
    head = subprocess.run(["dumpe2fs", "-h", raw], capture_output=True, text=True, check=True)
    broken = ["its journal has to be replayed"] if "needs_recovery" in head.stdout else []
    checked = subprocess.run(["e2fsck", "-fn", raw], capture_output=True, text=True, check=False)
    if checked.returncode != 0:
        broken.append(f"e2fsck ends with status {checked.returncode}")
    subprocess.run(["debugfs", "-R", f"rdump /witness {place}", raw], capture_output=True,
                   check=True)
    done = subprocess.run([sys.executable, WITNESS, "check", folder, "--each", "--acknowledged",
                           acknowledged], capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise Failed(f"the witness cannot judge: {done.stderr.strip()}")
    os.unlink(raw)
    shutil.rmtree(folder)
    return {"filesystem": broken, **findings_by_kind(done.stdout, kinds)}


def take(guest, way, number):
    """@return the file in which the machine goes on; the copy is the one before"""
    overlay = os.path.join(guest.place, f"data.{number}")
    guest.virsh("snapshot-create-as", "guest", f"s{number}", "--disk-only", "--atomic",
                "--no-metadata", *([way] if way else []), "--diskspec", f"vda,file={overlay}",
                "--diskspec", "vdb,snapshot=no")
    return overlay


def stand_still(guest, busy):
    """A freeze by hand: nobody may acknowledge anything before the thaw. Redis writes to memory."""
    print(guest.virsh("domfsinfo", "guest").rstrip(), flush=True)
    guest.virsh("domfsfreeze", "guest")
    time.sleep(0.3)  # what was on its way to us
    before = busy.acknowledged()
    time.sleep(STANDSTILL)
    after = busy.acknowledged()
    guest.virsh("domfsthaw", "guest")
    went_on = [kind for kind in busy.kinds if kind != "redis" and after[kind] != before[kind]]
    if went_on:
        raise Failed(f"written while all was frozen: {' '.join(went_on)}")
    busy.await_transactions(after, 3)
    print(f"domfsfreeze: nobody wrote for {STANDSTILL} s; domfsthaw: all go on", flush=True)


def run(options, place):
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # the filesystem's tools
    own = [os.path.join(options.bin, "snapagent")] if options.agent == "snapagent" else []
    if own and not os.path.exists(own[0]):
        raise Failed(f"there is no {own[0]}: build it first")
    make()
    kinds = [kind for kind in kinds_to_judge() if not options.kind or kind in options.kind]
    results = {way: [] for way in WAYS}
    begun = time.monotonic()
    with LibvirtGuest(os.path.join(place, "guest"), own, kinds) as guest:
        print(f"the guest answers after {time.monotonic() - begun:.1f} s", flush=True)
        busy = Busy(guest, kinds)
        guest.start(f"{COMMANDS[options.agent]} /dev/virtio-ports/{AGENT_PORT}", options.agent)
        guest.await_agent()
        print(f"all are at work after {time.monotonic() - begun:.1f} s", flush=True)
        stand_still(guest, busy)
        for number in range(2 * options.count):
            way = ("--quiesce", "")[number % 2]
            busy.await_transactions(busy.acknowledged(), 3)
            until_now = keep_acknowledged(guest, os.path.join(place, "acknowledged"))
            overlay = take(guest, way, number)
            judged = {way: judge(guest.disk, until_now, place, kinds)}
            if not way:
                judged["replayed"] = judge(guest.disk, until_now, place, kinds, replay=True)
            guest.virsh("blockcommit", "guest", "vda", "--active", "--pivot", "--wait")
            os.unlink(overlay)
            for one, wrong in judged.items():
                results[one].append(wrong)
                bad = [f"{kind}: {said[0]}" for kind, said in wrong.items() if said]
                print(f"{time.monotonic() - begun:6.1f} s  {WAYS[one]:27} "
                      f"{'; '.join(bad) or 'all is there'}", flush=True)
    text = table(results, WAYS, kinds)
    print("\n" + text)
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write(text)
    bad = list(shortcomings(results, WAYS, OWED))
    if not any(wrong["filesystem"] for wrong in results[""]):
        bad.append("no copy that is not quiesced needs repair")
    for one in bad:
        print(f"FAILED: {one}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--agent", choices=COMMANDS, default="qemu-ga",
                        help="what libvirt speaks to in the guest (default: %(default)s)")
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"),
                        help="where snapagent is (default: %(default)s)")
    parser.add_argument("--count", type=int, default=5, help="copies of each kind (default: 5)")
    parser.add_argument("--kind", action="append", choices=KINDS,
                        help="this workload only, may be repeated (default: all)")
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    options = parser.parse_args()
    return status_of(lambda place: run(options, place), prefix="stock-")


if __name__ == "__main__":
    sys.exit(main())
