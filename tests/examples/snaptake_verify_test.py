#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""snaptake verify on images made by hand: whole ones, and each in which something is wrong.

snaptake_verify_test.py SNAPTAKE WITNESS   status 77: skipped, with the reason
"""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

SNAPTAKE, WITNESS = map(os.path.abspath, sys.argv[1:3])
MIB = 1 << 20
os.environ["PATH"] += ":/usr/sbin:/sbin"
TOOLS = ("qemu-img", "mke2fs", "e2fsck", "debugfs", "sfdisk")


def run(*words, **how):
    return subprocess.run(words, check=True, capture_output=True, text=True, **how)


def require(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(one) for one in what))


class Image:
    """A raw image with a filesystem, in which lies a witness."""

    def __init__(self, place):
        self.place = place
        self.tree = os.path.join(place, "tree")
        self.acknowledged = os.path.join(place, "acknowledged")
        self.file = os.path.join(place, "disk.raw")
        os.mkdir(self.tree)
        with open(self.acknowledged, "w", encoding="ascii") as out:
            run_to(out, sys.executable, WITNESS, "write", self.tree + "/witness", "--count", "20")

    def make(self):
        run("mke2fs", "-q", "-t", "ext4", "-d", self.tree, self.file, "16M")
        return self

    def qcow2(self):
        made = os.path.join(self.place, "disk.qcow2")
        run("qemu-img", "convert", "-O", "qcow2", self.file, made)
        self.file = made
        return self

    def partitioned(self, *filled):
        """Two partitions; those named have the filesystem in them."""
        disk = os.path.join(self.place, "parted.raw")
        with open(disk, "wb") as out:
            out.truncate(40 * MIB)
        run("sfdisk", "-q", disk, input="label: gpt\nstart=2048,size=32768\nsize=32768\n")
        with open(self.file, "rb") as source, open(disk, "r+b") as out:
            data = source.read()
            for number in filled:
                out.seek(MIB + (number - 1) * 16 * MIB)
                out.write(data)
        self.file = disk
        return self

    def write(self, offset, data):
        with open(self.file, "r+b") as file:
            file.seek(offset)
            file.write(data)
        return self

    def verify(self, *more, witness=True):
        judge = shlex.join([sys.executable, WITNESS, "check"]) + " {folder} --acknowledged " + \
            shlex.quote(self.acknowledged)
        words = [SNAPTAKE, "verify", "--json", "--work", self.place, self.file, *more]
        words += ["--folder", "/witness", "--judge", judge] if witness else []
        before = digest(self.file)
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        require(digest(self.file) == before, "the image was changed")
        require(not [one for one in os.listdir(self.place) if one.startswith("snaptake-verify")],
                "something is left in the work folder")
        steps = json.loads(done.stdout)["steps"] if done.stdout else []
        verdicts = {one["about"]: one["verdict"] for one in steps}
        return done.returncode, verdicts, done.stdout + done.stderr


def run_to(out, *words):
    subprocess.run(words, check=True, stdout=out)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def require_result(result, status, **verdicts):
    require(result[0] == status and result[1] == verdicts, *result)


def whole(image):
    require_result(image.make().verify(), 0, image="pass", filesystem="pass", folder="pass")
    require_result(image.verify(witness=False), 0, image="pass", filesystem="pass")
    require_result(image.qcow2().verify(), 0, image="pass", filesystem="pass", folder="pass")


def a_torn_witness(image):
    with open(image.tree + "/witness/journal", "r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 5)
    result = image.make().verify()
    require_result(result, 1, image="pass", filesystem="pass", folder="fail")
    require("record 20 is torn" in result[2], result)


def a_witness_that_has_lost_what_was_acknowledged(image):
    with open(image.acknowledged, "a", encoding="ascii") as file:
        file.write("21\n")
    result = image.make().verify()
    require_result(result, 1, image="pass", filesystem="pass", folder="fail")


def no_witness(image):
    shutil.rmtree(image.tree + "/witness")
    require_result(image.make().verify(), 1, image="pass", filesystem="pass", folder="fail")


def a_filesystem_that_was_not_frozen(image):
    """Its journal is to be replayed: right for a copy labelled crash, and for no other."""
    image.make()
    run("debugfs", "-w", "-R", "feature needs_recovery", image.file)
    result = image.verify()
    require_result(result, 1, image="pass", filesystem="fail", folder="pass")
    require("needs_recovery" in result[2], result)
    require_result(image.verify("--recover"), 0, image="pass", filesystem="pass", folder="pass")


def a_damaged_filesystem(image):
    image.make()
    run("debugfs", "-w", "-R", "clri <2>", image.file)  # the root folder
    result = image.verify(witness=False)
    require_result(result, 1, image="pass", filesystem="fail")
    require("e2fsck" in result[2], result)


def a_damaged_image(image):
    image.make().qcow2()
    with open(image.file, "rb") as file:
        table = int.from_bytes(file.read(56)[48:56], "big")
    image.write(table, b"\0" * 8)  # of references to clusters
    status, verdicts, words = image.verify(witness=False)
    require(status == 1 and verdicts["image"] == "fail", status, verdicts, words)


def partitions(image):
    image.make().partitioned(2)
    name = "partition 2"
    require_result(image.verify(), 0, image="pass", folder="pass", **{name: "pass"})
    found = image.verify("--partition", "2")
    require_result(found, 0, image="pass", folder="pass", **{name: "pass"})
    require(image.verify("--partition", "1")[0] == 3)


def two_filesystems(image):
    both = {"partition 1": "pass", "partition 2": "pass"}
    image.make().partitioned(1, 2)
    require_result(image.verify(), 3, image="pass", folder="skip", **both)
    require_result(image.verify("--partition", "1"), 0, image="pass", folder="pass", **both)


def nothing_that_is_known(image):
    image.make().write(1024, b"\0" * 1024)
    require_result(image.verify(), 3, image="pass", filesystem="skip")


def a_format_that_is_wrong(image):
    status, _, words = image.make().verify("--format", "qcow2")
    require(status in (1, 3) and "qcow2" in words, status, words)


CASES = [whole, a_torn_witness, a_witness_that_has_lost_what_was_acknowledged, no_witness,
         a_filesystem_that_was_not_frozen, a_damaged_filesystem, a_damaged_image, partitions,
         two_filesystems, nothing_that_is_known, a_format_that_is_wrong]


def main():
    for tool in TOOLS:
        if not shutil.which(tool):
            print(f"skipped: there is no {tool} (scripts/install_deps.sh libvirt)")
            return 77
    failed = 0
    for case in CASES:
        with tempfile.TemporaryDirectory(prefix="snaptake-verify-test-") as place:
            try:
                case(Image(place))
                verdict = "ok"
            except (AssertionError, subprocess.SubprocessError) as error:
                verdict = f"FAILED: {error} {getattr(error, 'stderr', '')}"
                failed += 1
            print(f"{case.__name__:50} {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
