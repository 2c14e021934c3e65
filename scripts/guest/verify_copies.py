#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""How many copies of a busy guest hold what they should: copies made without integration, with its
filesystems frozen, and with its databases taking part.

verify_copies.py [--bin FOLDER] [--count N] [--within SECONDS] [--report FILE]
    status 77: skipped, with the reason

A guest of scripts/guest/make.sh runs the witness (examples/verify/) in plain files, SQLite, and,
where this machine has the servers to judge a copy, Redis and PostgreSQL. snaptake takes N copies
each way, and each is judged by `snaptake verify` against what had been acknowledged before the
snapshot began.

It fails when a copy of a frozen guest holds less than it must, and when the judge finds nothing
wrong with the copies of one that was not: it would not find anything then.
"""

import argparse
import concurrent.futures
import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # in a source tree
from judging import WITNESS, findings_by_kind, keep_acknowledged, shortcomings, table
from machine import ROOT, Failed, Guest, make, status_of
from workload import KINDS, Busy, kinds_to_judge

MODES = {"nothing": "without integration", "replayed": "the same, journal replayed",
         "filesystem": "filesystems frozen", "participants": "databases take part too"}
ROUND = 5  # copies of one mode before those of the next
# What must be there in every copy; of the rest the table tells.
OWED = {"replayed": ["files", "sqlite", "postgresql"],
        "filesystem": ["filesystem", "files", "unflushed", "sqlite", "postgresql"],
        "participants": ["filesystem", *KINDS]}


def take(programs, guest, place, mode, tag):
    """@return the copy"""
    words = [programs["snaptake"], "take", "--json", "--agent", guest.agent,
             "--qmp", guest.qmp_path, "--method", "backup", "--into", place, "--tag", tag,
             "--hold-limit", "120s"]
    if mode == "nothing":
        words += ["--crash-ok", "--reach-limit", "300ms"]
    else:
        words += ["--reach-limit", "60s"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    result = json.loads(done.stdout) if done.stdout else {}
    label = result.get("label")
    if label != ("crash" if mode == "nothing" else "filesystem"):
        raise Failed(f"{mode}: {done.stdout}{done.stderr} agent: "
                     f"{guest.run('tail -n 5 /run/snapagent.log || true')}")
    return result["machines"][0]["disks"][0]["copy"]


def judge(programs, copy, acknowledged, place, kinds, recover):
    """What is wrong with a copy: kind, and "filesystem", to a list of findings."""
    words = [programs["snaptake"], "verify", copy, "--json", "--work", place,
             "--folder", "/witness", "--judge",
             shlex.join([sys.executable, WITNESS, "check", "--each", "--acknowledged",
                         acknowledged]) + " {folder}",
             *(["--recover"] if recover else []), "--limit", "120s"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise Failed(f"snaptake verify: {done.stderr}")
    broken, judged = [], ""
    for step in json.loads(done.stdout)["steps"]:
        if step["about"] == "folder":
            judged = None if step["verdict"] == "pass" else step["words"]
        elif step["verdict"] != "pass":
            broken.append(step["words"])
    if judged is None:
        return {"filesystem": broken, **dict.fromkeys(kinds, [])}
    if judged.startswith("/witness: "):  # of the tool that takes it out of the copy
        return {"filesystem": broken, **dict.fromkeys(kinds, ["the filesystem cannot be read"])}
    return {"filesystem": broken, **findings_by_kind(judged, kinds)}


def blind(results):
    """Whether the judges would have found anything."""
    if not any(wrong["filesystem"] for wrong in results["nothing"]):
        yield "no copy without integration needs repair: the judge sees nothing"
    if not any(wrong["unflushed"] for wrong in results["replayed"]):
        yield "no copy without integration lacks what was never flushed: the witness sees nothing"


def judge_all(programs, copy, acknowledged, place, kinds, mode):
    """@return way to what is wrong with this copy; the copy is removed"""
    ways = ("nothing", "replayed") if mode == "nothing" else (mode,)
    judged = {way: judge(programs, copy, acknowledged, place, kinds, way == "replayed")
              for way in ways}
    os.unlink(copy)
    shutil.rmtree(acknowledged)
    return judged


def run(options, place):
    kinds = kinds_to_judge()
    programs = {name: os.path.join(options.bin, name) for name in ("snaptake", "snapagent")}
    for program in programs.values():
        if not os.path.exists(program):
            raise Failed(f"there is no {program}: the examples are built first")
    make()
    begun = time.monotonic()
    results = {mode: [] for mode in MODES}
    with Guest(os.path.join(place, "guest"), [programs["snapagent"]], kinds) as guest:
        print(f"the guest answers after {time.monotonic() - begun:.1f} s", flush=True)
        busy = Busy(guest, kinds)
        print(f"all are at work after {time.monotonic() - begun:.1f} s", flush=True)
        with concurrent.futures.ThreadPoolExecutor(1) as judges:
            pending = None  # a copy is judged while the next one is taken

            def tell():
                for way, wrong in (pending.result() if pending else {}).items():
                    results[way].append(wrong)
                    bad = [kind for kind, findings in wrong.items() if findings]
                    print(f"{time.monotonic() - begun:6.1f} s  {MODES[way]:26} "
                          f"{len(results[way]):3}  "
                          f"{'all is there' if not bad else 'not: ' + ' '.join(bad)}", flush=True)

            for first in range(0, options.count, ROUND):
                if time.monotonic() - begun > options.within:
                    print(f"it ends here: {options.within:.0f} s have passed", flush=True)
                    break
                numbers = range(first, min(first + ROUND, options.count))
                for mode, number in itertools.product(("nothing", "filesystem", "participants"),
                                                      numbers):
                    if number == first:
                        busy.agent_for(mode)
                    busy.await_transactions(busy.acknowledged(), 3)
                    tag = f"{mode[0]}{number}"
                    until_now = keep_acknowledged(guest, os.path.join(place, "until-" + tag))
                    copy = take(programs, guest, place, mode, tag)
                    tell()
                    pending = judges.submit(judge_all, programs, copy, until_now, place, kinds,
                                            mode)
            tell()
        busy.agent_for("nothing")
    text = table(results, MODES, kinds)
    print("\n" + text)
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write(text)
    bad = [*shortcomings(results, MODES, OWED), *blind(results)]
    for one in bad:
        print(f"FAILED: {one}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"),
                        help="where snaptake and snapagent are (default: %(default)s)")
    parser.add_argument("--count", type=int, default=5, help="copies of each kind (default: 5)")
    parser.add_argument("--within", type=float, default=float("inf"), metavar="SECONDS",
                        help="begin no further round after so long")
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    parser.add_argument("--keep", metavar="FOLDER", help="where the guest lives, kept for a look")
    options = parser.parse_args()
    return status_of(lambda place: run(options, place), prefix="guest-", keep=options.keep)


if __name__ == "__main__":
    sys.exit(main())
