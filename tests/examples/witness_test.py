#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The witness: what is whole passes, and each copy that is torn by hand is found.

witness_test.py WITNESS
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

WITNESS = os.path.abspath(sys.argv[1])
COUNT = 40


class Torn:
    """A folder with a copy of the witness, to be damaged; and what was acknowledged."""

    def __init__(self, place, kind):
        self.place, self.kind = place, kind
        self.folder = os.path.join(place, "witness")
        self.acknowledged = os.path.join(place, "acknowledged")

    def write(self, count=COUNT, seed=1, folder=None):
        words = [sys.executable, WITNESS, "write", folder or self.folder, "--count", str(count),
                 "--seed", str(seed), *self.option()]
        with open(self.acknowledged, "w", encoding="ascii") as out:
            subprocess.run(words, check=True, stdout=out)

    def option(self):
        return [] if self.kind == "files" else ["--" + self.kind]

    def file(self, name):
        return os.path.join(self.folder, name)

    def check(self):
        done = subprocess.run([sys.executable, WITNESS, "check", self.folder, "--acknowledged",
                               self.acknowledged], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))


def require_found(one, *words):
    status, said = one.check()
    require(status == 1, status, said)
    require(any(word in said for word in words), said)


def contents(path):
    with open(path, "rb") as file:
        return file.read()


def replace(path, data):
    with open(path, "wb") as file:
        file.write(data)


# ---- plain files --------------------------------------------------------------------------------


def whole(one):
    one.write()
    status, said = one.check()
    require(status == 0 and f"{COUNT} transactions, none is half there" in said, said)


def a_record_without_its_end(one):
    one.write()
    replace(one.file("journal"), contents(one.file("journal"))[:-7])
    require_found(one, f"record {COUNT} is torn")


def a_tail_of_zeros(one):
    """What a filesystem may show of a block that was allocated and not written."""
    one.write()
    data = contents(one.file("journal"))
    replace(one.file("journal"), data[:-40] + b"\0" * 40)
    require_found(one, "is torn")


def a_journal_that_is_older_than_the_accounts(one):
    one.write()
    lines = contents(one.file("journal")).splitlines(keepends=True)
    replace(one.file("journal"), b"".join(lines[:-3]))
    require_found(one, "of different times")


def accounts_that_are_older_than_the_journal(one):
    one.write(COUNT - 5)
    old = contents(one.file("accounts"))
    shutil.rmtree(one.folder)
    one.write()
    replace(one.file("accounts"), old)
    require_found(one, "of different times")


def both_are_too_old(one):
    """Whole, but transactions are lost that somebody was told of."""
    one.write()
    told = contents(one.acknowledged)
    shutil.rmtree(one.folder)
    one.write(COUNT - 1)
    replace(one.acknowledged, told)
    require_found(one, f"{COUNT} transactions were acknowledged, {COUNT - 1} are there")


def half_of_the_accounts(one):
    one.write(COUNT - 1)
    old = contents(one.file("accounts"))
    shutil.rmtree(one.folder)
    one.write()
    new = contents(one.file("accounts"))
    replace(one.file("accounts"), new[:len(new) // 2] + old[len(old) // 2:])
    require_found(one, "accounts: torn")


def a_record_of_another_run(one):
    one.write()
    data = contents(one.file("journal"))
    shutil.rmtree(one.folder)
    one.write(seed=2)
    other = contents(one.file("journal"))
    cut = other.index(b"\n", len(other) // 2) + 1
    replace(one.file("journal"), data[:data.index(b"\n", cut) + 1] + other[cut:])
    require_found(one, "does not follow")


def one_that_was_killed_is_whole(one):
    """A process that ends has what it has acknowledged, and at most one more."""
    process = subprocess.Popen([sys.executable, WITNESS, "write", one.folder,
                                *one.option()],
                               stdout=subprocess.PIPE, text=True)
    told = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    replace(one.acknowledged, "".join(told).encode())
    status, said = one.check()
    require(status == 0, said)


def no_witness(one):
    os.makedirs(one.folder)
    replace(one.acknowledged, b"")
    status, said = one.check()
    require(status == 2 and "has neither" in said, status, said)


def each_of_several(one):
    """Judged by themselves, under their names; what is no witness is a finding."""
    several = os.path.join(one.place, "several")
    told = os.path.join(one.place, "told")
    os.mkdir(told)
    for name in ("a", "b"):
        one.write(folder=os.path.join(several, name))
        shutil.copy(one.acknowledged, os.path.join(told, name))
    words = [sys.executable, WITNESS, "check", several, "--each", "--acknowledged", told]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    require(done.returncode == 0 and f"b: {COUNT} transactions, none is half" in done.stdout, done)
    with open(os.path.join(told, "b"), "a", encoding="ascii") as out:
        out.write(f"{COUNT + 1}\n")
    os.mkdir(os.path.join(several, "c"))
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    require(done.returncode == 1 and f"a: {COUNT} transactions, none is half" in done.stdout, done)
    require(f"b: {COUNT + 1} transactions were acknowledged" in done.stdout, done)
    require("c: cannot be judged: " in done.stdout, done)
    shutil.rmtree(os.path.join(several, "a"))
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    require(done.returncode == 1 and "a: cannot be judged: " in done.stdout, done)


# ---- SQLite -------------------------------------------------------------------------------------


def a_database_and_a_log_of_different_times(one):
    """Pages of a later time beside those of an earlier one: in the middle of a checkpoint."""
    import sqlite3
    one.write(COUNT // 2)
    # What was written is in the main file only after a checkpoint; keep the log from before it.
    late = os.path.join(one.place, "late")
    one.write(folder=late)
    with_log = sqlite3.connect(os.path.join(late, "bank.sqlite"))
    with_log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with_log.close()
    old, new = contents(one.file("bank.sqlite")), contents(os.path.join(late, "bank.sqlite"))
    page = 4096
    mixed = b"".join((new if number % 2 else old)[number * page:(number + 1) * page]
                     for number in range(max(len(new), len(old)) // page))
    replace(one.file("bank.sqlite"), mixed)
    require_found(one, "SQLite", "journal: ", "accounts", "acknowledged")


def a_database_that_ends_early(one):
    one.write()
    data = contents(one.file("bank.sqlite"))
    replace(one.file("bank.sqlite"), data[:len(data) // 2])
    require_found(one, "SQLite", "acknowledged", "journal")


def a_database_with_a_balance_changed(one):
    import sqlite3
    one.write()
    at = sqlite3.connect(one.file("bank.sqlite"))
    at.execute("UPDATE accounts SET balance = balance + 1 WHERE id = 3")
    at.commit()
    at.close()
    require_found(one, "the sum is 16001")


def a_database_without_its_last_record(one):
    import sqlite3
    one.write()
    at = sqlite3.connect(one.file("bank.sqlite"))
    at.execute("DELETE FROM journal WHERE n = (SELECT max(n) FROM journal)")
    at.commit()
    at.close()
    require_found(one, "not what")


CASES = [
    ("files", [whole, a_record_without_its_end, a_tail_of_zeros,
               a_journal_that_is_older_than_the_accounts, accounts_that_are_older_than_the_journal,
               both_are_too_old, half_of_the_accounts, a_record_of_another_run,
               one_that_was_killed_is_whole, no_witness, each_of_several]),
    ("unflushed", [whole, both_are_too_old, one_that_was_killed_is_whole]),
    ("sqlite", [whole, both_are_too_old, one_that_was_killed_is_whole,
                a_database_and_a_log_of_different_times, a_database_that_ends_early,
                a_database_with_a_balance_changed, a_database_without_its_last_record]),
]


def main():
    failed = 0
    for kind, cases in CASES:
        for case in cases:
            with tempfile.TemporaryDirectory(prefix="witness-") as place:
                try:
                    case(Torn(place, kind))
                    verdict = "ok"
                except AssertionError as error:
                    verdict = f"FAILED: {error}"
                    failed += 1
                print(f"{kind:9} {case.__name__:45} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
