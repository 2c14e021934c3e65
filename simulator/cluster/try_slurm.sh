#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# Runs a small campaign as an array of a real Slurm, on a cluster of this one machine that is
# started for it and ends with it, and compares the merged shards with a run without Slurm.
# Status 77: the machine cannot do that.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"

usage() { echo "usage: simulator/cluster/try_slurm.sh SNAPSIM"; }
[ $# = 1 ] || { usage >&2; exit 2; }
snapsim=$(realpath "$1")
readonly snapsim

skip() { echo "skipped: needs $*"; exit "$exit_skipped"; }
for program in slurmctld slurmd munged sbatch squeue; do
    has "$program" || PATH=$PATH:/usr/sbin
    has "$program" || skip "$program (Debian: slurmctld slurmd slurm-client munge)"
done
[ "$(id -u)" = 0 ] || skip "root, which slurmd wants"

work=$(mktemp -d /tmp/snapsim-slurm.XXXXXX)
readonly work
children=()
cleanup() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null && wait "$child" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
mkdir -p "$work"/{state,spool,log,results,munge}
chmod 755 "$work"

# Everything of the cluster is in the folder, and listens on addresses of the machine itself.
dd if=/dev/urandom of="$work/munge/key" bs=128 count=1 status=none
chmod 600 "$work/munge/key"
cat >"$work/slurm.conf" <<END
ClusterName=snapsim
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmctldPort=16817
SlurmdPort=16818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP OverSubscribe=FORCE:4
END
export SLURM_CONF=$work/slurm.conf

munged --foreground --force --key-file "$work/munge/key" --socket "$work/munge/socket" \
    --pid-file "$work/munge/pid" --log-file "$work/log/munged" --seed-file "$work/munge/seed" \
    >"$work/log/munged.out" 2>&1 &
children+=($!)
slurmctld -D >"$work/log/slurmctld" 2>&1 &
children+=($!)
slurmd -D >"$work/log/slurmd" 2>&1 &
children+=($!)

failed() {
    tail -n 5 "$work"/log/* >&2
    die "$*"
}
await() { # await SECONDS WHAT COMMAND...
    local limit=$1 what=$2
    shift 2
    for ((second = 0; second < limit; ++second)); do
        if "$@"; then
            return
        fi
        sleep 1
    done
    failed "$what in $limit s"
}
node_is_idle() { sinfo -h -o %T 2>/dev/null | grep -q '^idle'; }
queue_is_empty() { [ -z "$(squeue -h 2>/dev/null)" ]; }

await 60 "the node does not come up" node_is_idle
say "an array of four tasks"
cd "$work"
SNAPSIM=$snapsim SNAPSIM_SEEDS=1..40 SNAPSIM_OUT=$work/results \
    sbatch --array=3-6 --output="$work/log/task-%a" "$root/simulator/cluster/campaign.sbatch"
await 120 "the array does not end" queue_is_empty
# What the campaign finds is not the matter here, but that both find the same.
merged=0 direct=0
"$snapsim" merge "$work/results" >"$work/merged" || merged=$?
"$snapsim" campaign 90-swarm --seeds 1..40 >"$work/direct" || direct=$?
cat "$work/merged"
[ "$merged" = "$direct" ] || failed "Slurm gave status $merged, not $direct"
diff <(tail -n +2 "$work/merged") "$work/direct" || failed "Slurm gave another result"

say "one shard is lost"
rm "$work"/results/*-shard-2-of-4.jsonl
if "$snapsim" merge "$work/results" >"$work/merged"; then
    failed "nobody misses the lost shard"
fi
grep -q '^NOT COMPLETE: these seeds are missing: 3 7 11 ' "$work/merged" ||
    failed "the missing seeds are not named"
echo "the shards of Slurm say what one run says"
