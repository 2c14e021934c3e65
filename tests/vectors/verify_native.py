#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Reads docs/vectors/native.json with a CBOR library of its own: is each vector true?

Written from chapters 60 to 62 of docs/spec.md alone: a second reading of them. Ends with 77, which
CTest takes for skipped, where the library (Debian's python3-cbor2) is missing.
"""

import io
import json
import sys

try:
    import cbor2
except ImportError:
    print("skipped: needs the Python module cbor2 (Debian: python3-cbor2)")
    sys.exit(77)

FRAME_MAX, DEPTH_MAX, ENTRIES_MAX, TEXT_MAX = 65536, 8, 256, 4096
MARK = b"\xff" * 9

PHASE = "off idle prep ready quiesce freeze frozen thaw resume await stuck".split()
VERDICT = "none clean early expired lost veto aborted stuck clone stopped".split()
CUT = "ok failed unknown".split()
COPY = "kept discarded unknown".split()
LEVEL = "filesystem application".split()
BACKUP = "full copy incremental log".split()
PARTICIPANT = "hook writer filesystem".split()
NAK = "no_session busy bad_state unknown_txn stale malformed stuck unsupported".split()


class Refused(Exception):
    """The bytes are no message."""


def require(holds, why):
    if not holds:
        raise Refused(why)


# What is read for each type of field, as the vectors spell it.


def number(bits, as_text):
    def read(value):
        require(type(value) is int and 0 <= value < 2**bits, "number of %d bits" % bits)
        return str(value) if as_text else value

    return read


u16, u32, u64 = number(16, False), number(32, False), number(64, True)
duration = number(63, True)


def instant(value):
    require(type(value) is int and -(2**63) <= value < 2**63, "instant")
    return str(value)


def truth(value):
    require(type(value) is bool, "bool")
    return value


def word(words):
    def read(value):
        require(type(value) is int and 0 <= value < len(words), "word")
        return words[value]

    return read


def text(bytes_max=TEXT_MAX):
    def read(value):
        require(type(value) is str and len(value.encode()) <= bytes_max, "text")
        return value

    return read


def listed(entry, entries_max=ENTRIES_MAX):
    def read(value):
        require(type(value) is list and len(value) <= entries_max, "list")
        return [entry(one) for one in value]

    return read


def pair(first, second):
    def read(value):
        require(type(value) is list and len(value) == 2, "pair")
        return [first(value[0]), second(value[1])]

    return read


version = pair(u16, u16)
mounts = listed(text())

# Number: name, who reads it, fields {key: (name, type, may be missing)}.
A, O = "agent", "orchestrator"
MESSAGES = [
    ("hello", A, {4: ("versions", listed(version, 16)), 5: ("wanted", u32)}),
    (
        "hello_ack",
        O,
        {
            4: ("selected", version, True),
            5: ("granted", u32),
            6: ("hold_max", duration),
            7: ("participants_max", u32),
            8: ("stuck", truth),
            9: ("generation", u64),
        },
    ),
    ("query", A, {}),
    (
        "status",
        O,
        {
            4: ("phase", word(PHASE)),
            5: ("held", u32),
            6: ("hold_deadline", instant, True),
            7: ("last_txn", u64),
            8: ("last_verdict", word(VERDICT)),
        },
    ),
    ("ping", A, {4: ("cookie", u64)}),
    ("pong", O, {4: ("cookie", u64), 5: ("phase", word(PHASE))}),
    (
        "prepare",
        A,
        {
            4: ("mounts", mounts, True),
            5: ("level", word(LEVEL)),
            6: ("kind", word(BACKUP)),
            7: ("writable_copy", truth),
            8: ("run_hooks", truth),
            9: ("hold_limit", duration),
            10: ("hook_argument", text()),
        },
    ),
    ("prepared", O, {4: ("participants", listed(pair(text(128), word(PARTICIPANT))))}),
    ("freeze", A, {4: ("mounts", mounts, True), 5: ("hold_limit", duration, True)}),
    ("frozen", O, {4: ("held", u32), 5: ("held_since", instant), 6: ("hold_deadline", instant)}),
    ("thaw", A, {4: ("outcome", word(CUT))}),
    (
        "thawed",
        O,
        {
            4: ("outcome", word(VERDICT)),
            5: ("held_for", duration),
            6: ("released", u32),
            7: ("warnings", listed(text(256), 16)),
        },
    ),
    ("complete", A, {4: ("result", word(COPY))}),
    ("completed", O, {}),
    ("abort", A, {4: ("reason", text())}),
    ("aborted", O, {}),
    ("recover", A, {4: ("copy", text())}),
    ("recovered", O, {}),
    ("progress", O, {4: ("phase", word(PHASE)), 5: ("ordinal", u32)}),
    (
        "error",
        O,
        {
            4: ("phase", word(PHASE)),
            5: ("reason", word(VERDICT)),
            6: ("participant", u16, True),
            7: ("retryable", truth),
        },
    ),
    ("nak", O, {4: ("code", word(NAK)), 5: ("phase", word(PHASE))}),
]
HEADER = {1: ("session", u64), 2: ("txn", u64), 3: ("seq", u64)}


def check_value(value, depth):
    """SP 61.3 and 62.1 for any value, also one that is ignored."""
    if isinstance(value, (bool, int, type(None))):
        return
    if isinstance(value, str):
        require(len(value.encode()) <= TEXT_MAX, "a long text")
    elif isinstance(value, (list, dict)):
        require(depth < DEPTH_MAX, "too deep")
        require(len(value) <= ENTRIES_MAX, "too many")
        for one in value:
            if isinstance(value, dict):
                require(isinstance(one, str) or (type(one) is int and one >= 0), "key")
                check_value(value[one], depth + 1)
            else:
                check_value(one, depth + 1)
    else:
        raise Refused("a value of type %s" % type(value).__name__)


def read_body(body, reader):
    stream = io.BytesIO(body)
    try:
        value = cbor2.CBORDecoder(stream).decode()
    except Exception as why:  # the library has many
        raise Refused(str(why)) from why
    require(stream.tell() == len(body), "bytes behind the map")
    require(type(value) is dict, "no map")
    check_value(value, 0)
    require(all(type(key) is int and key >= 0 for key in value), "keys")
    # There is one encoding only (and no key twice, which the library would hide).
    require(cbor2.dumps(value, canonical=True) == body, "not the deterministic encoding")
    kind = value.pop(0, None)
    require(type(kind) is int and 0 <= kind < len(MESSAGES), "unknown message")
    name, to, fields = MESSAGES[kind]
    require(to == reader, "a message of the wrong direction")
    read = {"message": name}
    for key, (field, kind_of, *missing) in {**HEADER, **fields}.items():
        if key in value:
            read[field] = kind_of(value.pop(key))
        else:
            require(missing, "no " + field)
    require(all(key >= 64 for key in value), "an unknown key")
    return read


def read_stream(data, reader):
    """The first message of a stream."""
    while True:
        if MARK in data[: len(MARK)]:
            data = data.lstrip(b"\xff")
            continue
        require(len(data) >= 4, "no frame")
        size = int.from_bytes(data[:4], "big")
        require(0 < size <= FRAME_MAX, "length")
        frame = data[: 4 + size]
        require(MARK not in frame, "cut by a mark")
        require(len(frame) == 4 + size, "not all of the frame")
        return read_body(frame[4:], reader)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        vectors = json.load(file)
    wrong = 0
    for one in vectors["good"] + vectors["tolerated"]:
        try:
            got = read_stream(bytes.fromhex(one["bytes"]), one["to"])
        except Refused as why:
            got = "refused: %s" % why
        if got != one["message"]:
            wrong += 1
            print("%s:\n  %s\nis not\n  %s" % (one["name"], got, one["message"]))
    seen = {one["message"]["message"] for one in vectors["good"]}
    for name, _, _ in MESSAGES:
        if name not in seen:
            wrong += 1
            print("no vector of " + name)
    for one in vectors["bad"]:
        try:
            got = read_stream(bytes.fromhex(one["bytes"]), one["to"])
        except Refused:
            continue
        wrong += 1
        print("%s: read as %s" % (one["name"], got))
    counts = [len(vectors[part]) for part in ("good", "tolerated", "bad")]
    print("%d good, %d tolerated, %d bad vectors; %d are wrong" % (*counts, wrong))
    return 1 if wrong or 0 in counts else 0


if __name__ == "__main__":
    sys.exit(main())
