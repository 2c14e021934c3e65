#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# links_test.sh CHECK_LINKS PROJECT: every link of the project's Markdown leads somewhere, and one that
# does not is found.
set -euo pipefail
check=$1 project=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$check" markdown "$project"

# expect KIND STATUS LINE...: the checker ends so, and says each of these lines.
expect() {
    local kind=$1 wanted=$2 status=0 said line
    shift 2
    said=$("$check" "$kind" "$place") || status=$?
    [ "$status" = "$wanted" ] || { echo "status $status instead of $wanted: $said"; exit 1; }
    for line in "$@"; do
        grep -qxF -- "$line" <<<"$said" || { echo "does not say '$line' but: $said"; exit 1; }
    done
}

# shellcheck disable=SC2016 # quotes of Markdown, not of the shell
printf '# One\n\n[a](b.md#two-and-a-half) [c](#one)\n```\n[no link](x.md)\n```\n`[none](y.md)`\n' >"$place/a.md"
printf '# Two, and a half\n\n<a id="x.1"></a>\n[up](a.md)\n' >"$place/b.md"
expect markdown 0 '2 pages, 3 links, 0 of them broken'
printf '[1](gone.md) [2](b.md#three) [3](b.md#x.1) [4](/b.md) [5](../b.md)\n' >>"$place/a.md"
expect markdown 1 'a.md: gone.md: there is no such file' 'a.md: b.md#three: there is no such anchor' \
    'a.md: /b.md holds at the root of a server only' "a.md: ../b.md leads out of $place" \
    '2 pages, 8 links, 4 of them broken'

printf '<h1 id="one">1</h1><a href="#one">1</a><a href="b.html#two">2</a>' >"$place/a.html"
printf '<script src="https://example.org/x.js"></script><a href="a.html#one">1</a>' >"$place/b.html"
expect html 1 'a.html: b.html#two: there is no such anchor' \
    'b.html: loads https://example.org/x.js from elsewhere'
rm "$place"/*
expect html 1 'no link was found: that cannot be right'
