#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""snaptake and played machines: what it makes before anything is frozen, and how it undoes that.

snaptake_prepare_test.py SNAPTAKE [NAME]...   runs all cases, or those named
"""

import os
import signal
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # of what is imported from a source tree
from snaptake_test import END_LIMIT, Run, interrupted, main, require, require_at_rest, take

STEPS = ["blockdev-create", "query-jobs", "job-dismiss", "blockdev-add", "blockdev-del"]


def require_backed_out(run, machines, status=1):
    """Nothing was frozen or cut, and nothing that was made is left."""
    require(run.status == status and run.result["label"] == "none", run.status, run.result)
    require_at_rest(run, machines)
    for machine in machines:
        require(machine.freezes == 0 and not machine.cuts, machine.name, machine.cuts)
        require(not machine.nodes and not machine.made, machine.nodes, machine.made)
    require(not run.result["left_behind"], run.result)
    for told in run.result["machines"]:
        for disk in told["disks"]:
            require(disk["state"] in ("absent", "removed"), disk)


def the_overlay_is_made_before_the_freeze(place):
    """Also if QEMU needs a while for it: it is not in the way of the guest."""
    for takes in (None, 0.3):
        order = []
        with tempfile.TemporaryDirectory(dir=place) as own:
            def setup(one, order=order, takes=takes):
                one.at, one.create_takes = order.append, takes

            run, (machine,) = take(own, setup=setup)
            require(run.status == 0 and machine.cuts == [True], run.result)
            require(not machine.nodes and not machine.made, machine.nodes, machine.made)
            require_at_rest(run, [machine])
            freeze, cut = order.index("guest-fsfreeze-freeze"), order.index("transaction")
            for step in STEPS:
                require(order.index(step) < freeze, step, order)
                require(step not in order[freeze:cut], step, order)


def a_monitor_that_refuses(place):
    for step in STEPS:
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, (machine,) = take(own, setup=lambda one, step=step: one.refused.update(
                {step: "not here"}))
            if step == "job-dismiss":  # the file is made all the same
                require(run.status == 0, run.result)
            elif step == "blockdev-del":  # QEMU has the file open for good
                require(run.status == 1 and machine.freezes == 0, run.result)
                require(run.result["machines"][0]["disks"][0]["state"] == "unknown", run.result)
                require_at_rest(run, [machine])
            elif step == "query-jobs":  # the job cannot be seen to be over
                require(run.status == 1 and machine.freezes == 0, run.result)
                require_at_rest(run, [machine])
            else:
                require_backed_out(run, [machine])
                require("not here" in run.result["reason"], run.result)


def a_job_that_fails(place):
    run, (machine,) = take(place, setup=lambda one: setattr(one, "create_error", "No space left"))
    require_backed_out(run, [machine])
    require("No space left" in run.result["reason"], run.result)
    require(run.result["machines"][0]["disks"][0]["state"] == "removed", run.result)


def a_job_that_does_not_end(place):
    run, (machine,) = take(place, "--cut-limit", "1s",
                           setup=lambda one: setattr(one, "create_takes", END_LIMIT))
    require(run.status == 1 and machine.freezes == 0, run.result)
    require("were not made within 1s" in run.result["reason"], run.result)
    require_at_rest(run, [machine])


def one_of_a_group_that_cannot_make_its_file(place):
    run, machines = take(place, count=2, setup=lambda _, two: two.refused.update(
        {"blockdev-create": "no room"}))
    require_backed_out(run, machines)
    require("m2: " in run.result["reason"], run.result)


def a_monitor_that_hangs_up(place):
    """What became of it is asked anew."""
    for step in STEPS:
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, (machine,) = take(own, setup=lambda one, step=step: setattr(
                one, "silent_at", step))
            require_backed_out(run, [machine])


def an_agent_that_goes_and_comes_back(place):
    def setup(one):
        once = threading.Lock()
        one.at = lambda now: (one.hang_up(one.agent) if now == "blockdev-add" and
                              once.acquire(blocking=False) else None)

    run, (machine,) = take(place, setup=setup)
    require(run.status == 0 and machine.cuts == [True], run.result)
    require_at_rest(run, [machine])


def an_agent_that_goes_for_good(place):
    run, (machine,) = take(place, "--reach-limit", "1s", setup=lambda one: setattr(
        one, "at", lambda now: one.vanish() if now == "blockdev-add" else None))
    require_backed_out(run, [machine], status=3)


def an_agent_that_goes_for_good_and_is_not_needed(place):
    run, (machine,) = take(place, "--reach-limit", "1s", "--crash-ok", setup=lambda one: setattr(
        one, "at", lambda now: one.vanish() if now == "blockdev-add" else None))
    require(run.status == 1 and run.result["label"] == "crash", run.result)
    require(machine.cuts == [False], machine.cuts)
    require_at_rest(run, [machine])


def ctrl_c_while_files_are_made(place):
    for step in STEPS:
        for takes in (None, 0.2):
            with tempfile.TemporaryDirectory(dir=place) as own:
                run, machine = interrupted(own, step, signal.SIGINT,
                                           setup=lambda one, takes=takes: setattr(
                                               one, "create_takes", takes))
                require(run.result["interrupted"], step, run.result)
                require_backed_out(run, [machine])


def killed_while_files_are_made(place):
    """Nothing is frozen. The file is left, no machine goes on in it, and it is not taken for one of
    the next run."""
    for step in STEPS:
        with tempfile.TemporaryDirectory(dir=place) as own:
            run, machine = interrupted(own, step, signal.SIGKILL)
            require(run.status == -signal.SIGKILL and not machine.frozen, step, run.status)
            machine.at = lambda now: None
            left = os.path.join(own, "m1.t.qcow2")
            until = time.monotonic() + END_LIMIT
            while not os.path.exists(left):  # QEMU goes on with what it was told
                require(time.monotonic() < until, step, "the file was not made")
                time.sleep(0.05)
            same = Run([machine]).end()
            require(same.status == 3 and "is there already" in same.result["reason"], same.result)
            again = Run([machine], "--tag", "u").end()
            require(again.status == 0 and os.path.exists(left), step, again.result)
            require(machine.freezes == 1 and machine.active != left, machine.active)


CASES = [the_overlay_is_made_before_the_freeze, a_monitor_that_refuses, a_job_that_fails,
         a_job_that_does_not_end, one_of_a_group_that_cannot_make_its_file,
         a_monitor_that_hangs_up, an_agent_that_goes_and_comes_back, an_agent_that_goes_for_good,
         an_agent_that_goes_for_good_and_is_not_needed, ctrl_c_while_files_are_made,
         killed_while_files_are_made]

if __name__ == "__main__":
    sys.exit(main(CASES))
