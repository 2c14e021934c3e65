#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The witness in Redis and PostgreSQL: whole copies pass, and one that lacks something is found.

witness_servers_test.py WITNESS     status 77: skipped, neither server is on this machine
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time

WITNESS = os.path.abspath(sys.argv[1])
COUNT = 12
NOBODY = 65534
POSTGRES = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))


class Server:
    """One that runs, and what the witness has written to it."""

    def __init__(self, place, words, option, socket):
        self.place = place
        self.option = [option, socket]
        self.acknowledged = os.path.join(place, "acknowledged")
        self.folder = os.path.join(place, "redis" if option == "--redis" else "cluster")
        self.user = []
        if os.geteuid() == 0:
            os.chown(place, NOBODY, NOBODY)
            self.user = ["setpriv", "--reuid", str(NOBODY), "--regid", str(NOBODY),
                         "--clear-groups", "--"]
        self.words = words
        self.process = None

    def start(self):
        self.process = subprocess.Popen([*self.user, *self.words], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def write(self):
        """Retries until the server answers."""
        words = [sys.executable, WITNESS, "write", "-", *self.option, "--count", str(COUNT)]
        until = time.monotonic() + 60
        while True:
            with open(self.acknowledged, "wb") as out:
                done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, check=False)
            if done.returncode == 0:
                return
            require(time.monotonic() < until, done.stderr)
            time.sleep(0.2)

    def acknowledge(self, number):
        with open(self.acknowledged, "a", encoding="ascii") as out:
            out.write(f"{number}\n")

    def check(self):
        done = subprocess.run([sys.executable, WITNESS, "check", self.folder, "--acknowledged",
                               self.acknowledged], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def require_whole(self):
        status, said = self.check()
        require(status == 0 and f"{COUNT} transactions, none is half there" in said, status, said)

    def require_found(self, words):
        status, said = self.check()
        require(status == 1 and words in said, status, said)


def redis(place):
    folder = os.path.join(place, "redis")
    os.mkdir(folder)
    os.chmod(folder, 0o777)
    socket = os.path.join(place, "socket")
    one = Server(place, ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder],
                 "--redis", socket)
    one.ask = lambda *words: subprocess.run(["redis-cli", "-s", socket, *words], check=True,
                                            stdout=subprocess.DEVNULL)
    one.dump = os.path.join(folder, "dump.rdb")
    return one


def postgresql(place):
    folder = os.path.join(place, "cluster")
    one = Server(place, [POSTGRES[0], "-D", folder, "-k", place, "-c", "listen_addresses=",
                         "-c", "autovacuum=off"], "--postgresql", place)
    subprocess.run([*one.user, os.path.join(os.path.dirname(POSTGRES[0]), "initdb"), "-D", folder,
                    "-U", "postgres", "-A", "trust", "--no-sync"], check=True,
                   stdout=subprocess.DEVNULL)
    return one


def a_dump_of_redis(one):
    """Acknowledged is not on disk: that it is so only after a dump is why there is a hook."""
    one.write()
    one.require_found("no dump with anything in it")
    one.ask("SAVE")
    one.require_whole()
    one.acknowledge(COUNT + 1)
    one.require_found(f"{COUNT + 1} transactions were acknowledged, {COUNT} are there")


def a_dump_of_redis_that_is_damaged(one):
    one.write()
    one.ask("HINCRBY", "accounts", "3", "1")
    one.ask("SAVE")
    one.require_found("the sum is 16001")
    one.ask("HINCRBY", "accounts", "3", "-1")
    one.ask("LPOP", "journal")
    one.ask("SAVE")
    one.require_found("journal: 1 is missing or wrong")
    with open(one.dump, "r+b") as file:
        file.truncate(os.path.getsize(one.dump) // 2)
    one.require_found("Redis: ")


def a_cluster_that_is_in_use(one):
    """The copy of a server that was never told: it is recovered from its log."""
    one.write()
    one.require_whole()
    one.acknowledge(COUNT + 1)
    one.require_found(f"{COUNT + 1} transactions were acknowledged, {COUNT} are there")


def a_cluster_without_its_log(one):
    one.write()
    one.stop()
    for file in glob.glob(os.path.join(one.folder, "pg_wal", "0*")):
        with open(file, "r+b") as log:
            log.truncate(0)
    one.require_found("PostgreSQL: ")


CASES = [(redis, [a_dump_of_redis, a_dump_of_redis_that_is_damaged]),
         (postgresql, [a_cluster_that_is_in_use, a_cluster_without_its_log])]


def main():
    there = {redis: shutil.which("redis-server") and shutil.which("redis-cli"),
             postgresql: POSTGRES and shutil.which("psql")}
    if not any(there.values()):
        print("skipped: there is neither redis-server nor PostgreSQL")
        return 77
    failed = 0
    for make, cases in CASES:
        for case in cases if there[make] else []:
            with tempfile.TemporaryDirectory(prefix="witness-") as place:
                one = make(place)
                one.start()
                try:
                    case(one)
                    verdict = "ok"
                except AssertionError as error:
                    verdict = f"FAILED: {error}"
                    failed += 1
                finally:
                    one.stop()
                print(f"{case.__name__:40} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
