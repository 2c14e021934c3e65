# SPDX-License-Identifier: BSL-1.0
"""What MkDocs does besides: pages that are written for a forge become pages of the site."""

import logging
import os
import pathlib
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from slug import slug  # noqa: E402

log = logging.getLogger("mkdocs.hooks.snapproto")  # a warning fails a strict build

LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```.*?^```)", re.MULTILINE | re.DOTALL)
CLAUSE = re.compile(r"^(?=### SP (\d+\.\d+) )", re.MULTILINE)
PLAYGROUND = pathlib.Path("build/playground/index.html")  # scripts/playground.sh
PLAY = '<p><a href="play/index.html"><strong>Open the playground</strong></a></p>'
API = '<a href="../api/index.html">Every class and function</a>, by Doxygen.'


def on_config(config):
    config["mdx_configs"].setdefault("toc", {})["slugify"] = slug
    return config


def on_nav(nav, config, files):
    """Each page has a place in the navigation."""
    placed = {page.file.src_path for page in nav.pages}
    for file in files.documentation_pages():
        if file.src_path not in placed:
            log.warning("docs/%s has no place in the navigation of mkdocs.yml", file.src_path)
    return nav


def on_page_markdown(markdown, page, config, files):
    """The site holds docs/ only: what a link names outside of it is shown as a path. Each clause of
    the specification has a short anchor besides, as spec.html#SP-6.2."""
    folder = os.path.dirname(page.file.src_path)

    def inside(match):
        text, target = match.groups()
        path = os.path.normpath(os.path.join("docs", folder, target.split("#")[0]))
        if re.match(r"[a-z]+:|#", target) or path.startswith("docs"):
            return match.group(0)
        return text if path in text else f"{text} (`{path}`)"

    parts = FENCE.split(markdown)
    parts[::2] = [LINK.sub(inside, part) for part in parts[::2]]
    markdown = "".join(parts)
    if page.file.src_path == "spec.md":
        markdown = CLAUSE.sub(r'<a id="SP-\1"></a>\n\n', markdown)
    if os.environ.get("SNAPPROTO_SITE_API") == "yes":
        markdown = markdown.replace("<!-- site: api -->", API)
    if PLAYGROUND.exists():
        markdown = markdown.replace("<!-- site: playground -->", PLAY)
    return markdown


def on_post_build(config):
    """The playground is a page of its own, where it was built."""
    if PLAYGROUND.exists():
        to = pathlib.Path(config["site_dir"]) / "play"
        to.mkdir(exist_ok=True)
        shutil.copy(PLAYGROUND, to)
