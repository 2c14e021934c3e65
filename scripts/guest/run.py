#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Runs a guest of scripts/guest/make.sh, with databases at work in it, until it is told to end.

run.py FOLDER [--bin FOLDER] [--hooks]       status 77: skipped, with the reason

Makes FOLDER, with
  agent, qmp       the sockets of the guest's agent (snapagent) and of QEMU's monitor
  reports/KIND     what the witness has acknowledged: a line for each transaction that is on disk
  console          what the kernel says
and prints "ready" when all are at work. With --hooks the databases take part in a freeze. It ends
with SIGTERM or Ctrl-C, and the guest with it.
"""

import argparse
import os
import sys
import time

sys.dont_write_bytecode = True  # in a source tree
from machine import ROOT, Failed, Guest, answered, make, status_of
from workload import Busy, kinds_to_judge


def run(options):
    agent = os.path.join(options.bin, "snapagent")
    if not os.path.exists(agent):
        raise Failed(f"there is no {agent}: build it first")
    make()
    kinds = kinds_to_judge()
    with Guest(os.path.abspath(options.folder), [agent], kinds) as guest:
        Busy(guest, kinds).agent_for("participants" if options.hooks else "filesystem")
        while not answered(guest.agent, 1):
            if not guest.alive():
                raise Failed("QEMU has ended")
        print("ready", flush=True)
        while guest.alive():
            time.sleep(0.5)
    raise Failed("QEMU has ended")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"),
                        help="where snapagent is (default: %(default)s)")
    parser.add_argument("--hooks", action="store_true")
    options = parser.parse_args()
    return status_of(lambda _: run(options), keep=options.folder)


if __name__ == "__main__":
    sys.exit(main())
