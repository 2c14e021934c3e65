# SPDX-License-Identifier: BSL-1.0
"""The witness (examples/verify/) at work in a guest."""

import time

from machine import Failed

PAUSE = 0.02  # of a writer after each transaction, in seconds: all share one slow processor
WARM_UP = 20  # transactions of each writer before the first copy
LIMIT = 120  # seconds, for each step of a guest without hardware's help
KINDS = {"files": "plain files, flushed",
         "unflushed": "plain files of a program that flushes nothing",
         "sqlite": "SQLite, in WAL mode"}
OPTIONS = {"files": "", "unflushed": "--unflushed", "sqlite": "--sqlite"}


class Busy:
    """A guest with writers of these kinds in it, which has a port for the reports of each."""

    def __init__(self, guest, kinds):
        self.guest, self.kinds = guest, kinds
        for kind in kinds:
            guest.start(f"python3 /run/payload/witness.py write /srv/witness/{kind} "
                        f"{OPTIONS[kind]} --pause {PAUSE} >/dev/virtio-ports/report.{kind}",
                        f"witness-{kind}", to_log="2")
        self.await_transactions(dict.fromkeys(kinds, 0), WARM_UP)

    def acknowledged(self):
        """How many transactions each has acknowledged by now."""
        counts = {}
        for kind in self.kinds:
            with open(self.guest.report(kind), "rb") as file:
                counts[kind] = file.read().count(b"\n")
        return counts

    def await_transactions(self, since, number):
        """Until each writer has acknowledged so many more. Raises Failed."""
        until = time.monotonic() + LIMIT
        while True:
            now = self.acknowledged()
            late = [kind for kind in self.kinds if now[kind] < since[kind] + number]
            if not late:
                return
            if time.monotonic() > until:
                said = self.guest.run(f"tail -n 3 /run/witness-{late[0]}.log")
                raise Failed(f"the writer of {late[0]} does not go on: {said.strip()}")
            time.sleep(0.05)
