#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""How many copies of a busy guest hold what they should: copies made without integration, with its
filesystems frozen, and with its databases taking part.

verify_copies.py [--bin FOLDER] [--count N] [--report FILE]   status 77: skipped, with the reason

A guest of scripts/guest/make.sh runs the witness (examples/verify/) in plain files, SQLite, and,
where this machine has the servers to judge a copy, Redis and PostgreSQL. snaptake takes N copies
each way, and each is judged by `snaptake verify` against what had been acknowledged before the
snapshot began.

It fails when a copy of a frozen guest holds less than it must, and when the judge finds nothing
wrong with the copies of one that was not: it would not find anything then.
"""

import argparse
import collections
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # in a source tree
from machine import ROOT, Failed, Guest, Skipped, end_on_signal, make
from workload import KINDS, Busy, kinds_to_judge

WITNESS = os.path.join(ROOT, "examples", "verify", "witness.py")
MODES = {"nothing": "without integration", "replayed": "the same, journal replayed",
         "filesystem": "filesystems frozen", "participants": "databases take part too"}
# What must be there in every copy; of the rest the table tells.
OWED = {"replayed": {"files", "sqlite", "postgresql"},
        "filesystem": {"filesystem", "files", "unflushed", "sqlite", "postgresql"},
        "participants": {"filesystem", *KINDS}}


def take(programs, guest, place, mode, tag):
    """@return the copy, and how snaptake labels it"""
    words = [programs["snaptake"], "take", "--json", "--agent", guest.agent,
             "--qmp", guest.qmp_path, "--method", "backup", "--into", place, "--tag", tag,
             "--hold-limit", "60s"]
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
    return result["machines"][0]["disks"][0]["copy"], label


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
    wrong = {one: [] for one in ("filesystem", *kinds)}
    for step in json.loads(done.stdout)["steps"]:
        if step["verdict"] == "pass":
            continue
        if step["about"] != "folder":
            wrong["filesystem"].append(step["words"])
            continue
        lines = step["words"].splitlines()
        judged = set()
        for line in lines:
            kind, _, finding = line.partition(": ")
            if kind not in wrong:
                raise Failed(f"the judge says {line}")
            judged.add(kind)
            if not re.match(r"\d+ transactions, ", finding):
                wrong[kind].append(finding)
        for kind in set(kinds) - judged:
            wrong[kind].append("its folder is not there")
    return wrong


def without_numbers(words):
    return re.sub(r"[0-9a-f]{32,}|\d+", "N", words)


def table(results, kinds, count):
    """Markdown. @param results mode to a list of what is wrong with each copy"""
    lines = [f"| of {count} copies each | " + " | ".join(MODES[mode] for mode in results) + " |",
             "|---|" + "---|" * len(results)]
    for kind in ("filesystem", *kinds):
        cells = [str(sum(not wrong[kind] for wrong in copies)) for copies in results.values()]
        name = KINDS.get(kind, "the filesystem needs no repair")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    for mode, copies in results.items():
        for kind in ("filesystem", *kinds):
            found = collections.Counter(without_numbers(one)
                                        for wrong in copies for one in wrong[kind])
            lines += [f"- {MODES[mode]}, {kind}: {words} ({number})"
                      for words, number in found.most_common()]
    return "\n".join(lines) + "\n"


def shortcomings(results, kinds):
    """What is not as it must be."""
    for mode, owed in OWED.items():
        for kind in ("filesystem", *kinds):
            bad = [wrong[kind] for wrong in results[mode] if wrong[kind]]
            if kind in owed and bad:
                yield f"{MODES[mode]}, {kind}: {len(bad)} copies, the first: {'; '.join(bad[0])}"
    if not any(wrong["filesystem"] for wrong in results["nothing"]):
        yield "no copy without integration needs repair: the judge sees nothing"
    if not any(wrong["unflushed"] for wrong in results["replayed"]):
        yield "no copy without integration lacks what was never flushed: the witness sees nothing"


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
        for mode in ("nothing", "filesystem", "participants"):
            busy.agent_for(mode)
            for number in range(options.count):
                busy.await_transactions(busy.acknowledged(), 3)
                until_now = os.path.join(place, "acknowledged")
                shutil.rmtree(until_now, ignore_errors=True)
                shutil.copytree(os.path.join(guest.place, "reports"), until_now)
                copy, label = take(programs, guest, place, mode, f"{mode[0]}{number}")
                ways = ("nothing", "replayed") if mode == "nothing" else (mode,)
                for way in ways:
                    wrong = judge(programs, copy, until_now, place, kinds, way == "replayed")
                    results[way].append(wrong)
                    bad = [kind for kind, findings in wrong.items() if findings]
                    print(f"{time.monotonic() - begun:6.1f} s  {MODES[way]:26} {number + 1:3}  "
                          f"{label:10}  {'all is there' if not bad else 'not: ' + ' '.join(bad)}",
                          flush=True)
                os.unlink(copy)
        busy.agent_for("nothing")
    text = table(results, kinds, options.count)
    print("\n" + text)
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write(text)
    bad = list(shortcomings(results, kinds))
    for one in bad:
        print(f"FAILED: {one}")
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"),
                        help="where snaptake and snapagent are (default: %(default)s)")
    parser.add_argument("--count", type=int, default=5, help="copies of each kind (default: 5)")
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    parser.add_argument("--keep", metavar="FOLDER", help="where the guest lives, kept for a look")
    options = parser.parse_args()
    end_on_signal()
    try:
        if options.keep:
            os.makedirs(options.keep)
            return run(options, os.path.abspath(options.keep))
        with tempfile.TemporaryDirectory(prefix="guest-") as place:
            return run(options, place)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    except Failed as reason:
        print(f"FAILED: {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
