#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A witness of what a copy holds: a workload that runs in a guest, and its judge.

witness.py write FOLDER [KIND] [--count N] [--seed N] [--pause S]   writes, and acknowledges
witness.py check FOLDER [--acknowledged FILE]                       judges a copy of the folder
witness.py check FOLDER --each [--acknowledged FOLDER]              judges each folder in it

A transaction moves an amount from one account to another, so that the sum of all stays, and adds
a record whose hash covers the record before it. The writer prints a line for each transaction that
is on disk for certain; what it prints belongs on another machine. In a copy every transaction that
was printed before the quiesce must be there, and none may be half there.

In plain files a transaction is there when its record is: `journal` is written and flushed first,
then `accounts` is replaced as a whole. KIND is something else than that:
  --unflushed            plain files of a program that flushes nothing, as many do
  --sqlite               both are tables of `bank.sqlite`
  --postgresql SOCKETS   tables of the server whose data directory is FOLDER
  --redis SOCKET         keys of the server whose directory is FOLDER
A copy of the last two is judged by a server of this machine, which recovers it
(witness_servers.py).

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
import time

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
    """Writes with the order, and if wanted the flushes, that plain files need."""

    def __init__(self, folder, flushed=True):
        self.folder = folder
        self.flushed = flushed
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
            if self.flushed:
                os.fsync(file.fileno())
        os.rename(place + ".new", place)
        if self.flushed:
            flush_folder(self.folder)

    def transaction(self, source, target, amount):
        self.number += 1
        words = f"{self.number} {source} {target} {amount}"
        self.hash = link(self.hash, words)
        self.journal.write(f"{words} {self.hash}\n".encode())
        if self.flushed:
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
        # A hook may keep writers waiting for as long as a snapshot takes.
        self.to = sqlite3.connect(os.path.join(folder, DATABASE), isolation_level=None, timeout=600)
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
                rows = at.execute("SELECT * FROM journal ORDER BY n")
                records = whole_records(rows, findings)
            except sqlite3.DatabaseError as error:
                findings.append(f"SQLite: {error}")
                return 0
    return judged(records, balances, findings)


# ---- what all databases have in common ----------------------------------------------------------


def whole_records(rows, findings):
    """Rows of number, source, target, amount and hash, up to the first that is wrong."""
    records = []
    before = GENESIS
    for n, source, target, amount, said in rows:
        before = link(before, f"{n} {source} {target} {amount}")
        if n != len(records) + 1 or said != before:
            findings.append(f"journal: {len(records) + 1} is missing or wrong")
            break
        records.append((source, target, amount))
    return records


def judged(records, balances, findings):
    """Accounts and journal of one moment. @return the number of transactions"""
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


def writer_of(options):
    if options.postgresql or options.redis:
        import witness_servers  # not needed where plain files are
        return (witness_servers.Postgresql(options.postgresql) if options.postgresql
                else witness_servers.Redis(options.redis))
    os.makedirs(options.folder, exist_ok=True)
    return (Database(options.folder) if options.sqlite
            else Files(options.folder, flushed=not options.unflushed))


def write(options):
    writer = writer_of(options)
    for source, target, amount in transfers(options.seed):
        writer.transaction(source, target, amount)
        print(writer.number, flush=True)
        if writer.number == options.count:
            return 0
        time.sleep(options.pause)
    return 0


def checker_of(folder):
    """What judges a copy of this kind, or nothing."""
    there = set(os.listdir(folder))
    if DATABASE in there:
        return check_database
    if {"journal", "accounts"} <= there:
        return check_files
    if there & {"PG_VERSION", "dump.rdb"} or os.path.basename(folder) == "redis":
        import witness_servers
        return (witness_servers.check_postgresql if "PG_VERSION" in there
                else witness_servers.check_redis)
    return None


def check_one(folder, acknowledged):
    """@return the number of transactions, and what is wrong with them"""
    findings = []
    checker = checker_of(folder)
    if checker is None:
        raise ValueError(f"{folder} has neither {DATABASE} nor journal and accounts, nor a "
                         "server's files")
    found = checker(folder, findings)
    if acknowledged:
        wanted = acknowledged_in(acknowledged)
        if found < wanted:
            findings.append(f"{wanted} transactions were acknowledged, {found} are there")
    return found, findings


def check(options):
    folder = os.path.normpath(options.folder)
    good = True
    names = [""]
    if options.each:  # those of which only the acknowledgements are left, too
        names = sorted({*os.listdir(folder), *os.listdir(options.acknowledged or folder)})
    for name in names:
        head = f"{name}: " if name else ""
        acknowledged = options.acknowledged
        try:
            if name and acknowledged:
                acknowledged = os.path.join(acknowledged, name)
            found, findings = check_one(os.path.join(folder, name) if name else folder,
                                        acknowledged)
        except (OSError, ValueError) as error:
            if not name:
                raise
            found, findings = 0, [f"cannot be judged: {error}"]
        for finding in findings:
            print(head + finding)
        verdict = "torn or incomplete" if findings else "none is half there"
        print(f"{head or 'witness: '}{found} transactions, {verdict}")
        good = good and not findings
    return 0 if good else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    writing = commands.add_parser("write")
    writing.add_argument("folder")
    kind = writing.add_mutually_exclusive_group()
    kind.add_argument("--unflushed", action="store_true")
    kind.add_argument("--sqlite", action="store_true")
    kind.add_argument("--postgresql", metavar="SOCKETS", help="the folder of its socket")
    kind.add_argument("--redis", metavar="SOCKET")
    writing.add_argument("--pause", type=float, default=0, help="seconds after each transaction")
    writing.add_argument("--count", type=int, help="end after so many (default: never)")
    writing.add_argument("--seed", type=int, default=1)
    writing.set_defaults(run=write)
    checking = commands.add_parser("check")
    checking.add_argument("folder")
    checking.add_argument("--acknowledged", help="what the writer has printed until the quiesce")
    checking.add_argument("--each", action="store_true",
                          help="each folder in it; --acknowledged has files of the same names")
    checking.set_defaults(run=check)
    options = parser.parse_args()
    try:
        return options.run(options)
    except (OSError, ValueError) as error:
        print(f"witness.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
