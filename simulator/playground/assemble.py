#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Puts the playground together: one HTML file, with everything in it.

usage: assemble.py PROGRAM.js PROGRAM.wasm OUTPUT.html

PROGRAM is what Emscripten has made. The situations are the scenarios of one machine, the diagrams
those of docs/machines/, which a test compares with the tables that run.
"""

import base64
import gzip
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SCRIPTS = ["dom", "choice", "core", "timeline", "machines", "disk", "verdict", "exercises",
           "dialect", "settings", "main"]
# Eight hours of virtual time are more than anybody waits for in a browser.
TOO_LONG = {"24-freeze-blocked-for-hours"}


def scenarios():
    """Those of one world, by name: fleets have another form."""
    found = {}
    for path in sorted((ROOT / "simulator/scenarios").glob("*.json")):
        scenario = json.loads(path.read_text())
        if scenario.get("kind") != "fleet" and path.stem not in TOO_LONG:
            found[path.stem] = scenario
    return found


def machine(name):
    """States and changes of state, as the page of the machine draws them."""
    text = (ROOT / f"docs/machines/{name}.md").read_text()
    diagram = re.search(r"```mermaid\nstateDiagram-v2\n(.*?)```", text, re.DOTALL).group(1)
    states = re.findall(r'^ *state "(\w+)" as \w+$', diagram, re.MULTILINE)
    edges = re.findall(r"^ *(\w+) --> (\w+): (.*)$", diagram, re.MULTILINE)
    if not states or not edges:
        sys.exit(f"docs/machines/{name}.md has no diagram that can be read")
    return {"states": states, "edges": [{"from": a, "to": b} for a, b, _ in edges]}


def in_script(text):
    """Nothing in an element's text may look like its end."""
    return text.replace("</", "<\\/")


def main():
    program, binary, output = map(pathlib.Path, sys.argv[1:])
    data = {
        "scenarios": scenarios(),
        "machines": {name: machine(name) for name in ("agent", "orchestrator")},
        "exercises": json.loads((HERE / "page/exercises.json").read_text()),
    }
    script = "\n".join((HERE / f"page/{name}.js").read_text() for name in SCRIPTS)
    parts = {
        "style": (HERE / "page/style.css").read_text(),
        "core": base64.b64encode(gzip.compress(binary.read_bytes(), 9, mtime=0)).decode(),
        "data": in_script(json.dumps(data, separators=(",", ":"))),
        "script": "(() => {\n'use strict';\n" + in_script(program.read_text() + "\n" + script)
        + "\nwindow.playground = page;\n})();",
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match.group(1)],
                  (HERE / "page/index.html").read_text())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page)
    sizes = ", ".join(f"{name} {len(text) // 1024} KiB" for name, text in parts.items())
    print(f"{output}: {len(page.encode()) // 1024} KiB ({sizes})")


if __name__ == "__main__":
    main()
