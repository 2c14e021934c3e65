#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Finds links that lead nowhere.

check_links.py markdown ROOT   all *.md files below ROOT, as a forge shows them
check_links.py html FOLDER     a site that was built; it may load nothing from elsewhere either. What
                               Doxygen wrote into api/ is linked to, and not judged itself
"""

import os
import re
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from slug import slug  # noqa: E402

FENCE = re.compile(r"^(```|~~~).*?^\1\s*?$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
ANCHOR = re.compile(r"<a (?:id|name)=\"([^\"]+)\"")
HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)


class Document:
    def __init__(self):
        self.anchors = set()
        self.links = []
        self.loads = []


def read_markdown(path):
    with open(path, encoding="utf-8") as file:
        text = FENCE.sub("", file.read())
    page = Document()
    seen = {}
    for heading in HEADING.findall(text):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", re.sub(r"<[^>]+>", "", heading))
        name = slug(plain.replace("`", "").replace("*", ""))
        count = seen.get(name, 0)
        seen[name] = count + 1
        page.anchors.add(name if count == 0 else f"{name}-{count}")
    page.anchors.update(ANCHOR.findall(text))
    text = CODE.sub("", text)
    page.links = LINK.findall(text) + REFERENCE.findall(text)
    return page


class HtmlReader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.page = Document()

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        for name in ("id", "name"):
            if attributes.get(name):
                self.page.anchors.add(attributes[name])
        if tag in ("script", "img", "link", "iframe"):
            target = attributes.get("src" if tag != "link" else "href")
            if target and attributes.get("rel") != "canonical":
                self.page.loads.append(target)
        elif attributes.get("href"):
            self.page.links.append(attributes["href"])


def read_html(path):
    reader = HtmlReader()
    with open(path, encoding="utf-8") as file:
        reader.feed(file.read())
    return reader.page


def files_below(root, ending):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders
                            if not name.startswith(".") and (folder, name) != (root, "build"))
        for name in sorted(names):
            if name.endswith(ending):
                yield os.path.join(folder, name)


def main(arguments):
    kinds = {"markdown": (".md", read_markdown), "html": (".html", read_html)}
    if len(arguments) != 2 or arguments[0] not in kinds or not os.path.isdir(arguments[1]):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    ending, read = kinds[arguments[0]]
    root = os.path.abspath(arguments[1])
    pages = {path: read(path) for path in files_below(root, ending)
             if ending != ".html" or not path.startswith(os.path.join(root, "api", ""))}
    checked = 0
    broken = []
    for path, page in pages.items():
        name = os.path.relpath(path, root)
        for target in page.loads:
            if urlsplit(target).scheme not in ("", "data") or target.startswith("//"):
                broken.append(f"{name}: loads {target} from elsewhere")
        for target in page.links + page.loads:
            parts = urlsplit(target)
            if parts.scheme or target.startswith("//"):
                continue
            checked += 1
            goal = path
            if parts.path:
                goal = os.path.normpath(os.path.join(os.path.dirname(path), unquote(parts.path)))
            if parts.path.startswith("/"):
                broken.append(f"{name}: {target} holds at the root of a server only")
            elif not goal.startswith(root):
                broken.append(f"{name}: {target} leads out of {arguments[1]}")
            elif not os.path.exists(goal):
                broken.append(f"{name}: {target}: there is no such file")
            elif parts.fragment and goal in pages:
                if unquote(parts.fragment) not in pages[goal].anchors:
                    broken.append(f"{name}: {target}: there is no such anchor")
    for line in broken:
        print(line)
    print(f"{len(pages)} pages, {checked} links, {len(broken)} of them broken")
    if not checked:
        print("no link was found: that cannot be right")
    return 1 if broken or not checked else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
