#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""snapagent on real filesystems, in the sandbox of conformance/peers/sandbox.sh: what the suite, which
asks any agent, does not ask.

snapagent_sandbox_test.py SNAPAGENT
"""

import fcntl
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # of what is imported from a source tree
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance"))
from small_native_orchestrator import (ABORT, ABORTED, COMPLETE, COMPLETED, FREEZE, FROZEN, HELLO,
                                       HELLO_ACK, PING, PREPARE, PREPARED, THAW, THAWED,
                                       Agent, Failed, encode)

SNAPAGENT = os.path.abspath(sys.argv[1])
QUERY, STATUS = 2, 3
IDLE, LOST, CLEAN = 1, 4, 1
WRITER, FILESYSTEM = 1, 2
EVERYTHING = 0x7f  # of the capabilities
HOLD_LIMIT = 8  # of the agent, in seconds
PATIENCE = 30
RUN = os.environ["SNAPPROTO_SANDBOX_RUN"]
MOUNT = os.environ["SNAPPROTO_SANDBOX_A"]
ENTER = shlex.split(os.environ["SNAPPROTO_SANDBOX_ENTER"])
SOCKET = os.path.join(RUN, "agent")
LOCK = os.path.join(RUN, "lock")


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))


class Guest:
    """A running agent."""

    def __init__(self, *words):
        self.words = words
        self.start()

    def start(self):
        if os.path.exists(SOCKET):
            os.unlink(SOCKET)
        self.process = subprocess.Popen([*ENTER, SNAPAGENT, "-m", "unix-listen", "-p", SOCKET,
                                         "--hold-limit", str(HOLD_LIMIT), *self.words])
        until = time.monotonic() + PATIENCE
        while not os.path.exists(SOCKET):
            require(self.process.poll() is None and time.monotonic() < until, "no agent")
            time.sleep(0.02)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    @staticmethod
    def handles():
        """How many files of the filesystem the agent and its helpers have open."""
        device = os.stat(MOUNT).st_dev
        count = 0
        for process in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.path.basename(os.readlink(f"/proc/{process}/exe")) == os.path.basename(SNAPAGENT):
                    for one in os.listdir(f"/proc/{process}/fd"):
                        count += os.stat(f"/proc/{process}/fd/{one}").st_dev == device
            except OSError:
                continue  # it has ended, or the file was closed
        return count


def is_frozen():
    writer = subprocess.Popen(["sh", "-c", 'echo >"$1/probe"', "sh", MOUNT])
    try:
        writer.wait(0.5)
        return False
    except subprocess.TimeoutExpired:
        return True  # it ends when the filesystem is thawed


def thaws_within(limit):
    writer = subprocess.Popen(["sh", "-c", 'echo >"$1/probe"', "sh", MOUNT])
    try:
        return writer.wait(limit) == 0
    except subprocess.TimeoutExpired:
        return False


class Qga:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(SOCKET)
        self.socket.settimeout(PATIENCE)
        self.file = self.socket.makefile("rw")

    def ask(self, command):
        self.file.write(json.dumps({"execute": command}) + "\n")
        self.file.flush()
        return json.loads(self.file.readline())["return"]


class Native(Agent):
    """A session, from its Hello on."""

    def __init__(self):
        super().__init__(SOCKET)
        self.answer(HELLO_ACK, self.send(HELLO, _4=[[1, 0]], _5=EVERYTHING), PATIENCE)

    def ask(self, kind, answer, **fields):
        return self.answer(answer, self.send(kind, **fields), PATIENCE)

    def status(self):
        txn, self.txn = self.txn, 0
        got = self.ask(QUERY, STATUS)
        self.txn = txn
        return got

    def prepare(self, level=1):
        self.txn = time.time_ns()
        return self.ask(PREPARE, PREPARED, _4=[MOUNT], _5=level, _6=0, _7=False, _8=True, _9=0,
                        _10="")[4]

    def freeze(self):
        return self.ask(FREEZE, FROZEN)

    def thaw(self):
        return self.ask(THAW, THAWED, _4=0)[4]


def wait_until(what, limit=PATIENCE):
    until = time.monotonic() + limit
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    return what()


def qga_keeps_no_handle_after_the_thaw():
    """An open handle would keep the filesystem from being unmounted."""
    guest = Guest()
    try:
        host = Qga()
        require(guest.handles() == 0, "open before:", guest.handles())
        require(host.ask("guest-fsfreeze-freeze") == 1, "nothing was frozen")
        require(guest.handles() > 0, "what is frozen is not held by a handle")
        require(host.ask("guest-fsfreeze-thaw") == 1, "nothing was thawed")
        require(wait_until(lambda: guest.handles() == 0, 3), "open after:", guest.handles())
    finally:
        guest.stop()


def native_keeps_no_handle_after_an_abort():
    guest = Guest("--dialect", "native")
    try:
        host = Native()
        host.prepare()
        require(guest.handles() > 0, "what is prepared is not held by a handle")
        host.ask(ABORT, ABORTED, _4="")
        require(wait_until(lambda: guest.handles() == 0, 3), "open after:", guest.handles())
        host.prepare()
        host.freeze()
        require(is_frozen(), "not frozen")
        require(host.thaw() == CLEAN, "the thaw")
        require(not is_frozen(), "still frozen")
        require(wait_until(lambda: guest.handles() == 0, 3), "open in await:", guest.handles())
    finally:
        guest.stop()


def native_has_what_is_linked_in_take_part():
    """The plug-in of the lock is a writer among the participants, and has the lock while frozen."""
    with open(LOCK, "w", encoding="utf-8") as lock:
        def taken():
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(lock, fcntl.LOCK_UN)
                return False
            except BlockingIOError:
                return True

        guest = Guest("--dialect", "native", "--plugin", "file-lock=" + LOCK, "--hook-limit", "1")
        try:
            host = Native()
            for level, wanted in ((0, [[MOUNT, FILESYSTEM]]),
                                  (1, [["file-lock " + LOCK, WRITER], [MOUNT, FILESYSTEM]])):
                require(host.prepare(level) == wanted, "not", wanted)
                require(not taken(), "prepared, and the lock is taken")
                host.freeze()
                require(taken() == bool(level), "frozen, level", level)
                require(host.thaw() == CLEAN, "the thaw")
                require(not taken(), "the lock is still taken")
                host.ask(COMPLETE, COMPLETED, _4=0)
            fcntl.flock(lock, fcntl.LOCK_SH)
            host.prepare()
            try:
                host.freeze()
                raise AssertionError("frozen although the lock was had by another")
            except Failed:
                require(not is_frozen(), "frozen without the lock")
            fcntl.flock(lock, fcntl.LOCK_UN)
            require(not taken(), "the lock is taken after a refusal")
        finally:
            guest.stop()


def native_takes_over_what_a_killed_one_left():
    guest = Guest("--dialect", "native")
    try:
        host = Native()
        host.prepare()
        host.freeze()
        guest.process.send_signal(signal.SIGKILL)
        guest.process.wait(PATIENCE)
        require(is_frozen(), "it was thawed with the agent's end, and not by the next one")
        guest.start()
        status = Native().status()
        require(not is_frozen(), "still frozen after a HelloAck")
        require((status[4], status[5], status[8]) == (IDLE, 0, LOST), status)
    finally:
        guest.stop()


def native_notices_the_end_of_who_does_not_read():
    """Its end is told by the attempt to write, for nothing more is read of it (SP 63.1)."""
    guest = Guest("--dialect", "native")
    try:
        host = Native()
        host.prepare()
        host.freeze()
        ping = encode({0: PING, 1: host.session, 2: 0, 3: 99, 4: 0})
        flood = (len(ping).to_bytes(4, "big") + ping) * 1000
        host.socket.settimeout(0.5)
        try:
            while True:
                host.socket.sendall(flood)
        except socket.timeout:
            pass
        host.socket.close()
        require(thaws_within(1), "still frozen, so long after the end of the connection")
    finally:
        guest.stop()


CASES = [qga_keeps_no_handle_after_the_thaw, native_keeps_no_handle_after_an_abort,
         native_has_what_is_linked_in_take_part, native_takes_over_what_a_killed_one_left, native_notices_the_end_of_who_does_not_read]


def main():
    failed = 0
    for case in CASES:
        begun = time.monotonic()
        try:
            case()
            verdict = "ok"
        except Exception as error:  # pylint: disable=broad-except
            verdict = f"FAILED: {type(error).__name__}: {error}"
            failed += 1
        print(f"{case.__name__:48} {time.monotonic() - begun:5.1f} s  {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
