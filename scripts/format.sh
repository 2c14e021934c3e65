#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Formats our C++ sources, or with --check says which are not formatted.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

# Other versions of clang-format break lines in other places.
if ! has clang-format-14; then
    echo "skipped: needs clang-format-14"
    exit "$exit_skipped"
fi

mapfile -t files < <(git ls-files --cached --others --exclude-standard '*.hpp' '*.cpp' |
    while read -r file; do [ -f "$file" ] && echo "$file"; done)

case ${1:-} in
'') clang-format-14 -i "${files[@]}" ;;
--check)
    bad=0
    for file in "${files[@]}"; do
        if ! diff -u --label "$file" --label "$file, formatted" "$file" \
            <(clang-format-14 "$file") >/dev/null; then
            echo "not formatted: $file"
            bad=$((bad + 1))
        fi
    done
    echo "${#files[@]} files, $bad not formatted"
    [ "$bad" = 0 ] || { echo "scripts/format.sh formats them"; exit 1; }
    ;;
*) echo "usage: scripts/format.sh [--check]" >&2; exit 2 ;;
esac
