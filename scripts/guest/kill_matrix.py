#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Kills whoever takes part in a snapshot at each of its steps, and looks how long all stood still.

kill_matrix.py [--bin FOLDER] [--writer FILE] [--report FILE] [VICTIM]...     status 77: skipped

A relay between snaptake and the sockets of a guest of scripts/guest/make.sh first counts the
messages of a snapshot: a request and its answer are a step each. Then, in a session for each step,
it holds that message back, kills (SIGKILL) the agent, its watchdog, snaptake or QEMU, and passes it
on; for the freeze, the cut and the thaw also right after it has passed the request on. Afterwards
  - no program in the guest may have waited longer than the agent's hold limit and a margin,
  - a copy that snaptake has called whole must be: it is looked at by `snaptake verify`,
  - a new snaptake must be able to take a snapshot, with a new agent if that one was killed, and in
    its copy must be all that the witness in the guest had acknowledged before.
With QEMU the guest has gone. Then the image, and the overlay if there is one, must be sound and
have all that the witness had acknowledged; the next kill is in a new guest.
"""

import argparse
import collections
import contextlib
import json
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # in a source tree
from judging import WITNESS
from machine import ROOT, Failed, Guest, make, status_of

sys.path.insert(0, os.path.join(ROOT, "bench"))
from frozen_window import Window

HOLD_LIMIT = 2  # seconds, of the agent
MARGIN = 2  # of a guest whose processor is played, on a busy machine
PATIENCE = 120
UNDER_WAY = ("guest-fsfreeze-freeze", "transaction", "guest-fsfreeze-thaw")
VICTIMS = ["agent", "watchdog", "orchestrator", "qemu"]
# Without a process for each that there is: the message waits meanwhile.
WATCHDOG = ("for one in /proc/[0-9]*; do { read -r name <$one/comm; } 2>/dev/null || continue; "
            "case $name in snapagent-guard) kill -KILL ${one#/proc/};; esac; done")


class Relay:
    """Passes messages between snaptake and the guest, and calls at(step) before that of a step."""

    def __init__(self, place, guest, at):
        self.at, self.steps, self.lock = at, [], threading.Lock()
        self.asked = {"agent": collections.deque(), "monitor": collections.deque()}
        self.agent, self.qmp = os.path.join(place, "agent"), os.path.join(place, "qmp")
        self.listeners = []
        for path, to, side in ((self.agent, guest.agent, "agent"),
                               (self.qmp, guest.qmp_path, "monitor")):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen()
            self.listeners.append(listener)
            threading.Thread(target=self.accept, args=(listener, to, side), daemon=True).start()

    def accept(self, listener, to, side):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(to)
                except OSError:
                    near.close()
                    continue
                self.asked[side].clear()
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self.pass_on, args=(source, target, side),
                                     daemon=True).start()

    def step_of(self, line, side):
        """The name of a message; nothing for what answers nobody, as an event."""
        try:
            message = json.loads(line.lstrip(b"\xff"))
        except ValueError:
            return None
        if "execute" in message:
            self.asked[side].append(message["execute"])
            return message["execute"] + " asked"
        if ("return" in message or "error" in message) and self.asked[side]:
            return self.asked[side].popleft() + " answered"
        return None

    def pass_on(self, source, target, side):
        rest = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    with self.lock:
                        step = self.step_of(line, side)
                        if step is not None and step not in self.steps:
                            self.steps.append(step)
                            self.at(step)
                    target.sendall(line + b"\n")
                    name, _, what = (step or "").partition(" ")
                    if what == "asked" and name in UNDER_WAY:
                        with self.lock:
                            self.at(name + " under way")
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def stop(self):
        for listener in self.listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()


class Bench:
    """A guest with an agent, a writer that is watched, and a witness."""

    def __init__(self, place, programs):
        self.programs, self.number = programs, 0
        self.guest = Guest(place, [programs["snapagent"], programs["writer"]], ["window", "files"])

    def begin(self):
        self.window = Window(self.guest)
        self.witness = self.guest.start(
            "python3 /run/payload/witness.py write /srv/witness/files --pause 0.02 "
            ">/dev/virtio-ports/report.files", "witness", to_log="2")
        self.start_agent()
        deadline = time.monotonic() + PATIENCE
        while self.acknowledged() < 20:
            if time.monotonic() > deadline:
                raise Failed("the witness does not write")
            time.sleep(0.1)

    def start_agent(self):
        self.agent = self.guest.start(f"snapagent --hold-limit {HOLD_LIMIT}", "snapagent")

    def acknowledged(self):
        """The last number of the witness."""
        with open(self.guest.report("files"), encoding="ascii") as file:
            whole = file.read().split("\n")[:-1]
        return int(whole[-1]) if whole else 0

    def take(self, agent, qmp, reach="3s"):
        self.number += 1
        return subprocess.Popen([self.programs["snaptake"], "take", "--json", "--agent", agent,
                                 "--qmp", qmp, "--tag", f"k{self.number}", "--settle-limit", "4s",
                                 "--hold-limit", "4s", "--cut-limit", "3s", "--thaw-limit", "3s",
                                 "--reach-limit", reach], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def kill(self, victim):
        if victim == "orchestrator":
            self.process.kill()
        elif victim == "qemu":
            self.guest.process.kill()
            self.guest.process.wait()
        elif victim == "watchdog":  # before the first freeze there is none
            self.guest.run(WATCHDOG)
        else:
            self.guest.run(f"kill -KILL {self.agent}")

    def snapshot(self, victim, step):
        """Takes one, with a kill at that step. @return what snaptake says, and the steps"""
        killed = []
        with tempfile.TemporaryDirectory(prefix="relay-") as place:
            def at(now):
                if now == step:
                    killed.append(now)  # before it: snaptake can end while it is being done
                    self.kill(victim)

            relay = Relay(place, self.guest, at)
            self.process = self.take(relay.agent, relay.qmp)
            try:
                said, _ = self.process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Failed(f"snaptake did not end in {PATIENCE} s") from None
            finally:
                relay.stop()
        if step and not killed:
            raise Failed(f"the step was not reached: {step}: {said.strip()}")
        return json.loads(said) if said else {}, relay.steps

    def steps(self):
        """What there is to be killed at: the messages of a snapshot, in their order."""
        result, seen = self.snapshot("", "")
        if result.get("label") != "filesystem":
            raise Failed(f"without a kill: {result}")
        steps = []
        for step in seen:
            steps.append(step)
            name, _, what = step.partition(" ")
            if what == "asked" and name in UNDER_WAY:
                steps.append(name + " under way")
        return steps

    def look(self, disk, acknowledged, *more):
        """What is wrong with a disk."""
        with tempfile.NamedTemporaryFile("w", suffix=".acknowledged") as told:
            told.write(f"{acknowledged}\n")
            told.flush()
            done = subprocess.run(
                [self.programs["snaptake"], "verify", disk, "--folder", "/witness/files",
                 "--judge", shlex.join([sys.executable, WITNESS, "check", "--acknowledged",
                                        told.name]) + " {folder}", *more],
                capture_output=True, text=True, check=False)
        return [] if done.returncode == 0 else [f"{disk}: {done.stdout}{done.stderr}"]

    def judge(self, result, acknowledged):
        """What is wrong with a copy that is called whole."""
        if result.get("label") != "filesystem":
            return []
        return self.look(result["machines"][0]["disks"][0]["copy"], acknowledged)


def witness_is_whole(guest, acknowledged):
    """What is wrong with the files of a witness that does not run any more."""
    said = guest.run("python3 /run/payload/witness.py check /srv/witness/files || true", PATIENCE)
    found = int(said.strip().splitlines()[-1].split()[1])
    good = "none is half there" in said and found >= acknowledged
    return [] if good else [f"{acknowledged} were acknowledged; {said.strip()}"]


def try_in(bench, victim, step):
    """@return what happened, how long the writer waited, and what was wrong"""
    bench.window.longest()
    acknowledged = bench.acknowledged()
    result, _ = bench.snapshot(victim, step)
    # The answer of the writer comes when it can write again.
    longest = bench.window.longest()
    wrong = bench.judge(result, acknowledged)
    if victim == "agent":
        bench.start_agent()
    # An agent may be starting, and what was asked before the kill may come about after it.
    until = time.monotonic() + HOLD_LIMIT + MARGIN
    while True:
        # Whoever has been killed, nothing is lost.
        again = bench.take(bench.guest.agent, bench.guest.qmp_path, "30s")
        acknowledged = bench.acknowledged()
        said, _ = again.communicate(timeout=PATIENCE)
        if json.loads(said)["label"] == "filesystem":
            wrong += bench.judge(json.loads(said), acknowledged)
            break
        if time.monotonic() > until:
            wrong.append(f"the next snapshot: {said.strip()}")
            break
    longest = max(longest, bench.window.longest())
    if longest > HOLD_LIMIT + MARGIN:
        wrong.append(f"a program waited {longest:.1f} s")
    bench.guest.commit(bench.guest.disk)
    return result.get("label", "nothing: it was killed"), longest, wrong


def try_qemu_in(bench, step):
    """As try_in(), but the guest does not survive it."""
    before = bench.acknowledged()
    result, _ = bench.snapshot("qemu", step)
    wrong = bench.judge(result, before)
    acknowledged = bench.acknowledged()
    overlays = [disk["file"] for disk in result["machines"][0]["disks"]
                if os.path.exists(disk["file"]) and is_image(disk["file"])]
    # An overlay that nobody goes on in is empty, so that what is read through it is the image.
    for disk in overlays or [bench.guest.disk]:
        wrong += bench.look(disk, acknowledged, "--recover")
    left = [one for one in overlays if one not in result["left_behind"]]
    if left and result["label"] == "none":
        wrong.append(f"is left and not told of: {' '.join(left)}")
    return result["label"], 0, wrong


def is_image(file):
    """Whether it is more than the file that QEMU was about to make an image in."""
    done = subprocess.run(["qemu-img", "info", "-f", "qcow2", file], capture_output=True,
                          check=False)
    return done.returncode == 0


class Report:
    def __init__(self):
        self.lines = ["| killed | at | snaptake says | longest append | wrong |",
                      "|---|---|---|---|---|"]
        self.kills, self.bad, self.longest = 0, 0, 0

    def tell(self, victim, step, label, longest, wrong):
        self.kills += 1
        self.bad += bool(wrong)
        self.longest = max(self.longest, longest)
        self.lines.append(f"| {victim} | {step} | {label} | "
                          f"{longest:.2f} s | {'; '.join(wrong)} |")
        print(self.lines[-1], flush=True)

    def text(self):
        return "\n".join(self.lines) + (
            f"\n\n{self.kills} kills, {self.bad} with something wrong; the longest append took "
            f"{self.longest:.2f} s, with a hold limit of {HOLD_LIMIT} s.\n")


def run(options, place):
    make()
    programs = {name: os.path.join(options.bin, name) for name in ("snaptake", "snapagent")}
    programs["writer"] = options.writer
    for program in programs.values():
        if not os.path.exists(program):
            raise Failed(f"there is no {program}: build it first")
    report = Report()
    victims = options.victim or VICTIMS
    bench = Bench(os.path.join(place, "guest"), programs)
    with bench.guest as guest:
        bench.begin()
        steps = bench.steps()
        if options.first:
            steps = steps[steps.index(options.first):]
        print(f"steps: {', '.join(steps)}", flush=True)
        guest.commit(guest.disk)
        for victim in victims:
            for step in steps if victim != "qemu" else []:
                report.tell(victim, step, *try_in(bench, victim, step))
        guest.end(bench.witness, "KILL")
        lost = witness_is_whole(guest, bench.acknowledged())
        if lost:
            raise Failed(f"after all kills: {'; '.join(lost)}")
    for number, step in enumerate(steps if "qemu" in victims else []):
        folder = os.path.join(place, f"guest{number}")
        bench = Bench(folder, programs)
        with bench.guest:
            bench.begin()
            report.tell("qemu", step, *try_qemu_in(bench, step))
        shutil.rmtree(folder)
    print(report.text().splitlines()[-1])
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write(report.text())
    return 1 if report.bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    built = os.path.join(ROOT, "build", "dev", "bin")
    parser.add_argument("victim", nargs="*",
                        help=f"of: {'; '.join(VICTIMS)} (default: all of them)")
    parser.add_argument("--bin", default=built, help="where snaptake and snapagent are")
    parser.add_argument("--writer", default=os.path.join(built, "blocked_writer"))
    parser.add_argument("--first", metavar="STEP",
                        help='the first step, as "guest-fsfreeze-freeze asked" (default: all)')
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    options = parser.parse_args()
    if set(options.victim) - set(VICTIMS):
        parser.error(f"a victim is one of: {'; '.join(VICTIMS)}")
    return status_of(lambda place: run(options, place), prefix="kills-")


if __name__ == "__main__":
    sys.exit(main())
