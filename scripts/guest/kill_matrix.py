#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Kills whoever takes part in a snapshot at each of its steps, and looks how long all stood still.

kill_matrix.py [--bin FOLDER] [--writer FILE] [--report FILE] [VICTIM]...     status 77: skipped

A relay between snaptake and the sockets of a guest of scripts/guest/make.sh holds each message
back, kills (SIGKILL) the agent, its watchdog, both, the orchestrator or QEMU, and passes it on.
Afterwards
  - no program in the guest may have waited longer than the agent's hold limit and a margin,
  - snaptake may not have called a copy whole that was cut after the agent had gone,
  - a new agent and a new snaptake must be able to take a snapshot,
  - of a QEMU that was killed, the disk must hold all that was acknowledged.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # in a source tree
from machine import ROOT, Failed, Guest, Skipped, end_on_signal, make

sys.path.insert(0, os.path.join(ROOT, "bench"))
from frozen_window import Window

HOLD_LIMIT = 5  # seconds, of the agent
MARGIN = 2  # of a guest whose processor is played, on a busy machine
PATIENCE = 120
STEPS = {  # whose message it is, and what is in it; in their order
    "sync asked": ("host", b"guest-sync"), "sync answered": ("agent", b'"return"'),
    "freeze asked": ("host", b"guest-fsfreeze-freeze"), "freeze answered": ("agent", b'"return"'),
    "cut asked": ("monitor", b'"transaction"'), "cut answered": ("QEMU", b'"return"'),
    "thaw asked": ("host", b"guest-fsfreeze-thaw"), "thaw answered": ("agent", b'"return"')}
ORDER = list(STEPS)
VICTIMS = ["agent", "watchdog", "agent and watchdog", "orchestrator", "QEMU"]


class Relay:
    """Passes bytes between snaptake and the guest, and calls at(step) before those of a step."""

    def __init__(self, place, guest, at):
        self.at, self.reached, self.lock = at, 0, threading.Lock()
        self.agent, self.qmp = os.path.join(place, "agent"), os.path.join(place, "qmp")
        self.listeners = []
        for path, to, names in ((self.agent, guest.agent, ("host", "agent")),
                                (self.qmp, guest.qmp_path, ("monitor", "QEMU"))):
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            listener.listen()
            self.listeners.append(listener)
            threading.Thread(target=self.accept, args=(listener, to, names), daemon=True).start()

    def accept(self, listener, to, names):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                try:
                    far.connect(to)
                except OSError:
                    near.close()
                    continue
                for source, target, name in ((near, far, names[0]), (far, near, names[1])):
                    threading.Thread(target=self.pass_on, args=(source, target, name),
                                     daemon=True).start()

    def pass_on(self, source, target, name):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self.lock:
                    step = ORDER[self.reached] if self.reached < len(ORDER) else None
                    if step and STEPS[step][0] == name and STEPS[step][1] in data:
                        self.reached += 1
                        self.at(step)
                target.sendall(data)
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

    def __init__(self, place, programs, disk=None):
        self.place, self.programs, self.number = place, programs, 0
        self.guest = Guest(place, [programs["snapagent"], programs["writer"]],
                           ["window", "files"], disk=disk)
        self.acknowledged = 0

    def begin(self):
        self.window = Window(self.guest)
        self.guest.start("python3 /run/payload/witness.py write /srv/witness/files --pause 0.02 "
                         ">/dev/virtio-ports/report.files", "witness", to_log="2")
        self.start_agent()

    def start_agent(self):
        self.agent = self.guest.start(f"snapagent --hold-limit {HOLD_LIMIT}", "snapagent")

    def take(self, agent, qmp):
        self.number += 1
        return subprocess.Popen([self.programs["snaptake"], "take", "--json", "--agent", agent,
                                 "--qmp", qmp, "--tag", f"k{self.number}", "--settle-limit", "15s",
                                 "--reach-limit", "10s"], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True)

    def kill(self, victim):
        """@return whether it was there"""
        with open(self.guest.report("files"), "rb") as file:
            self.acknowledged = file.read().count(b"\n")
        if victim == "orchestrator":
            self.process.kill()
        elif victim == "QEMU":
            self.guest.process.kill()
            self.guest.process.wait()
        else:
            whom = [str(self.agent)] if "agent" in victim else []
            if "watchdog" in victim:
                whom += self.guest.run(
                    "for one in /proc/[0-9]*; do tr '\\0' ' ' <$one/cmdline 2>/dev/null | "
                    "grep -q '^snapagent --watchdog' && echo ${one#/proc/}; done; true").split()
            if not whom:
                return False
            self.guest.run(f"kill -KILL {' '.join(whom)}")
        return True

    def snapshot(self, victim, step):
        """Takes one, with a kill at that step. @return how it is labelled, and whether anybody was
        killed"""
        killed = []
        with tempfile.TemporaryDirectory(prefix="relay-") as place:
            relay = Relay(place, self.guest,
                          lambda now: killed.append(self.kill(victim)) if now == step else None)
            self.process = self.take(relay.agent, relay.qmp)
            try:
                said, _ = self.process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise Failed(f"snaptake did not end in {PATIENCE} s") from None
            finally:
                relay.stop()
        if not killed:
            raise Failed(f"the step was not reached: {said.strip()}")
        return json.loads(said)["label"] if said else "it said nothing", killed[0]


def false_success(victim, step, label):
    gone = victim != "watchdog" and ORDER.index(step) < ORDER.index("cut answered")
    return ["a copy was called whole"] if gone and label == "filesystem" else []


def try_in(bench, victim, step):
    """@return what happened, how long the writer waited, and what was wrong"""
    bench.window.longest()
    label, killed = bench.snapshot(victim, step)
    if not killed:
        return "there was none", 0, []
    # The answer of the writer comes when it can write again.
    longest = bench.window.longest()
    wrong = false_success(victim, step, label)
    if longest > HOLD_LIMIT + MARGIN:
        wrong.append(f"a program waited {longest:.1f} s")
    if "agent" in victim:
        bench.start_agent()
    said, _ = bench.take(bench.guest.agent, bench.guest.qmp_path).communicate(timeout=PATIENCE)
    if json.loads(said)["label"] != "filesystem":
        wrong.append(f"the next snapshot: {said.strip()}")
    return label, longest, wrong


def try_qemu(place, programs, step):
    """The same for QEMU: the disk that it leaves is looked at in a new guest."""
    bench = Bench(os.path.join(place, "before"), programs)
    with bench.guest as guest:
        bench.begin()
        deadline = time.monotonic() + PATIENCE
        while os.path.getsize(guest.report("files")) < 60:
            if time.monotonic() > deadline:
                raise Failed("the witness does not write")
            time.sleep(0.1)
        label, _ = bench.snapshot("QEMU", step)
    overlay = os.path.join(guest.place, "data.k1.qcow2")
    disk = overlay if os.path.exists(overlay) else guest.disk
    wrong = false_success("QEMU", step, label)
    with Guest(os.path.join(place, "after"), disk=disk) as again:
        said = again.run("python3 /run/payload/witness.py check /srv/witness/files || true",
                         PATIENCE)
    found = int(said.strip().splitlines()[-1].split()[1])
    if "none is half there" not in said or found < bench.acknowledged:
        wrong.append(f"{bench.acknowledged} were acknowledged; {said.strip()}")
    return label, 0, wrong


def run(options, place):
    make()
    programs = {name: os.path.join(options.bin, name) for name in ("snaptake", "snapagent")}
    programs["writer"] = options.writer
    victims = options.victim or VICTIMS
    lines = ["| killed | at | snaptake says | longest append | wrong |", "|---|---|---|---|---|"]
    bad, most, points = 0, 0, 0

    def tell(victim, step, label, longest, wrong):
        nonlocal bad, most, points
        points += label != "there was none"
        bad += bool(wrong)
        most = max(most, longest)
        lines.append(f"| {victim} | {step} | {label} | {f'{longest:.2f} s' if longest else ''} | "
                     f"{'; '.join(wrong)} |")
        print(lines[-1], flush=True)

    for victim in victims:
        if victim == "QEMU":
            for step in ORDER:
                with tempfile.TemporaryDirectory(dir=place) as own:
                    tell(victim, step, *try_qemu(own, programs, step))
            continue
        bench = Bench(os.path.join(place, victim.replace(" ", "-")), programs)
        with bench.guest:
            bench.begin()
            for step in ORDER:
                tell(victim, step, *try_in(bench, victim, step))
    text = "\n".join(lines) + (f"\n\n{points} kills, {bad} with something wrong; the longest "
                               f"append took {most:.2f} s, with a hold limit of "
                               f"{HOLD_LIMIT} s.\n")
    print(text.splitlines()[-1])
    if options.report:
        with open(options.report, "w", encoding="utf-8") as file:
            file.write(text)
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    built = os.path.join(ROOT, "build", "dev", "bin")
    parser.add_argument("victim", nargs="*", help=f"of {', '.join(VICTIMS)} (default: all)")
    parser.add_argument("--bin", default=built, help="where snaptake and snapagent are")
    parser.add_argument("--writer", default=os.path.join(built, "blocked_writer"))
    parser.add_argument("--report", metavar="FILE", help="the table, as Markdown")
    options = parser.parse_args()
    if set(options.victim) - set(VICTIMS):
        parser.error(f"a victim is one of {', '.join(VICTIMS)}")
    end_on_signal()
    try:
        with tempfile.TemporaryDirectory(prefix="kills-") as place:
            return run(options, place)
    except Skipped as reason:
        print(f"skipped: {reason}")
        return 77
    except Failed as reason:
        print(f"FAILED: {reason}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
