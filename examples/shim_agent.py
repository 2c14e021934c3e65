# SPDX-License-Identifier: BSL-1.0
"""A small QGA agent behind docs/shim.md: snapcheck agent --shim 'python3 shim_agent.py'."""
import json, sys
ALWAYS = {"guest-ping": {}, "guest-info": {}, "guest-fsfreeze-status": {},
          "guest-fsfreeze-thaw": {}, "guest-sync": {"id": int}, "guest-sync-delimited": {"id": int}}
THAWED = {"guest-fsfreeze-freeze": {}, "guest-fsfreeze-freeze-list": {"mountpoints": list}}
MOUNTS, frozen, thaw_at, clients = ["/shim/a", "/shim/b"], [], None, {}
def refuse(why, kind=ValueError): raise kind(why)
def unique(pairs): return dict(pairs) if len(dict(pairs)) == len(pairs) else refuse("a key twice")
def execute(name, given, now):
    global frozen, thaw_at
    expected = (ALWAYS if frozen else {**ALWAYS, **THAWED}).get(name)
    if expected is None or any(type(given[key]) is not expected.get(key) for key in given):
        refuse(name, ValueError if expected is not None or type(name) is not str else KeyError)
    if "id" in expected:
        return given["id"] if -2**63 <= given.get("id", 2**63) < 2**63 else refuse("no such id")
    if name in ("guest-ping", "guest-fsfreeze-status"):
        return {} if name == "guest-ping" else "frozen" if frozen else "thawed"
    if name == "guest-info":
        return {"version": "1", "supported_commands": [{"name": one, "success-response": True,
                "enabled": one in ALWAYS or not frozen} for one in {**ALWAYS, **THAWED}]}
    wanted = set() if name == "guest-fsfreeze-thaw" else {*given.get("mountpoints", MOUNTS)}
    before, frozen = len(frozen), sorted(wanted) if wanted <= {*MOUNTS} else refuse("no such mount")
    thaw_at = now + 10_000_000 if frozen else None
    return before if name == "guest-fsfreeze-thaw" else len(frozen)
def serve(text, now):
    echo = {}
    try:
        request = json.loads(text.decode(), object_pairs_hook=unique, parse_constant=refuse)
        json.dumps(request, ensure_ascii=False).encode()  # refuses a lone surrogate
        echo = {"id": request["id"]} if "id" in request else {}
        name, given = request.pop("execute", None), request.pop("arguments", {})
        reply = {"return": refuse("no request") if {*request} - {"id"} or type(given) is not dict
                 else execute(name, given, now)}
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError) as why:
        kind = "CommandNotFound" if isinstance(why, KeyError) else "GenericError"
        reply = {"error": {"class": kind, "desc": str(why)[:200]}}
    mark = b"\xff" if "return" in reply and name == "guest-sync-delimited" else b""
    return mark + json.dumps({**reply, **echo}).encode() + b"\n"
def feed(text, depth, quoted, escaped, data, now, out=b""):  # the replies, and how far it is
    for byte in data:
        text += bytes([byte]) if byte != 0xFF and len(text) < 131072 else b""
        inside, quoted = quoted and byte != 0xFF, (byte != 34 or escaped) if quoted else byte == 34
        escaped = inside and byte == 92 and not escaped
        depth += 0 if inside else (byte in b"{[") - (byte in b"}]")
        if byte == 0xFF or not inside and depth <= 0 and byte in b"}]\n":
            out += serve(bytes(text), now) if text.strip() else b""
            text, depth, quoted, escaped = bytearray(), 0, False, False
    return out, (text, depth, quoted, escaped)
def handle(do, at, client=None, hex="", **unused):
    global frozen, thaw_at
    if do == "reset" or thaw_at and at >= thaw_at: frozen, thaw_at = [], None
    if do not in ("reset", "open", "bytes", "close", "advance"): return {"unsupported": do}
    before = clients.get(client, (bytearray(), 0, False, False))
    out, clients[client] = feed(*before, bytes.fromhex(hex), at)
    return {"out": [{"client": client, "hex": out.hex()}] if out else [], "frozen": frozen,
            "due": thaw_at, "mounts": MOUNTS, "can": ["second_client"]}
for line in sys.stdin:
    print(json.dumps(handle(**json.loads(line))), flush=True)
