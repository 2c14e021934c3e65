#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""A small orchestrator of one native agent, to be judged: one snapshot, then exit 0, 1 or 2.

It writes "begin" and "end" to the marker file for its cut. --fault makes it wrong on purpose.
"""
import argparse
import os
import socket
import struct
import sys
import time

HELLO, HELLO_ACK, PING, PONG = 0, 1, 4, 5
PREPARE, PREPARED, FREEZE, FROZEN, THAW, THAWED = 6, 7, 8, 9, 10, 11
COMPLETE, COMPLETED, ABORT, ABORTED, PROGRESS, ERROR, NAK = 12, 13, 14, 15, 18, 19, 20
MARK = b"\xff" * 9
SECOND = 10**9


def head(major, value):
    for size, extra, form in ((24, None, None), (1 << 8, 24, ">B"), (1 << 16, 25, ">H"),
                              (1 << 32, 26, ">I"), (1 << 64, 27, ">Q")):
        if value < size:
            first = value if extra is None else extra
            return bytes([major << 5 | first]) + (struct.pack(form, value) if form else b"")
    raise ValueError(value)


def encode(item):
    if isinstance(item, bool):
        return b"\xf5" if item else b"\xf4"
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, str):
        return head(3, len(item.encode())) + item.encode()
    if isinstance(item, list):
        return head(4, len(item)) + b"".join(encode(one) for one in item)
    return head(5, len(item)) + b"".join(encode(k) + encode(v) for k, v in sorted(item.items()))


def decode(data, at=0):
    major, value = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        return {20: False, 21: True, 22: None}[value], at
    if value >= 24:
        size = 1 << (value - 24)
        value, at = int.from_bytes(data[at:at + size], "big"), at + size
    if major == 0:
        return value, at
    if major == 1:
        return -1 - value, at
    if major == 3:
        return data[at:at + value].decode(), at + value
    if major == 4:
        items = []
        for _ in range(value):
            item, at = decode(data, at)
            items.append(item)
        return items, at
    if major == 5:
        items = {}
        for _ in range(value):
            key, at = decode(data, at)
            items[key], at = decode(data, at)
        return items, at
    raise ValueError("no such item")


class Failed(Exception):
    pass


class Agent:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.data = b""
        self.session = time.time_ns()
        self.txn = 0
        self.seq = 0

    def send(self, kind, **fields):
        self.seq += 1
        body = {0: kind, 1: self.session, 2: self.txn, 3: self.seq}
        body.update({int(key[1:]): value for key, value in fields.items()})
        frame = encode(body)
        lead = MARK if kind in (HELLO, ABORT) else b""  # an Abort follows a silence (SP 60.12)
        self.socket.sendall(lead + struct.pack(">I", len(frame)) + frame)
        return self.seq

    def frame(self, until):
        """The next frame; b"" for one that is passed over. Raises when the time is over."""
        while True:
            while self.data.startswith(b"\xff"):
                self.data = self.data[1:]
            if len(self.data) >= 4:
                size = int.from_bytes(self.data[:4], "big")
                if len(self.data) >= 4 + size:
                    body, self.data = self.data[4:4 + size], self.data[4 + size:]
                    return body
            left = until - time.monotonic()
            if left <= 0:
                raise Failed("no answer in time")
            self.socket.settimeout(left)
            try:
                more = self.socket.recv(65536)
            except socket.timeout:
                raise Failed("no answer in time") from None
            if not more:
                raise Failed("the channel has ended")
            self.data += more

    def answer(self, wanted, seq, limit, fault=""):
        until = time.monotonic() + limit
        while True:
            try:
                said, end = decode(body := self.frame(until))
                if end != len(body) or not isinstance(said, dict):
                    continue
            except (ValueError, IndexError, KeyError, UnicodeDecodeError):
                continue
            same = said.get(1) == self.session and said.get(2) == self.txn
            if fault == "any-answer" and said.get(0) == wanted:
                return said
            if not same:
                continue
            if said[0] == wanted and said[3] == seq:
                return said
            if said[0] in (ERROR, NAK):
                raise Failed("the agent fails")


def mark(path, word):
    with open(path, "a", encoding="utf-8") as file:
        file.write(word + "\n")


def snapshot(agent, options):
    ack = agent.answer(HELLO_ACK, agent.send(HELLO, _4=[[1, 0]], _5=0x57), 5)
    if ack.get(4) != [1, 0]:
        raise Failed("no common version")
    agent.txn = time.time_ns()
    agent.answer(PREPARED, agent.send(PREPARE, _5=0, _6=0, _7=False, _8=True, _9=0, _10=""), 10)
    sent = time.monotonic()
    frozen = agent.answer(FROZEN, agent.send(FREEZE), 10, options.fault)
    hold = (frozen[6] - frozen[5]) / SECOND
    if time.monotonic() - sent > hold - max(1, hold / 5):
        raise Failed("frozen too late")
    mark(options.marker, "begin")
    time.sleep(0.05)
    mark(options.marker, "end")
    thawed = agent.answer(THAWED, agent.send(THAW, _4=0), 10)
    if thawed[4] != 1 and options.fault != "any-verdict":
        raise Failed("the verdict is not clean")
    agent.answer(COMPLETED, agent.send(COMPLETE, _4=0), 5)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--socket", required=True)
    parser.add_argument("--marker", default=os.devnull)
    parser.add_argument("--fault", default="")
    options = parser.parse_args()
    agent = Agent(options.socket)
    try:
        snapshot(agent, options)
    except (Failed, OSError) as why:
        print(f"no consistent snapshot: {why}")
        try:
            agent.answer(ABORTED, agent.send(ABORT, _4=str(why)), 2)
        except (Failed, OSError):
            pass
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
