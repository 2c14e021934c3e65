#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The hold model of kernel_hold.cpp in SimPy: prints events per second, or nothing without SimPy.

usage: kernel_hold_simpy.py PENDING EVENTS

Debian's package has version 2, whose module is SimPy; later versions are called simpy.
"""
import random
import sys
import time

pending, events = int(sys.argv[1]), int(sys.argv[2])
span = random.Random(42).expovariate
per_process = max(1, events // pending)


def version_2():
    from SimPy.Simulation import Process, Simulation, hold

    class Holder(Process):
        def run(self):
            for _ in range(per_process):
                yield hold, self, span(1.0)

    world = Simulation()
    world.initialize()
    for _ in range(pending):
        holder = Holder(sim=world)
        world.activate(holder, holder.run())
    return lambda: world.simulate(until=1e12)


def version_4():
    import simpy

    world = simpy.Environment()

    def holder():
        for _ in range(per_process):
            yield world.timeout(span(1.0))

    for _ in range(pending):
        world.process(holder())
    return world.run


for make in (version_4, version_2):
    try:
        run = make()
    except ImportError:
        continue
    before = time.perf_counter()
    run()
    print(per_process * pending / (time.perf_counter() - before))
    break
