# SPDX-License-Identifier: BSL-1.0
"""The anchor of a heading, as forges make it: the site and the link checker use the same."""

import re


def slug(heading, separator="-"):
    """Lower case, letters, digits and hyphens; a blank becomes a hyphen, and the rest goes."""
    text = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return text.replace(" ", separator)
