#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Whether snapagent hears the first word of each host: one comes, asks, is answered, and goes.

first_word.py [--bin FOLDER] [--count N]      status 77: skipped, with the reason

A host comes at any moment after the one before has gone. What it sends must not be lost while the
agent notices that: a host asks once, and waits for as long as it wants to.
"""

import argparse
import os
import sys
import time

sys.dont_write_bytecode = True  # in a source tree
from machine import ROOT, Failed, Guest, answered, make, status_of

STEP = 0.007  # by which the moments differ


def run(options, place):
    agent = os.path.join(options.bin, "snapagent")
    if not os.path.exists(agent):
        raise Failed(f"there is no {agent}: build it first")
    make()
    with Guest(os.path.join(place, "guest"), [agent]) as guest:
        guest.start("snapagent", "snapagent")
        if not any(answered(guest.agent, -1 - number) for number in range(12)):
            raise Failed("the agent does not answer at all")
        lost = 0
        for number in range(1, options.count + 1):
            time.sleep(number * STEP % 0.3)
            lost += not answered(guest.agent, number)
    print(f"{lost} of {options.count} hosts were not heard")
    return 1 if lost else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default=os.path.join(ROOT, "build", "dev", "bin"),
                        help="where snapagent is (default: %(default)s)")
    parser.add_argument("--count", type=int, default=200, help="hosts (default: %(default)s)")
    options = parser.parse_args()
    return status_of(lambda place: run(options, place), prefix="word-")


if __name__ == "__main__":
    sys.exit(main())
