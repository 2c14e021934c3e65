#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""snaptake and played machines: groups, signals at every step, and what is left on disk.

snaptake_test.py SNAPTAKE [NAME]...   runs all cases, or those named
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SNAPTAKE = os.path.abspath(sys.argv[1])
FILESYSTEMS = 2
END_LIMIT = 40  # for one run, on a busy machine


class Machine:
    """QEMU with one disk, and the agent inside of it. `at` is called with what is going on."""

    def __init__(self, place, name, at=lambda step: None):
        self.name, self.at = name, at
        self.image = os.path.join(place, name + ".qcow2")
        self.active = self.image
        self.frozen = False
        self.freezes, self.thaws, self.cuts, self.mounts = 0, 0, [], None
        self.cut_takes, self.cut_error, self.freeze_error = 0.0, None, None
        self.thawed_count = FILESYSTEMS
        self.keeps_jobs = False  # a copy that is never finished
        self.refused = {}  # commands, with the reason
        self.silent_at = None  # the monitor hangs up once, instead of the answer to this command
        self.create_error = None  # of the job that makes a file
        self.create_takes = None  # a job is over this much later than its command is answered
        self.hangs_up = None  # the monitor, "before" or "after" a cut
        self.nodes, self.jobs, self.made = {}, set(), {}
        self.streams = set()
        self.listeners = []
        with open(self.image, "wb") as file:
            file.write(b"\0" * 1024)
        self.agent = self.listen(os.path.join(place, name + ".agent"), self.serve_agent)
        self.qmp = self.listen(os.path.join(place, name + ".qmp"), self.serve_qmp)

    def words(self):
        return f"name={self.name},agent={self.agent},qmp={self.qmp}"

    def listen(self, path, serve):
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        listener.listen(4)
        self.listeners.append(listener)

        def accept():
            while True:
                try:
                    stream, _ = listener.accept()
                except OSError:
                    return
                self.streams.add(stream)
                threading.Thread(target=self.served, args=(serve, stream), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return path

    def served(self, serve, stream):
        with contextlib.suppress(OSError):
            serve(stream)
        self.streams.discard(stream)
        stream.close()

    def vanish(self):
        """The agent's channel goes and does not come back."""
        os.unlink(self.agent)
        self.listeners[0].close()
        self.hang_up(self.agent)

    def hang_up(self, where):
        for stream in list(self.streams):
            if stream.getsockname() == where:
                stream.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def requests(stream):
        half = b""
        while True:
            more = stream.recv(65536)
            if not more:
                return
            half += more
            while b"\n" in half:
                line, half = half.split(b"\n", 1)
                yield json.loads(line.rpartition(b"\xff")[2])

    def serve_agent(self, stream):
        for request in self.requests(stream):
            name = request["execute"]
            self.at(name)
            reply, lead = {}, b""
            if name == "guest-sync-delimited":
                reply, lead = {"return": request["arguments"]["id"]}, b"\xff"
            elif name == "guest-info":
                known = ["guest-fsfreeze-freeze", "guest-fsfreeze-thaw", "guest-fsfreeze-status"]
                entries = [{"name": one, "enabled": True, "success-response": True}
                           for one in known]
                reply = {"return": {"version": "1", "supported_commands": entries}}
            elif name == "guest-fsfreeze-status":
                reply = {"return": "frozen" if self.frozen else "thawed"}
            elif name.startswith("guest-fsfreeze-freeze"):
                self.freezes += 1
                self.mounts = request.get("arguments", {}).get("mountpoints")
                if self.freeze_error:
                    reply = {"error": {"class": "GenericError", "desc": self.freeze_error}}
                else:
                    self.frozen = True
                    reply = {"return": FILESYSTEMS}
            elif name == "guest-fsfreeze-thaw":
                self.thaws += 1
                reply = {"return": self.thawed_count if self.frozen else 0}
                self.frozen = False
            if "id" in request:
                reply["id"] = request["id"]
            stream.sendall(lead + json.dumps(reply).encode() + b"\n")
            self.at(name + " answered")

    def serve_qmp(self, stream):
        def say(message):
            stream.sendall(json.dumps(message).encode() + b"\r\n")

        say({"QMP": {"version": {}, "capabilities": []}})
        for request in self.requests(stream):
            name, arguments = request["execute"], request.get("arguments", {})
            self.at(name)
            events = []
            try:
                value = self.qmp_command(name, arguments, events)
                if name == self.silent_at:
                    self.silent_at = None
                    raise ConnectionError
                say({"return": value, "id": request["id"]})
            except ValueError as error:
                say({"error": {"class": "GenericError", "desc": str(error)}, "id": request["id"]})
            for event in events:
                say(event)
            self.at(name + " answered")

    def qmp_command(self, name, arguments, events):
        if name in self.refused:
            raise ValueError(self.refused[name])
        if name == "query-status":
            return {"running": True, "status": "running"}
        if name == "query-block":
            image = {"filename": self.active, "virtual-size": 1024}
            if self.active != self.image:
                image["backing-image"] = {"filename": self.image}
            return [{"device": "drive0", "qdev": "disk0",
                     "inserted": {"node-name": "disk0", "ro": False, "file": self.active,
                                  "drv": "qcow2", "image": image}}]
        if name == "blockdev-create":
            self.create(arguments["job-id"], arguments["options"], events)
        elif name == "query-jobs":
            return [{"id": job, "status": status, **({"error": why} if why else {})}
                    for job, (status, why) in self.made.items()]
        elif name == "job-dismiss":
            if self.made.get(arguments["id"], ("concluded",))[0] != "concluded":
                raise ValueError("Job in state 'running' cannot accept command verb 'dismiss'")
            self.made.pop(arguments["id"], None)
        elif name == "blockdev-add":
            file = arguments.get("filename") or arguments["file"]["filename"]
            if not os.path.exists(file):
                raise ValueError(f"Could not open '{file}'")
            self.nodes[arguments["node-name"]] = file
        elif name == "blockdev-del":
            if arguments["node-name"] in self.jobs:
                raise ValueError("Node is in use")
            if not self.nodes.pop(arguments["node-name"], None):
                raise ValueError("Failed to find node with node-name")
        elif name == "job-cancel":
            self.end_job(arguments["id"], "BLOCK_JOB_CANCELLED", events)
        elif name == "transaction":
            self.cut(arguments["actions"], events)
        return {}

    def create(self, job, options, events):
        """A file first, and then an image in it."""
        if options["driver"] == "file":
            with open(options["filename"], "wb"):
                pass
        elif options["file"] not in self.nodes or options["backing-file"] != self.active:
            raise ValueError("Cannot find device or node")
        over = {"event": "JOB_STATUS_CHANGE", "data": {"id": job, "status": "concluded"}}
        self.made[job] = ("concluded", self.create_error)
        if self.create_takes is None:
            events.append(over)
            return
        self.made[job] = ("running", None)

        def end():
            self.made[job] = ("concluded", self.create_error)
            for stream in list(self.streams):
                if stream.getsockname() == self.qmp:
                    stream.sendall(json.dumps(over).encode() + b"\n")

        threading.Timer(self.create_takes, end).start()

    def cut(self, actions, events):
        self.cuts.append(self.frozen)
        time.sleep(self.cut_takes)
        if self.hangs_up == "before":
            raise ConnectionError
        for action in actions:
            data = action["data"]
            if action["type"] == "blockdev-snapshot-sync":
                if data["mode"] != "existing" or not os.path.exists(data["snapshot-file"]):
                    raise ValueError("the overlay was not made before the cut")
                if data["snapshot-file"] in self.nodes.values():
                    raise ValueError("Failed to get write lock")
                if not self.cut_error:
                    self.active = data["snapshot-file"]
            elif not self.cut_error:
                self.jobs.add(data["target"])
                if not self.keeps_jobs:
                    self.end_job(data["job-id"], "BLOCK_JOB_COMPLETED", events)
        if self.hangs_up == "after":
            raise ConnectionError
        if self.cut_error:
            raise ValueError(self.cut_error)

    def end_job(self, job, how, events):
        self.jobs.discard(job.removesuffix("-job"))
        events.append({"event": how, "data": {"device": job}})
        events.append({"event": "JOB_STATUS_CHANGE", "data": {"id": job, "status": "concluded"}})


class Run:
    """One run of snaptake."""

    def __init__(self, machines, *more, out=subprocess.PIPE, err=None):
        words = [SNAPTAKE, "take", "--json", *more]
        for flag, value in (("--tag", "t"), ("--reach-limit", "5s"), ("--hold-limit", "10s"),
                            ("--thaw-limit", "2s"), ("--settle-limit", "8s")):
            words += [] if flag in more else [flag, value]
        for one in machines:
            words += ["--machine", one.words()]
        self.process = subprocess.Popen(words, stdout=out, stderr=err, text=True)

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        try:
            out, _ = self.process.communicate(timeout=END_LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        self.status = self.process.returncode
        self.result = json.loads(out) if out else None
        return self


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))


def require_at_rest(run, machines):
    """Nothing is frozen, and every file is told of."""
    result = run.result
    for machine, told in zip(machines, result["machines"]):
        require(not machine.frozen, machine.name, "is frozen")
        require(not told["may_be_frozen"], machine.name, "is said to be frozen", result)
        for disk in told["disks"]:
            named = disk["file"] in result["left_behind"] or (
                result["outcome"] != "failed" and disk["state"] == "made")
            require(named == os.path.exists(disk["file"]), disk, result)
    require((run.status == 0) == (result["outcome"] == "success"), run.status, result)


def take(place, *more, count=1, setup=lambda *machines: None):
    machines = [Machine(place, f"m{i + 1}") for i in range(count)]
    setup(*machines)
    return Run(machines, *more).end(), machines


# ---- without signals ----------------------------------------------------------------------------


def an_overlay(place):
    run, (machine,) = take(place)
    require(run.status == 0 and run.result["label"] == "filesystem", run.result)
    require(machine.cuts == [True] and machine.thaws == 1 and machine.active != machine.image)
    require(run.result["machines"][0]["disks"][0]["copy"] == machine.image)
    require_at_rest(run, [machine])


def a_backup(place):
    run, (machine,) = take(place, "--method", "backup")
    require(run.status == 0, run.result)
    copy = run.result["machines"][0]["disks"][0]["copy"]
    require(os.path.getsize(copy) == 1024 and not machine.nodes, machine.nodes)
    require_at_rest(run, [machine])


def some_mounts_only(place):
    machine = Machine(place, "m1")
    words = machine.words() + ",mount=/srv,mount=/var/lib"
    machine.words = lambda: words
    run = Run([machine]).end()
    require(run.status == 0 and machine.mounts == ["/srv", "/var/lib"], machine.mounts, run.result)


def a_group(place):
    run, machines = take(place, count=3)
    require(run.status == 0, run.result)
    for one in machines:
        require(one.cuts == [True] and one.freezes == one.thaws == 1, one.name, one.cuts)
    require_at_rest(run, machines)


def a_group_is_cut_when_all_are_frozen(place):
    order = []

    def setup(first, second):
        first.at = lambda step: order.append(step)
        second.at = lambda step: (time.sleep(1) if step == "guest-fsfreeze-freeze" else None,
                                  order.append(step))

    run, machines = take(place, count=2, setup=setup)
    require(run.status == 0, run.result)
    # What is noted after an answer can be late; what is noted before it, never.
    last = max(i for i, step in enumerate(order) if step == "guest-fsfreeze-freeze")
    require(order.index("transaction") > last, order)
    require_at_rest(run, machines)


def one_of_a_group_that_cannot_freeze(place):
    run, machines = take(place, count=2,
                         setup=lambda _, two: setattr(two, "freeze_error", "no"))
    require(run.status == 1 and run.result["label"] == "none", run.result)
    require(not machines[0].cuts and not machines[1].cuts)
    require_at_rest(run, machines)


def one_of_a_group_that_cannot_be_cut(place):
    def setup(first, second):
        second.cut_error = "No space left on device"
        second.cut_takes = 0.3

    run, machines = take(place, count=2, setup=setup)
    require(run.status == 1, run.result)
    told = run.result["machines"]
    require(told[0]["disks"][0]["state"] == "left", told)  # the machine goes on in it
    require(told[1]["disks"][0]["state"] == "removed", told)
    require("No space left" in told[1]["trouble"], told)
    require_at_rest(run, machines)


def a_backup_that_cannot_be_cut(place):
    run, machines = take(place, "--method", "backup",
                         setup=lambda one: setattr(one, "cut_error", "No space left on device"))
    require(run.status == 1, run.result)
    require(run.result["machines"][0]["disks"][0]["state"] == "removed", run.result)
    require_at_rest(run, machines)


def a_cut_without_an_answer(place):
    """What became of it is asked anew."""
    for when, state in (("before", "removed"), ("after", "left")):
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, (machine,) = take(own, setup=lambda one, when=when: setattr(one, "hangs_up", when))
            require(run.status == 1 and run.result["label"] == "none", run.result)
            require(run.result["machines"][0]["disks"][0]["state"] == state, when, run.result)
            require_at_rest(run, [machine])


def a_copy_that_nobody_can_tell_of(place):
    def setup(machine):
        machine.keeps_jobs = True
        machine.at = lambda step: (machine.hang_up(machine.qmp)
                                   if step == "guest-fsfreeze-thaw answered" else None)

    run, (machine,) = take(place, "--method", "backup", setup=setup)
    require(run.status == 1 and run.result["label"] == "none", run.result)
    require(run.result["machines"][0]["disks"][0]["state"] == "unknown", run.result)
    require_at_rest(run, [machine])


def one_of_a_group_that_vanishes_while_frozen(place):
    """The one that can be reached is thawed; the other is named."""

    def setup(first, second):
        first.at = lambda step: second.vanish() if step == "transaction" else None
        first.cut_takes = second.cut_takes = 0.5

    run, machines = take(place, count=2, setup=setup)
    require(run.status == 1, run.result)
    require(not machines[0].frozen and machines[1].frozen)
    frozen = [one["name"] for one in run.result["machines"] if one["may_be_frozen"]]
    require(frozen == ["m2"], run.result)


def nobody_there(place):
    run, machines = take(place, "--reach-limit", "1s", setup=lambda one: one.vanish())
    require(run.status == 3 and not machines[0].cuts, run.status, run.result)
    require_at_rest(run, machines)


def a_crash_copy_only_if_allowed(place):
    run, machines = take(place, "--reach-limit", "1s", "--crash-ok",
                         setup=lambda one: one.vanish())
    require(run.status == 1 and run.result["label"] == "crash", run.result)
    require(run.result["outcome"] == "degraded" and machines[0].cuts == [False], run.result)


def a_doubtful_copy_only_if_wanted(place):
    """A filesystem had let go before the thaw: of what the cut is nobody knows."""
    for more, label, state in (([], "none", "left"), (["--keep-degraded"], "crash", "made")):
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, (machine,) = take(own, *more, setup=lambda one: setattr(one, "thawed_count", 1))
            require(run.status == 1 and run.result["label"] == label, run.result)
            require(run.result["machines"][0]["verdict"] == "early", run.result)
            require(run.result["machines"][0]["disks"][0]["state"] == state, run.result)
            require_at_rest(run, [machine])


def a_dry_run_changes_nothing(place):
    run, (machine,) = take(place, "--dry-run")
    require(run.status == 0, run.status)
    require(not machine.cuts and not machine.freezes)
    plan = run.result["plan"][0]
    require(plan["disks"][0]["image"] == machine.image, plan)
    require(plan["transaction"]["actions"][0]["type"] == "blockdev-snapshot-sync", plan)
    require(not os.path.exists(plan["disks"][0]["file"]))


def a_file_that_is_there_is_not_overwritten(place):
    precious = os.path.join(place, "m1.t.qcow2")
    with open(precious, "w", encoding="ascii") as file:
        file.write("precious")
    run, (machine,) = take(place)
    require(run.status == 3 and "is there already" in run.result["reason"], run.result)
    require(not machine.freezes)
    with open(precious, encoding="ascii") as file:
        require(file.read() == "precious")


# ---- signals ------------------------------------------------------------------------------------

STEPS = ["query-status", "query-block", "guest-sync-delimited", "guest-info",
         "guest-fsfreeze-status", "guest-fsfreeze-freeze", "guest-fsfreeze-freeze answered",
         "transaction", "transaction answered", "guest-fsfreeze-thaw",
         "guest-fsfreeze-thaw answered"]


def interrupted(place, step, number, *more, setup=lambda machine: None):
    machine = Machine(place, "m1")
    machine.cut_takes = 0.2
    setup(machine)
    started = threading.Event()
    once = threading.Lock()
    signalled = threading.Event()

    def at(now):
        started.wait()
        if now == step and once.acquire(blocking=False):
            run.signal(number)
            time.sleep(0.05)  # so that it comes before what is being answered
            signalled.set()
        elif step.endswith("answered") and now in STEPS[STEPS.index(step) + 1:]:
            signalled.wait(5)  # nor does anything later overtake it

    machine.at = at
    run = Run([machine], *more)
    started.set()
    return run.end(), machine


def ctrl_c_at_every_step(place):
    for method in ("overlay", "backup"):
        for step in STEPS:
            with tempfile.TemporaryDirectory(dir=place) as own:
                run, machine = interrupted(own, step, signal.SIGINT, "--method", method)
                require(run.result["interrupted"] or step.endswith("thaw answered"), step,
                        run.result)
                late = step in ("transaction answered", "guest-fsfreeze-thaw",
                                "guest-fsfreeze-thaw answered")
                require(run.status == 1 or late, step, run.status, run.result)
                require_at_rest(run, [machine])


def other_signals_do_the_same(place):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, machine = interrupted(own, "transaction", number)
            require(run.status == 1 and run.result["interrupted"], run.result)
            require_at_rest(run, [machine])


def a_copy_that_is_still_written_is_given_up(place):
    for step in ("guest-fsfreeze-thaw", "guest-fsfreeze-thaw answered"):
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, machine = interrupted(own, step, signal.SIGINT, "--method", "backup",
                                       setup=lambda one: setattr(one, "keeps_jobs", True))
            require(run.status == 1 and run.result["label"] == "none", step, run.result)
            require(run.result["machines"][0]["disks"][0]["state"] == "removed", run.result)
            require_at_rest(run, [machine])


def nobody_reads_what_is_said(place):
    machine = Machine(place, "m1")
    reading, writing = os.pipe()
    os.close(reading)
    run = Run([machine], "-v", out=writing, err=writing).end()
    os.close(writing)
    require(run.status == 0 and not machine.frozen and machine.cuts == [True], run.status)


def it_is_not_stopped_by_ctrl_z(place):
    run, machine = interrupted(place, "transaction", signal.SIGTSTP)
    require(run.status == 0 and not run.result["interrupted"], run.result)
    require_at_rest(run, [machine])


def wrong_usage(_):
    for words in (["--agent", "/a"], ["--qmp", "/q"], [], ["--machine", "x=y"],
                  ["--agent", "/a", "--qmp", "/q", "--machine", "agent=/b,qmp=/c"],
                  ["--agent", "/a", "--qmp", "/q", "--hold-limit", "1s"],
                  ["--agent", "/a", "--qmp", "/q", "--hold-limit", "10"],
                  ["--agent", "/a", "--qmp", "/q", "--tag", "a/b"],
                  ["--agent", "/a", "--qmp", "/q", "--into", "/no/such/folder"]):
        done = subprocess.run([SNAPTAKE, "take", *words], capture_output=True, check=False)
        require(done.returncode == 2 and done.stderr and not done.stdout, words, done)


def killed_for_good(place):
    """Nothing can be done then; the next run neither thaws what it did not freeze nor claims."""
    run, machine = interrupted(place, "transaction", signal.SIGKILL)
    require(run.status == -signal.SIGKILL and machine.frozen, run.status, machine.frozen)
    machine.at = lambda step: None
    until = time.monotonic() + END_LIMIT
    while machine.active == machine.image:  # QEMU goes on with what it was told
        require(time.monotonic() < until, "the cut was not made")
        time.sleep(0.05)
    again = Run([machine], "--tag", "u").end()
    require(again.status == 1 and again.result["label"] == "none", again.result)
    require("frozen by somebody else" in again.result["reason"], again.result)
    require(machine.frozen and machine.thaws == 0 and len(machine.cuts) == 1, machine.cuts)


CASES = [an_overlay, a_backup, some_mounts_only, a_group, a_group_is_cut_when_all_are_frozen,
         one_of_a_group_that_cannot_freeze, one_of_a_group_that_cannot_be_cut,
         a_backup_that_cannot_be_cut, a_cut_without_an_answer, a_copy_that_nobody_can_tell_of,
         one_of_a_group_that_vanishes_while_frozen, nobody_there,
         a_crash_copy_only_if_allowed, a_doubtful_copy_only_if_wanted, a_dry_run_changes_nothing,
         a_file_that_is_there_is_not_overwritten, ctrl_c_at_every_step,
         other_signals_do_the_same, a_copy_that_is_still_written_is_given_up,
         nobody_reads_what_is_said, it_is_not_stopped_by_ctrl_z, wrong_usage, killed_for_good]


def main(cases):
    failed = 0
    chosen = [one for one in cases if one.__name__ in (sys.argv[2:] or [one.__name__])]
    require(chosen, "no case is called", *sys.argv[2:])
    for case in chosen:
        with tempfile.TemporaryDirectory(prefix="snaptake-") as place:
            begun = time.monotonic()
            try:
                case(place)
                verdict = "ok"
            except (AssertionError, subprocess.TimeoutExpired) as error:
                verdict = f"FAILED: {error}"
                failed += 1
            print(f"{case.__name__:45} {time.monotonic() - begun:5.1f} s  {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(CASES))
