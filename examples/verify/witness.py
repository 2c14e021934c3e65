#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A witness of what a copy holds: a workload that runs in a guest, and its judge.

witness.py write FOLDER [--sqlite] [--count N] [--seed N]   writes, and acknowledges
witness.py check FOLDER [--acknowledged FILE]               judges a copy of the folder

A transaction moves an amount from one account to another, so that the sum of all stays, and adds
a record whose hash covers the record before it. The writer prints a line for each transaction that
is on disk for certain; what it prints belongs on another machine. In a copy every transaction that
was printed before the quiesce must be there, and none may be half there.

In plain files a transaction is there when its record is: `journal` is written and flushed first,
then `accounts` is replaced as a whole. With --sqlite both are tables of `bank.sqlite`.

Exit status of check: 0 nothing is missing or torn; 1 something is; 2 wrong usage, or no witness.
"""

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import sqlite3
import sys
import tempfile

ACCOUNTS = 16
START = 1000  # on each account
GENESIS = hashlib.sha256(b"snapproto witness").hexdigest()


def link(before, words):
    """The hash of a record that stands behind the one with the hash `before`."""
    return hashlib.sha256(f"{before} {words}".encode()).hexdigest()


def transfers(seed):
    """Endless transfers that keep every account above zero: from, to, amount."""
    chance = random.Random(seed)
    balances = [START] * ACCOUNTS
    while True:
        source, target = chance.sample(range(ACCOUNTS), 2)
        amount = chance.randint(1, 50)
        if balances[source] >= amount:
            balances[source] -= amount
            balances[target] += amount
            yield source, target, amount


def applied(balances, source, target, amount):
    balances[source] -= amount
    balances[target] += amount


# ---- plain files --------------------------------------------------------------------------------


def flush_folder(folder):
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)


class Files:
    """Writes with the order and the flushes that plain files need."""

    def __init__(self, folder):
        self.folder = folder
        self.balances = [START] * ACCOUNTS
        self.hash = GENESIS
        self.number = 0
        self.journal = open(os.path.join(folder, "journal"), "xb", buffering=0)
        self.replace_accounts()

    def replace_accounts(self):
        place = os.path.join(self.folder, "accounts")
        body = f"{self.number} {' '.join(map(str, self.balances))}"
        with open(place + ".new", "w", encoding="ascii") as file:
            file.write(f"{body} {link(GENESIS, body)}\n")
            file.flush()
            os.fsync(file.fileno())
        os.rename(place + ".new", place)
        flush_folder(self.folder)

    def transaction(self, source, target, amount):
        self.number += 1
        words = f"{self.number} {source} {target} {amount}"
        self.hash = link(self.hash, words)
        self.journal.write(f"{words} {self.hash}\n".encode())
        os.fdatasync(self.journal.fileno())
        applied(self.balances, source, target, amount)
        self.replace_accounts()


def journal_of(folder, findings):
    """The records of a journal, as far as they can be read."""
    with open(os.path.join(folder, "journal"), "rb") as file:
        lines = file.read().split(b"\n")
    if lines.pop() != b"":
        findings.append(f"journal: record {len(lines) + 1} is torn: it has no end")
    records = []
    before = GENESIS
    for number, line in enumerate(lines, 1):
        words, _, said = line.decode("ascii", "replace").rpartition(" ")
        before = link(before, words)
        parts = words.split(" ")
        if said != before or len(parts) != 4 or parts[0] != str(number):
            findings.append(f"journal: record {number} does not follow on the one before it")
            break
        records.append(tuple(map(int, parts[1:])))
    return records


def check_files(folder, findings):
    records = journal_of(folder, findings)
    with open(os.path.join(folder, "accounts"), encoding="ascii", errors="replace") as file:
        text = file.read()
    body, _, said = text.rstrip("\n").rpartition(" ")
    if not text.endswith("\n") or said != link(GENESIS, body):
        findings.append("accounts: torn: its hash is wrong")
        return len(records)
    number, *balances = map(int, body.split(" "))
    if sum(balances) != START * ACCOUNTS:
        findings.append(f"accounts: the sum is {sum(balances)} and not {START * ACCOUNTS}")
    if not len(records) - 1 <= number <= len(records):
        findings.append(f"accounts have {number} transactions, the journal {len(records)}: "
                        "they are of different times")
    elif balances != balances_after(records[:number]):
        findings.append(f"accounts: not what {number} transactions make of them")
    return len(records)


def balances_after(records):
    balances = [START] * ACCOUNTS
    for record in records:
        applied(balances, *record)
    return balances


# ---- SQLite -------------------------------------------------------------------------------------

DATABASE = "bank.sqlite"


class Database:
    """Leaves order and flushes to SQLite."""

    def __init__(self, folder):
        self.to = sqlite3.connect(os.path.join(folder, DATABASE), isolation_level=None)
        self.to.execute("PRAGMA journal_mode = WAL")
        self.to.execute("PRAGMA synchronous = FULL")
        self.to.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)")
        self.to.execute("CREATE TABLE journal (n INTEGER PRIMARY KEY, source INTEGER, "
                        "target INTEGER, amount INTEGER, hash TEXT)")
        self.to.executemany("INSERT INTO accounts VALUES (?, ?)",
                            [(i, START) for i in range(ACCOUNTS)])
        self.hash = GENESIS
        self.number = 0

    def transaction(self, source, target, amount):
        self.number += 1
        self.hash = link(self.hash, f"{self.number} {source} {target} {amount}")
        self.to.execute("BEGIN IMMEDIATE")
        move = "UPDATE accounts SET balance = balance + ? WHERE id = ?"
        self.to.execute(move, (-amount, source))
        self.to.execute(move, (amount, target))
        self.to.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?)",
                        (self.number, source, target, amount, self.hash))
        self.to.execute("COMMIT")


def check_database(folder, findings):
    records = []
    # What reads a database recovers it, so this happens to a copy of the copy.
    with tempfile.TemporaryDirectory() as own:
        for name in os.listdir(folder):
            if name.startswith(DATABASE):
                shutil.copy(os.path.join(folder, name), own)
        with contextlib.closing(sqlite3.connect(os.path.join(own, DATABASE))) as at:
            try:
                sound = at.execute("PRAGMA integrity_check").fetchone()[0]
                if sound != "ok":
                    findings.append(f"SQLite: {sound.splitlines()[0]}")
                rows = at.execute("SELECT balance FROM accounts ORDER BY id")
                balances = [row[0] for row in rows]
                before = GENESIS
                rows = at.execute("SELECT * FROM journal ORDER BY n")
                for n, source, target, amount, said in rows:
                    before = link(before, f"{n} {source} {target} {amount}")
                    if n != len(records) + 1 or said != before:
                        findings.append(f"journal: {len(records) + 1} is missing or wrong")
                        break
                    records.append((source, target, amount))
            except sqlite3.DatabaseError as error:
                findings.append(f"SQLite: {error}")
                return len(records)
    if sum(balances) != START * ACCOUNTS:
        findings.append(f"accounts: the sum is {sum(balances)} and not {START * ACCOUNTS}")
    elif balances != balances_after(records):
        findings.append(f"accounts: not what {len(records)} transactions make of them")
    return len(records)


# ---- the program --------------------------------------------------------------------------------


def acknowledged_in(file):
    """The last number that a writer has printed here; a last line without an end is none."""
    with open(file, encoding="ascii") as lines:
        whole = [line for line in lines.read().split("\n")[:-1] if line]
    return int(whole[-1]) if whole else 0


def write(options):
    os.makedirs(options.folder, exist_ok=True)
    writer = (Database if options.sqlite else Files)(options.folder)
    for source, target, amount in transfers(options.seed):
        writer.transaction(source, target, amount)
        print(writer.number, flush=True)
        if writer.number == options.count:
            return 0
    return 0


def check(options):
    findings = []
    there = set(os.listdir(options.folder))
    if DATABASE in there:
        found = check_database(options.folder, findings)
    elif {"journal", "accounts"} <= there:
        found = check_files(options.folder, findings)
    else:
        print(f"witness.py: {options.folder} has neither {DATABASE} nor journal and accounts",
              file=sys.stderr)
        return 2
    if options.acknowledged:
        wanted = acknowledged_in(options.acknowledged)
        if found < wanted:
            findings.append(f"{wanted} transactions were acknowledged, {found} are there")
    for finding in findings:
        print(finding)
    verdict = "torn or incomplete" if findings else "none is half there"
    print(f"witness: {found} transactions, {verdict}")
    return 1 if findings else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write")
    writing.add_argument("folder")
    writing.add_argument("--sqlite", action="store_true")
    writing.add_argument("--count", type=int, help="end after so many (default: never)")
    writing.add_argument("--seed", type=int, default=1)
    writing.set_defaults(run=write)
    checking = commands.add_parser("check")
    checking.add_argument("folder")
    checking.add_argument("--acknowledged", help="what the writer has printed until the quiesce")
    checking.set_defaults(run=check)
    options = parser.parse_args()
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"witness.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
