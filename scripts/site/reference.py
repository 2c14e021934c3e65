#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""The pages of docs/reference that are made from the programs and the headers.

reference.py [--check] PROGRAMS   write docs/reference/cli.md and library.md anew, or say which is old;
                                  PROGRAMS is the folder of snapcheck and snapsim
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NOTE = "<!-- Written by scripts/generate_docs.sh; do not edit. -->\n"
LAYERS = {
    "core": "ids, time, bytes, errors, limits; knows no protocol",
    "message": "typed messages, plain values",
    "codec": "building blocks of wire formats",
    "dialect/qga": "the QEMU guest agent's protocol",
    "dialect/hyperv": "Hyper-V's",
    "dialect/vmbackup": "VMware's vmbackup",
    "dialect/vss": "Windows' VSS, and FSRVP",
    "dialect/native": "the abstract protocol in bytes",
    "dialect": "what all dialects have",
    "machine": "the state machines, the only users of Boost.MSM",
    "trace": "what happened, as data",
    "monitor": "the properties, which judge traces",
    "endpoint": "agent and orchestrator without I/O",
    "fuzz": "the harness for agents of others",
    ".": "at the top",
}


def help_of(programs, words):
    done = subprocess.run([os.path.join(programs, words[0]), *words[1:], "--help"],
                          capture_output=True, text=True, check=True, env={**os.environ, "NO_COLOR": "1"})
    lines = [line.rstrip() for line in done.stdout.strip().split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def subcommands(text):
    block = text.partition("Subcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z]+) ", block, re.MULTILINE)


def command_lines(programs):
    out = ["# Command lines\n", NOTE,
           "What each program and subcommand says of itself with `--help`.\n"]
    for program in ("snapcheck", "snapsim"):
        text = help_of(programs, [program])
        out.append(f"## {program}\n\n```text\n{text}\n```\n")
        for name in subcommands(text):
            out.append(f"### {program} {name}\n\n```text\n{help_of(programs, [program, name])}\n```\n")
    return "\n".join(out)


def purpose_of(path):
    """The first sentence of the comment at the head of a header, or of what it documents first."""
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")[3:]
    words = []
    for line in lines:
        comment = re.match(r"\s*///? ?(.*)", line)
        if comment and (comment.group(1) or not words):
            words.append(comment.group(1))
        elif words:
            break
    text = re.sub(r"\s+", " ", " ".join(words)).strip()
    sentence = re.match(r"(.*?[.:])(?= |$)", text)
    return (sentence.group(1) if sentence else text).rstrip(".:").replace("|", "\\|")


def library():
    out = ["# Library\n", NOTE,
           "<!-- site: api -->\n",
           "The headers of `include/snapproto/`, by layer, each with what it is for. A layer includes those\n"
           "above it at most; `tests/tidy/source_rules.cpp` has the exact rule.\n"]
    base = os.path.join(ROOT, "include", "snapproto")
    found = {}
    for folder, _, names in os.walk(base):
        place = os.path.relpath(folder, base)
        if re.search(r"(^|/)(impl|detail)$", place):
            continue
        found[place] = sorted(name for name in names if name.endswith(".hpp"))
    unknown = sorted(place for place, names in found.items() if names and place not in LAYERS)
    if unknown:
        sys.exit(f"reference.py: no description of the layer {unknown[0]}; add it to LAYERS")
    for place, what in LAYERS.items():
        if found.get(place):
            out.append(f"## {place if place != '.' else 'snapproto'}: {what}\n")
            out.append("| header | what it is |\n|---|---|")
            for name in found[place]:
                path = os.path.join(base, place, name)
                shown = os.path.normpath(os.path.join("snapproto", place, name))
                out.append(f"| `{shown}` | {purpose_of(path)} |")
            out.append("")
    return "\n".join(out)


def words_of(text):
    """What counts in a comparison: versions of CLI11 set blanks and capitals in other ways."""
    return text.lower().split()


def main(arguments):
    check = "--check" in arguments
    rest = [argument for argument in arguments if argument != "--check"]
    if len(rest) != 1 or not os.path.isdir(rest[0]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    old = 0
    for name, text in (("cli.md", command_lines(rest[0])), ("library.md", library())):
        path = os.path.join(ROOT, "docs", "reference", name)
        if not check:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.rstrip("\n") + "\n")
            continue
        with open(path, encoding="utf-8") as file:
            shown = words_of(file.read())
        wanted = words_of(text)
        if shown != wanted:
            at = next((i for i, pair in enumerate(zip(shown, wanted)) if pair[0] != pair[1]),
                      min(len(shown), len(wanted)))
            print(f"docs/reference/{name} is old, from the word {at} on:")
            print("  it says  ", " ".join(shown[at:at + 12]))
            print("  should be", " ".join(wanted[at:at + 12]))
            print("scripts/generate_docs.sh writes it anew")
            old += 1
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
