#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A small orchestrator of one QEMU guest agent, as a peer for the tests of `snapcheck orchestrator`.

One run is one snapshot: synchronise, look the commands up, ask the status, freeze, cut (by QMP, or
by lines in a marker file), thaw, judge. Exit status 0 says that the snapshot is consistent.
"""

import argparse
import json
import random
import socket
import sys
import time

LINE_BYTES_MAX = 1 << 20


class Failed(Exception):
    """The snapshot is not consistent."""


class Lost(Failed):
    """The channel has ended."""


class NoReply(Failed):
    """Nothing that is a reply came in time."""


class Lines:
    """A stream of JSON lines."""

    def __init__(self, path):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(2)
        self.stream.connect(path)
        self.half = b""

    def send(self, data):
        try:
            self.stream.sendall(data)
        except OSError as error:
            raise Lost(str(error)) from error

    def line(self, until):
        while b"\n" not in self.half:
            left = until - time.monotonic()
            if left <= 0:
                raise NoReply("no reply in time")
            if len(self.half) > LINE_BYTES_MAX:
                self.half = b""
                raise NoReply("a line without an end")
            self.stream.settimeout(left)
            try:
                more = self.stream.recv(65536)
            except socket.timeout as error:
                raise NoReply("no reply in time") from error
            except OSError as error:
                raise Lost(str(error)) from error
            if not more:
                raise Lost("the channel has ended")
            self.half += more
        line, self.half = self.half.split(b"\n", 1)
        return line

    def json(self, until):
        """The next line that is a JSON object; what comes before a 0xFF in it is dropped."""
        while True:
            line = self.line(until).rpartition(b"\xff")[2]
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                return value


class Agent:
    """A guest agent, always in step."""

    def __init__(self, options):
        self.options = options
        self.lines = None
        self.in_step = False
        self.asked = 0

    def connect(self):
        try:
            self.lines = Lines(self.options.socket)
        except OSError as error:
            raise Lost(str(error)) from error
        self.in_step = False

    def synchronise(self):
        until = time.monotonic() + self.options.reply
        number = random.getrandbits(62)
        request = {"execute": "guest-sync-delimited", "arguments": {"id": number}}
        self.lines.send(b"\xff" + json.dumps(request).encode() + b"\n")
        while self.lines.json(until).get("return") != number:
            pass
        self.in_step = True

    def ask(self, command, limit):
        """What the command returns; an error is raised with its words."""
        if self.lines is None:
            self.connect()
        if not self.in_step and self.options.fault != "no-sync":
            self.synchronise()
        self.asked += 1
        self.lines.send(json.dumps({"execute": command, "id": self.asked}).encode() + b"\n")
        until = time.monotonic() + limit
        try:
            while True:
                reply = self.lines.json(until)
                if reply.get("id") == self.asked and ("return" in reply or "error" in reply):
                    break
        except NoReply:
            self.in_step = False
            raise
        except Lost:
            self.lines = None
            raise
        if "error" in reply:
            raise Failed(str(reply["error"].get("desc")))
        return reply["return"]


def cut(options, left):
    """Fixes the snapshot point, or raises Failed."""
    if options.marker:
        with open(options.marker, "a", encoding="ascii") as marker:
            marker.write("begin\n")
            marker.flush()
            time.sleep(0.05)
            marker.write("end\n")
        return
    until = time.monotonic() + left
    monitor = Lines(options.qmp)
    monitor.json(until)  # the greeting
    for request in (
        {"execute": "qmp_capabilities"},
        {"execute": "query-block"},
        {
            "execute": "transaction",
            "arguments": {
                "actions": [
                    {
                        "type": "blockdev-snapshot-sync",
                        "data": {"node-name": "disk0", "snapshot-file": "/images/new.qcow2"},
                    }
                ]
            },
        },
    ):
        monitor.send(json.dumps(request).encode() + b"\r\n")
        reply = monitor.json(until)
        while "return" not in reply and "error" not in reply:
            reply = monitor.json(until)
        if "error" in reply:
            raise Failed("the cut failed: " + reply["error"]["desc"])


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def thaw(agent, options):
    """Goes on until the guest is thawed. The count, or None if it was not the first attempt's."""
    until = time.monotonic() + options.settle
    count, attempts, trouble = None, 0, ""
    while time.monotonic() < until:
        attempts += 1
        try:
            count = agent.ask("guest-fsfreeze-thaw", options.reply)
            if is_count(count) and agent.ask("guest-fsfreeze-status", options.reply) == "thawed":
                return count if attempts == 1 else None
            trouble = "the thaw was no success"
        except Failed as error:
            trouble = str(error)
            if "limited up to 10 seconds" in trouble:
                return None
        time.sleep(0.1)
    raise Failed("the guest may still be frozen: " + trouble)


def snapshot(agent, options):
    known = {
        entry["name"]: entry["enabled"]
        for entry in agent.ask("guest-info", options.reply)["supported_commands"]
    }
    if not known.get("guest-fsfreeze-thaw") or "guest-fsfreeze-freeze" not in known:
        raise Failed("this guest cannot be frozen and thawed")
    if agent.ask("guest-fsfreeze-status", options.reply) != "thawed":
        raise Failed("somebody else has frozen it")

    window_end = time.monotonic() + options.hold * 0.8
    connection = agent.lines
    refused = False
    trouble = None
    frozen = None
    try:
        try:
            frozen = agent.ask("guest-fsfreeze-freeze", options.hold * 0.8)
        except (Lost, NoReply):
            raise
        except Failed:
            refused = True  # nothing is frozen, or it is somebody else's
            raise
        if not is_count(frozen):
            raise Failed("the freeze returned no count")
        cut(options, window_end - time.monotonic())
    except Failed as error:
        trouble = error
    if refused or (trouble and options.fault == "no-thaw"):
        raise trouble
    thawed = thaw(agent, options)
    if trouble:
        raise trouble
    if agent.lines is not connection:
        raise Failed("the channel was lost while it was frozen")
    if thawed != frozen or not frozen:
        raise Failed(f"froze {frozen} and thawed {thawed}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", required=True)
    parser.add_argument("--qmp")
    parser.add_argument("--marker")
    parser.add_argument("--hold", type=float, default=2, help="longest hold, in seconds")
    parser.add_argument("--reply", type=float, default=1, help="time for a reply, in seconds")
    parser.add_argument("--settle", type=float, default=6, help="time for a thaw, in seconds")
    parser.add_argument("--fault", choices=["no-sync", "no-thaw"])
    options = parser.parse_args()
    try:
        snapshot(Agent(options), options)
    except (Failed, KeyError, TypeError, OSError) as error:
        print(f"no consistent snapshot: {error}")
        return 1
    print("snapshot taken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
