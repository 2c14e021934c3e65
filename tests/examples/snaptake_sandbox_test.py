#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""snaptake and a real agent on real filesystems, in the sandbox of conformance/peers/sandbox.sh.

snaptake_sandbox_test.py SNAPTAKE SNAPAGENT WITNESS

The agent freezes for real; QEMU is played, and its cut copies the image under the filesystem. When
snaptake is killed for good, nothing but the agent's own limit can thaw.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # of what is imported from a source tree
from snaptake_test import SNAPTAKE, Machine, Run, require

SNAPAGENT, WITNESS = map(os.path.abspath, sys.argv[2:4])
HOLD_LIMIT = 6  # of the agent, in seconds
PATIENCE = 30
RUN = os.environ["SNAPPROTO_SANDBOX_RUN"]
MOUNT = os.environ["SNAPPROTO_SANDBOX_A"]
IMAGE = os.environ["SNAPPROTO_SANDBOX_IMAGES"].split()[0]
ENTER = shlex.split(os.environ["SNAPPROTO_SANDBOX_ENTER"])


class Guest(Machine):
    """A machine whose agent is a real one."""

    def __init__(self, place):
        super().__init__(place, "m1")
        self.place = place
        self.agent = os.path.join(RUN, "agent")
        if os.path.exists(self.agent):
            os.unlink(self.agent)  # of the case before
        self.process = subprocess.Popen([*ENTER, SNAPAGENT, "-m", "unix-listen", "-p", self.agent,
                                         "--hold-limit", str(HOLD_LIMIT)])
        until = time.monotonic() + PATIENCE
        while not os.path.exists(self.agent):
            require(self.process.poll() is None and time.monotonic() < until, "no agent")
            time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)


def write_takes(limit):
    """Seconds until a file can be made in the guest's filesystem; a write to a frozen one waits."""
    begun = time.monotonic()
    writer = subprocess.Popen(["sh", "-c", 'echo >"$1/written" && sync "$1/written"', "sh", MOUNT])
    try:
        require(writer.wait(limit) == 0, "cannot write to", MOUNT)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{MOUNT} is still frozen after {limit} s") from late
    return time.monotonic() - begun


def is_frozen():
    writer = subprocess.Popen(["sh", "-c", 'echo >"$1/probe"', "sh", MOUNT])
    try:
        writer.wait(0.5)
        return False
    except subprocess.TimeoutExpired:
        return True  # it ends when the filesystem is thawed


def whole(guest):
    seen = []
    guest.at = lambda step: seen.append(is_frozen()) if step == "transaction" else None
    run = Run([guest]).end()
    require(run.status == 0 and run.result["label"] == "filesystem", run.result)
    require(run.result["machines"][0]["frozen"] >= 1, run.result)
    require(seen == [True], "the cut was not made while it was frozen", seen)
    write_takes(2)


class Writer:
    """A witness at work in the guest's filesystem; what it acknowledges lies elsewhere."""

    def __init__(self, place):
        self.place = place
        self.acknowledged = os.path.join(place, "acknowledged")
        with open(self.acknowledged, "wb") as out:
            self.process = subprocess.Popen([sys.executable, WITNESS, "write", MOUNT + "/witness"],
                                            stdout=out)
        until = time.monotonic() + PATIENCE
        while self.lines() < 20:
            require(time.monotonic() < until, "the witness does not write")
            time.sleep(0.05)

    def lines(self):
        with open(self.acknowledged, "rb") as file:
            return file.read().count(b"\n")

    def stop(self):
        self.process.kill()
        self.process.wait(PATIENCE)
        shutil.rmtree(MOUNT + "/witness")

    def copy(self):
        """A cut: the image as it is now, and what was acknowledged until now."""
        until_now = os.path.join(self.place, "until-now")
        shutil.copy(self.acknowledged, until_now)
        image = os.path.join(self.place, "copy.raw")
        shutil.copy(IMAGE, image)
        return image, until_now

    @staticmethod
    def verify(image, until_now, *more):
        judge = shlex.join([sys.executable, WITNESS, "check", "--acknowledged", until_now])
        done = subprocess.run([SNAPTAKE, "verify", image, "--folder", "/witness", "--judge",
                               judge + " {folder}",
                               *more], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr


def a_copy_with_a_witness_in_it(guest):
    """Nothing is missing and nothing is half there; without a freeze the copy needs recovery."""
    if not shutil.which("qemu-img"):
        raise Skipped("there is no qemu-img")
    writer = Writer(guest.place)
    try:
        copies = []
        guest.at = lambda step: copies.append(writer.copy()) if step == "transaction" else None
        run = Run([guest]).end()
        require(run.status == 0 and len(copies) == 1, run.result)
        status, said = writer.verify(*copies[0])
        require(status == 0 and "none is half there" in said, status, said)
        status, said = writer.verify(*writer.copy())
        require(status == 1 and "needs_recovery" in said, status, said)
    finally:
        writer.stop()


class Skipped(Exception):
    """A case that this machine cannot try."""


def interrupted(guest, step, number):
    guest.cut_takes = 1
    begun = threading.Event()
    guest.at = lambda now: begun.wait() and now == step and run.signal(number)
    run = Run([guest])
    begun.set()
    run.process.wait(PATIENCE)
    return run


def ctrl_c(guest):
    run = interrupted(guest, "transaction", signal.SIGINT).end()
    require(run.status == 1 and run.result["interrupted"], run.result)
    require(not run.result["machines"][0]["may_be_frozen"], run.result)
    write_takes(2)


def killed_at(step):
    def killed(guest):
        run = interrupted(guest, step, signal.SIGKILL)
        require(run.process.returncode == -signal.SIGKILL, run.process.returncode)
        frozen = is_frozen()
        took = write_takes(HOLD_LIMIT + 3)
        require(took <= HOLD_LIMIT + 2, took)
        require(frozen or step == "query-block", "it was not frozen when snaptake was killed")
        guest.at = lambda now: None
        guest.image = guest.active  # what QEMU has made meanwhile
        again = Run([guest], "--tag", "again").end()
        require(again.status == 0, again.result)

    killed.__name__ = "killed_at_" + step.replace("-", "_")
    return killed


CASES = [whole, a_copy_with_a_witness_in_it, ctrl_c, killed_at("query-block"),
         killed_at("transaction")]


def main():
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="snaptake-sandbox-") as place:
            guest = Guest(place)
            begun = time.monotonic()
            try:
                case(guest)
                verdict = "ok"
            except (AssertionError, subprocess.TimeoutExpired) as error:
                verdict = f"FAILED: {error}"
                failed += 1
            except Skipped as reason:
                verdict = f"skipped: {reason}"
            finally:
                guest.stop()
            print(f"{case.__name__:40} {time.monotonic() - begun:5.1f} s  {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
