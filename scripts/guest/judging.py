# SPDX-License-Identifier: BSL-1.0
"""What is said of many copies: findings of the witness (examples/verify/), and a table of them."""

import collections
import os
import re
import shutil

from machine import ROOT, Failed
from workload import KINDS

WITNESS = os.path.join(ROOT, "examples", "verify", "witness.py")


def keep_acknowledged(guest, folder):
    """What the writers have acknowledged by now: a copy that is begun later must have it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(os.path.join(guest.place, "reports"), folder)
    return folder


def findings_by_kind(text, kinds):
    """What `witness.py check --each` has printed: each kind to a list of what is wrong with it."""
    wrong = {kind: [] for kind in kinds}
    for line in text.splitlines():
        kind, _, finding = line.partition(": ")
        if kind not in wrong:
            raise Failed(f"the judge says {line}")
        if not re.match(r"\d+ transactions, ", finding):
            wrong[kind].append(finding)
    return wrong


def without_numbers(words):
    """The same words for the same finding, whatever its numbers and folders are."""
    words = re.sub(r"'/[^']*/(witness/[^']*)'", r"\1", words)
    return re.sub(r"\b([0-9a-f]{32,}|\d+)\b", "N", words)


def table(results, titles, kinds):
    """Markdown. @param results way to a list of what is wrong with each copy"""
    count = max(map(len, results.values()))
    lines = [f"| whole, of {count} copies each | " + " | ".join(titles[way] for way in results)
             + " |", "|---|" + "---|" * len(results)]
    for kind in ("filesystem", *kinds):
        cells = [str(sum(not wrong[kind] for wrong in copies)) for copies in results.values()]
        name = KINDS.get(kind, "the filesystem needs no repair")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    lines.append("")
    for way, copies in results.items():
        for kind in ("filesystem", *kinds):
            found = collections.Counter(without_numbers(one)
                                        for wrong in copies for one in wrong[kind])
            lines += [f"- {titles[way]}, {kind}: {words} ({number})"
                      for words, number in found.most_common()]
    return "\n".join(lines) + "\n"


def shortcomings(results, titles, owed):
    """What is owed of a way and is not in one of its copies."""
    for way, kinds in owed.items():
        for kind in kinds:
            bad = [wrong[kind] for wrong in results[way] if wrong.get(kind)]
            if bad:
                yield f"{titles[way]}, {kind}: {len(bad)} copies, the first: {'; '.join(bad[0])}"
