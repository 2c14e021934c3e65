# SPDX-License-Identifier: BSL-1.0
"""The witness in servers: PostgreSQL by psql, Redis by its protocol.

A copy is judged by a server of this machine, which is started on a copy of the copy and recovers
it as it would after a power cut.
"""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import tempfile
import time

from witness import ACCOUNTS, GENESIS, START, judged, link, whole_records

NOBODY = 65534  # PostgreSQL refuses to run as root
PATIENCE = 60  # seconds, for a server to recover


class ServerFailed(ValueError):
    """A server does not do what it is asked."""


@contextlib.contextmanager
def server_on_a_copy(folder, words_for, is_ready, stop_with):
    """A server that runs on a copy of the folder, which may belong to anybody. @param words_for the
    command line, of the copy and of a folder for the socket"""
    with tempfile.TemporaryDirectory(prefix="witness-") as place:
        copy = os.path.join(place, "data")
        shutil.copytree(folder, copy)
        os.chmod(copy, 0o700)
        words = words_for(copy, place)
        if os.geteuid() == 0:
            for path in (place, *glob.glob(os.path.join(place, "**"), recursive=True,
                                           include_hidden=True)):
                os.chown(path, NOBODY, NOBODY)
            words = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY), "--clear-groups",
                     "--", *words]
        log = os.path.join(place, "log")
        with open(log, "wb") as out:
            server = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            until = time.monotonic() + PATIENCE
            while not is_ready(place):
                if server.poll() is not None or time.monotonic() > until:
                    with open(log, encoding="utf-8", errors="replace") as said:
                        raise ServerFailed("; ".join(said.read().strip().splitlines()[-2:]))
                time.sleep(0.05)
            yield place
        finally:
            server.send_signal(stop_with)
            try:
                server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


# ---- Redis --------------------------------------------------------------------------------------


class RedisLine:
    """A connection to a server's socket."""

    def __init__(self, path):
        self.to = socket.socket(socket.AF_UNIX)
        self.to.connect(path)
        self.lines = self.to.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.lines.close()
        self.to.close()

    def send(self, *words):
        raw = [str(word).encode() for word in words]
        self.to.sendall(b"*%d\r\n" % len(raw)
                        + b"".join(b"$%d\r\n%s\r\n" % (len(one), one) for one in raw))

    def reply(self):
        line = self.lines.readline().rstrip(b"\r\n")
        kind, rest = line[:1], line[1:]
        if kind == b"$":
            return self.lines.read(int(rest) + 2)[:-2].decode() if int(rest) >= 0 else None
        if kind == b"*":
            return [self.reply() for _ in range(int(rest))]
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest.decode()
        raise ServerFailed(f"Redis: {rest.decode() or 'the connection has ended'}")

    def ask(self, *words):
        self.send(*words)
        return self.reply()


class Redis:
    """A hash of accounts and a list of records, changed by MULTI."""

    def __init__(self, path):
        self.at = RedisLine(path)
        self.hash = GENESIS
        self.number = 0
        self.at.ask("FLUSHALL")
        for account in range(ACCOUNTS):
            self.at.ask("HSET", "accounts", account, START)

    def transaction(self, source, target, amount):
        self.number += 1
        words = f"{self.number} {source} {target} {amount}"
        self.hash = link(self.hash, words)
        for command in (["MULTI"], ["HINCRBY", "accounts", source, -amount],
                        ["HINCRBY", "accounts", target, amount],
                        ["RPUSH", "journal", f"{words} {self.hash}"], ["EXEC"]):
            self.at.send(*command)
        for _ in range(5):
            self.at.reply()


def redis_answers(place):
    try:
        with RedisLine(os.path.join(place, "socket")) as at:
            return at.ask("PING") == "PONG"
    except (OSError, ServerFailed):  # also: it is loading
        return False


def check_redis(folder, findings):
    if not shutil.which("redis-server"):
        raise ServerFailed("there is no redis-server on this machine")
    words = ["redis-server", "--port", "0", "--save", "", "--dir"]
    try:
        with server_on_a_copy(folder, lambda copy, place: [*words, copy, "--unixsocket",
                                                           os.path.join(place, "socket")],
                              redis_answers, 15) as place:
            with RedisLine(os.path.join(place, "socket")) as at:
                lines = at.ask("LRANGE", "journal", 0, -1)
                balances = [int(at.ask("HGET", "accounts", one) or 0) for one in range(ACCOUNTS)]
    except ServerFailed as error:
        findings.append(f"Redis: {error}")
        return 0
    if not lines and not any(balances):
        findings.append("Redis: there is no dump with anything in it")
        return 0
    rows = [line.split(" ") for line in lines]
    records = whole_records([(*map(int, row[:4]), row[4]) for row in rows], findings)
    return judged(records, balances, findings)


# ---- PostgreSQL ---------------------------------------------------------------------------------


def program_of_postgresql(name, version=""):
    found = shutil.which(name)
    if found and not version:
        return found
    for place in sorted(glob.glob(f"/usr/lib/postgresql/{version or '*'}/bin/{name}")):
        return place
    raise ServerFailed(f"there is no {name} of PostgreSQL {version} on this machine")


def psql_words(sockets, *more):
    return [program_of_postgresql("psql"), "-X", "-q", "-A", "-t", "-F", " ", "-w", "-v",
            "ON_ERROR_STOP=1", "-h", sockets, "-U", "postgres", "-d", "postgres", *more]


class Postgresql:
    """Two tables, by a psql that stays."""

    def __init__(self, sockets):
        self.at = subprocess.Popen(psql_words(sockets), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, text=True)
        self.hash = GENESIS
        self.number = 0
        rows = ", ".join(f"({account}, {START})" for account in range(ACCOUNTS))
        self.tell("SET client_min_messages = warning; BEGIN; "
                  "DROP TABLE IF EXISTS accounts, journal; "
                  "CREATE TABLE accounts (id int PRIMARY KEY, balance int); "
                  "CREATE TABLE journal (n int PRIMARY KEY, source int, target int, amount int, "
                  f"hash text); INSERT INTO accounts VALUES {rows}; COMMIT;")

    def tell(self, statements):
        """Returns when they are committed."""
        self.at.stdin.write(f"{statements}\n\\echo done\n")
        self.at.stdin.flush()
        if self.at.stdout.readline() != "done\n":
            raise ServerFailed("psql has ended")

    def transaction(self, source, target, amount):
        self.number += 1
        self.hash = link(self.hash, f"{self.number} {source} {target} {amount}")
        self.tell("BEGIN; "
                  f"UPDATE accounts SET balance = balance - {amount} WHERE id = {source}; "
                  f"UPDATE accounts SET balance = balance + {amount} WHERE id = {target}; "
                  f"INSERT INTO journal VALUES ({self.number}, {source}, {target}, {amount}, "
                  f"'{self.hash}'); COMMIT;")


def query(sockets, statement):
    done = subprocess.run(psql_words(sockets, "-c", statement), capture_output=True, text=True,
                          check=False)
    if done.returncode != 0:
        raise ServerFailed(done.stderr.strip().splitlines()[-1])
    return [line.split(" ") for line in done.stdout.splitlines()]


def postgresql_answers(place):
    try:
        return bool(query(place, "SELECT 1"))
    except ServerFailed:
        return False


def check_postgresql(folder, findings):
    with open(os.path.join(folder, "PG_VERSION"), encoding="ascii") as file:
        server = program_of_postgresql("postgres", file.read().strip())

    def words_for(copy, place):
        for stale in glob.glob(os.path.join(copy, "postmaster.*")):  # of the guest's server
            if stale.endswith(".pid"):
                os.unlink(stale)
        return [server, "-D", copy, "-k", place, "-c", "listen_addresses="]

    try:
        with server_on_a_copy(folder, words_for, postgresql_answers, 3) as place:
            rows = query(place, "SELECT * FROM journal ORDER BY n")
            balances = [int(row[0])
                        for row in query(place, "SELECT balance FROM accounts ORDER BY id")]
    except ServerFailed as error:
        findings.append(f"PostgreSQL: {error}")
        return 0
    records = whole_records([(*map(int, row[:4]), row[4]) for row in rows], findings)
    return judged(records, balances, findings)
