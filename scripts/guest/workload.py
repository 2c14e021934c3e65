# SPDX-License-Identifier: BSL-1.0
"""The witness (examples/verify/) at work in a guest, in files and in databases."""

import glob
import shutil
import time

from machine import AS_POSTGRES, Failed

PAUSE = 0.1  # of a writer after each transaction, in seconds: all share one slow processor
WARM_UP = 10  # transactions of each writer before the first copy
LIMIT = 300  # seconds, for each step of a guest without hardware's help on a busy machine
KINDS = {"files": "plain files, flushed",
         "unflushed": "plain files of a program that flushes nothing",
         "sqlite": "SQLite, in WAL mode", "redis": "Redis with dumps, as it is packaged",
         "postgresql": "PostgreSQL"}


def kinds_to_judge():
    """Those for which this machine has what judges a copy."""
    found = ["files", "unflushed", "sqlite"]
    if shutil.which("redis-server"):
        found.append("redis")
    if glob.glob("/usr/lib/postgresql/*/bin/postgres"):
        found.append("postgresql")
    for kind in KINDS:
        if kind not in found:
            print(f"{kind} is left out: no server on this machine can judge a copy")
    return found


class Busy:
    """A guest with the workloads in it."""

    def __init__(self, guest, kinds):
        self.guest = guest
        self.agent = None
        guest.run("mkdir -p /run/postgresql /run/hooks.d; chown 70 /run/postgresql")
        writers = {"files": "", "unflushed": "--unflushed", "sqlite": "--sqlite",
                   "redis": "--redis /run/redis.socket",
                   "postgresql": "--postgresql /run/postgresql"}
        if "postgresql" not in kinds:  # of the disk that every guest begins with
            guest.run("rm -rf /srv/witness/postgresql")
        if "redis" in kinds:
            guest.run("mkdir -p /srv/witness/redis")
            guest.start("redis-server --dir /srv/witness/redis --port 0 "
                        "--unixsocket /run/redis.socket", "redis")
            guest.run("until redis-cli -s /run/redis.socket ping; do sleep 0.2; done", LIMIT)
        if "postgresql" in kinds:
            guest.start(f"{AS_POSTGRES} /usr/lib/postgresql/*/bin/postgres -D "
                        "/srv/witness/postgresql -k /run/postgresql -c listen_addresses= "
                        "-c jit=off -c shared_buffers=16MB", "postgresql")
            guest.run("until psql -h /run/postgresql -U postgres -c 'SELECT 1'; do sleep 0.5; done "
                      "2>/dev/null", LIMIT)
        for kind in kinds:
            guest.start(f"python3 /run/payload/witness.py write /srv/witness/{kind} "
                        f"{writers[kind]} --pause {PAUSE} >/dev/virtio-ports/report.{kind}",
                        f"witness-{kind}", to_log="2")
        for kind in ("sqlite", "redis", "postgresql"):
            if kind in kinds:
                guest.run(f"ln -s /run/payload/hooks/{kind} /run/hooks.d/")
        guest.run("echo /srv/witness/sqlite/bank.sqlite >/run/sqlite.list")
        self.kinds = kinds
        self.await_transactions(dict.fromkeys(kinds, 0), WARM_UP)

    def acknowledged(self):
        counts = {}
        for kind in self.kinds:
            with open(self.guest.report(kind), "rb") as file:
                counts[kind] = file.read().count(b"\n")
        return counts

    def await_transactions(self, since, number):
        """Until each writer has acknowledged so many more."""
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

    def agent_for(self, mode):
        """The agent as that mode needs it: none, alone, or with the hooks."""
        if self.agent is not None:
            self.guest.end(self.agent)
            self.agent = None
        if mode == "nothing":
            return
        hooks = ("--fsfreeze-hook=/run/hooks.d --hook-limit 90" if mode == "participants" else "")
        self.agent = self.guest.start(
            "env SNAPAGENT_SQLITE_LIST=/run/sqlite.list "
            "SNAPAGENT_REDIS_OPTIONS='-s /run/redis.socket' "
            "SNAPAGENT_POSTGRESQL_OPTIONS='-h /run/postgresql -U postgres' "
            f"SNAPAGENT_HOOK_HOLD=240 snapagent --hold-limit 120 {hooks}", "snapagent")
