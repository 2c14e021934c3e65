#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Installs the Debian or Ubuntu packages that a build needs. Ends at once when nothing is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'END'
usage: scripts/install_deps.sh [--dry-run] [--replace-boost] [run|test|peers|libvirt]

  run              what snapcheck needs to be built and run
  test             that, and what the tests, benchmarks and other compilers need (default)
  peers            that, and the real daemons of Hyper-V and VMware, which tests and stages of
                   scripts/test.sh then judge without a download of their own
  libvirt          what test has, and libvirt and QEMU for the stages libvirt and guest of scripts/test.sh and
                   the tests of snaptake with a real QEMU
  --dry-run        say what is missing and install nothing; status 1 if something is
  --replace-boost  let apt remove the -dev packages of another Boost version, which cannot be
                   installed beside the one we need
END
}

dry_run=no replace_boost=no scope=test
for argument in "$@"; do
    case $argument in
    --dry-run) dry_run=yes ;;
    --replace-boost) replace_boost=yes ;;
    run | test | peers | libvirt) scope=$argument ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
    esac
done

if ! has apt-get || ! has dpkg-query; then
    die "this is neither Debian nor Ubuntu. Needed: a C++20 compiler, CMake 3.25, Ninja, Boost 1.81
with Boost.JSON and Boost.Test, CLI11, fmt, pugixml, RapidCheck; for the tests Google Benchmark,
nlohmann/json, gcovr, SPIN."
fi

installed() {
    [ "$(dpkg-query -W -f='${Status}' "$1" 2>/dev/null)" = 'install ok installed' ]
}

available() { [[ $(apt-cache policy "$1" 2>/dev/null) == *'  Candidate: '[0-9]* ]]; }

# Installed Boost headers, as 1.81; nothing when there are none (which dpkg-query calls a failure).
installed_boost() {
    { dpkg-query -W -f='${Status} ${Package}\n' 'libboost[0-9]*-dev' 2>/dev/null || true; } |
        sed -n 's/^install ok installed libboost\([0-9.]*\)-dev$/\1/p' | sort -V | tail -n 1
}

# The Boost to install: the one that is there, else the release's default, else the oldest that is
# new enough.
choose_boost() {
    local version
    version=$(installed_boost)
    if [ -z "$version" ] || ! dpkg --compare-versions "$version" ge 1.81; then
        version=$(apt-cache depends libboost-dev 2>/dev/null |
            sed -n 's/^ *Depends: libboost\([0-9.]*\)-dev$/\1/p' | head -n 1)
    fi
    if [ -z "$version" ] || ! dpkg --compare-versions "$version" ge 1.81; then
        version=''
        local candidate
        for candidate in $(apt-cache pkgnames libboost1 2>/dev/null |
            sed -n 's/^libboost\(1\.[0-9]*\)-dev$/\1/p' | sort -rV); do
            if dpkg --compare-versions "$candidate" ge 1.81; then
                version=$candidate
            fi
        done
    fi
    echo "$version"
}

# Fills `missing` with what must be installed, and `absent` with what would be good to have and is
# not in this release.
list_missing() {
    local boost wanted optional package
    boost=$(choose_boost)
    boost=${boost:-1.81}
    wanted="g++ cmake ninja-build ccache pkg-config libboost$boost-dev libboost-json$boost-dev
        libcli11-dev libfmt-dev libpugixml-dev librapidcheck-dev e2fsprogs util-linux"
    optional=''
    if [ "$scope" != run ]; then
        wanted="$wanted libboost-test$boost-dev libbenchmark-dev
            nlohmann-json3-dev gcovr python3 xfsprogs btrfs-progs spin"
        optional="clang-14 libclang-rt-14-dev clang-19 libclang-rt-19-dev clang-format-14
            libns3-dev python3-simpy python3-cbor2 mkdocs doxygen codespell
            slurmctld slurmd slurm-client munge sqlite3 redis-server
            qemu-utils fdisk"
            # peers of bench/kernel_hold.cpp; tests/vectors; the site; the stage slurm of
            # scripts/test.sh; databases for the hooks (mariadb-server and postgresql are tried too)
    fi
    if [ "$scope" = peers ]; then
        wanted="$wanted hyperv-daemons open-vm-tools"
    fi
    if [ "$scope" = libvirt ]; then
        wanted="$wanted libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86
            qemu-utils fdisk busybox-static cpio"
    fi
    missing='' absent=''
    for package in $wanted; do
        installed "$package" || missing="$missing $package"
    done
    for package in $optional; do
        if ! installed "$package"; then
            if available "$package"; then
                missing="$missing $package"
            else
                absent="$absent $package"
            fi
        fi
    done
    # pkg-config may come from the package of that name or from the one that replaced it.
    if has pkg-config; then
        missing=${missing/ pkg-config/}
    fi
}

list_missing
if [ -z "$missing" ]; then
    echo "all packages are there${absent:+; not in this release:$absent}"
    exit 0
fi
if [ "$dry_run" = yes ]; then
    echo "missing:$missing"
    exit 1
fi

sudo=''
if [ "$(id -u)" != 0 ]; then
    has sudo || die "these packages are missing and there is neither root nor sudo:$missing"
    sudo=sudo
fi

say "Reading the package lists"
$sudo apt-get update -q || echo "${yellow}the package lists could not be refreshed; going on with the old ones${plain}"
list_missing

for package in $missing; do
    available "$package" || die "this release has no package $package.
Debian 12, Ubuntu 24.04 and later have all that is needed (Boost must be 1.81 or newer)."
done

present=$(installed_boost)
wanted_boost=$(choose_boost)
if [ -n "$present" ] && [ "$present" != "$wanted_boost" ] && [ "$replace_boost" = no ]; then
    die "libboost$present-dev is installed; snapproto needs Boost 1.81 or newer, and apt cannot keep
the -dev packages of two versions. To have it replaced by libboost$wanted_boost-dev (programs that
are already built keep working; their libraries stay), run
    scripts/install_deps.sh --replace-boost $scope"
fi

say "Installing:$missing"
# The names are words of one list.
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
[ -z "$absent" ] || echo "not in this release, and done without:$absent"
