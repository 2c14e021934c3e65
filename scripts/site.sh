#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the documentation as a site in build/site, and checks it. Status 77 when a package is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

usage() {
    cat <<'END'
usage: scripts/site.sh [--no-api] [--spelling]

  --no-api    leave out the pages that Doxygen makes of the headers
  --spelling  only look for misspelt words in the documentation
END
}

api=yes spelling=no
for argument in "$@"; do
    case $argument in
    --no-api) api=no ;;
    --spelling) spelling=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

needs() {
    has "$1" && return
    echo "skipped: needs $1 (scripts/install_deps.sh)"
    exit "$exit_skipped"
}

needs codespell
say "Spelling"
# Known misspellings, so that no list of all right words has to be kept. A dump of bytes ends its lines
# within words.
codespell --skip '*-every-byte.md' --ignore-words scripts/site/words.txt README.md CONTRIBUTING.md CHANGELOG.md docs examples
echo "no misspelt word was found"
[ "$spelling" = no ] || exit 0

needs mkdocs
[ "$api" = no ] || needs doxygen
say "Pages"
SNAPPROTO_SITE_API=$api mkdocs build --strict --clean 2>&1 | { grep -v '^INFO' || true; }
rm build/site/404.html # for a server's root only
echo "written to build/site"

if [ "$api" = yes ]; then
    say "API"
    {
        cat scripts/site/Doxyfile
        echo "OUTPUT_DIRECTORY = build/site"
        sed -n 's/#define SNAPPROTO_VERSION_STRING /PROJECT_NUMBER = /p' include/snapproto/version.hpp
    } | doxygen - >build/doxygen.log 2>&1 || { tail -n 20 build/doxygen.log; die "Doxygen failed"; }
    echo "written to build/site/api; Doxygen's remarks are in build/doxygen.log"
fi

say "Links"
scripts/site/check_links.py html build/site
