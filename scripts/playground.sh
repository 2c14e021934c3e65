#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Builds the playground: the simulator as WebAssembly, in one HTML page. Status 77 when a package is
# missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$root"

usage() {
    cat <<'END'
usage: scripts/playground.sh [--test | --pictures]

Writes build/playground/index.html, which works from a file and loads nothing from elsewhere;
scripts/site.sh takes it into the site when it is there.

  --test  try it in a real Chromium: each situation is judged as snapsim judges it, and more.
          Needs build/dev/bin/snapsim (or $SNAPSIM), chromium, and node with playwright-core, which
          npm installs into build/playground/ if node does not find it.
  --pictures  that, and write docs/img/playground.png anew

Environment: SNAPPROTO_JOBS  compilers at once (default: by cores and memory)
END
}

try=no pictures=no
for argument in "$@"; do
    case $argument in
    --test) try=yes ;;
    --pictures) try=yes pictures=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

needs() {
    has "$1" && return
    echo "skipped: needs $1 (apt-get install --no-install-recommends $2)"
    exit "$exit_skipped"
}
needs em++ "emscripten node-acorn"
[ "$try" = no ] || needs chromium chromium
[ "$try" = no ] || needs node nodejs

out=build/playground
mkdir -p $out
say "WebAssembly"
# Debian's Emscripten keeps its own cache of libraries and finds its optimiser's acorn where Debian
# has it, whichever node runs.
export NODE_PATH=${NODE_PATH:+$NODE_PATH:}/usr/share/nodejs
unset EM_CACHE
emcmake cmake -G Ninja -S simulator/playground -B build/wasm >$out.log 2>&1 ||
    { cat $out.log; die "CMake failed"; }
cmake --build build/wasm --parallel "${SNAPPROTO_JOBS:-$(job_count)}"

say "Page"
simulator/playground/assemble.py build/wasm/playground.js build/wasm/playground.wasm \
    $out/index.html
[ "$try" = yes ] || exit 0

say "Test"
snapsim=${SNAPSIM:-build/dev/bin/snapsim}
[ -x "$snapsim" ] || die "there is no $snapsim to compare with"
export NODE_PATH=$NODE_PATH:$root/$out/node_modules
if ! node -e 'require("playwright-core")' 2>/dev/null; then
    has npm || { echo "skipped: needs playwright-core for node, and npm to install it"; exit 77; }
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --silent --no-save --prefix $out \
        playwright-core@1.48 >$out.log 2>&1 ||
        { tail -n 5 $out.log; echo "skipped: npm cannot install playwright-core"; exit 77; }
fi
node tests/simulator/playground/page_test.cjs \
    $out/index.html "$snapsim" $out/screenshots
[ "$pictures" = yes ] || exit 0
mkdir -p docs/img
cp $out/screenshots/frozen.png docs/img/playground.png
