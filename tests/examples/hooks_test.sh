#!/usr/bin/env bash
# SPDX-License-Identifier: BSL-1.0
# usage: hooks_test.sh HOOKS
# Each hook for a database, with the real one: writers wait between freeze and thaw and go on after
# it, what cannot be held fails the freeze, and what was lost fails the thaw.
set -uo pipefail
hooks=$(readlink -f "$1")
place=$(mktemp -d)
chmod 755 "$place"
export SNAPAGENT_HOOK_STATE=$place/state SNAPAGENT_HOOK_STEP=10
failures=0
skipped=()
servers=()
cleanup() {
    local server
    for server in "${servers[@]}"; do kill "$server" 2>/dev/null; done
    wait 2>/dev/null
    rm -rf "$place"
}
trap cleanup EXIT

# check WORDS COMMAND...
check() {
    local words=$1
    shift
    if "$@" >"$place/said" 2>&1; then
        echo "ok: $words"
    else
        echo "FAILED: $words: $(tr '\n' ' ' <"$place/said")"
        failures=$((failures + 1))
    fi
}
fails() { ! "$@"; }
says() { grep -qF -- "$1" "$place/said"; }
# patiently COMMAND...: until it succeeds, for ten seconds
patiently() {
    local tries
    for ((tries = 100; tries > 0; tries--)); do
        "$@" >/dev/null 2>&1 && return 0
        sleep 0.1
    done
    return 1
}
# waits COMMAND...: it does not end in half a second, and ends when the hook has thawed
waits() {
    "$@" >"$place/writer" 2>&1 &
    writer=$!
    sleep 0.5
    kill -0 "$writer" 2>/dev/null
}
goes_on() { wait "$writer"; }
# gone SESSION: its client was killed from outside
gone() { kill -9 -- "-$(<"$SNAPAGENT_HOOK_STATE/$1/pid")" && sleep 0.2; }

# All that is the same for a database whose session is held. held HOOK SESSION WRITE...
held() {
    local hook=$hooks/$1 session=$2
    shift 2
    check "$session: freeze" "$hook" freeze
    check "$session: a writer waits" waits "$@"
    check "$session: thaw" "$hook" thaw
    check "$session: the writer goes on" goes_on
    check "$session: a thaw without a freeze says so" fails "$hook" thaw
    check "$session: freeze again" "$hook" freeze
    check "$session: freeze of a new agent, whose predecessor has died" "$hook" freeze
    gone "$session"
    check "$session: a lock that was lost fails the thaw" fails "$hook" thaw
    check "$session: and nothing is left" fails test -e "$SNAPAGENT_HOOK_STATE/$session"
    check "$session: writers are free" "$@"
}

for hook in sqlite mariadb redis postgresql; do
    check "$hook: wrong words are refused" fails "$hooks/$hook" melt
done

# On a machine where each program takes long to start, here `sleep`, a step takes no longer.
late_step() {
    local status
    mkdir -p "$place/slow" "$SNAPAGENT_HOOK_STATE/late"
    printf '#!/bin/sh\nexec %s 1\n' "$(command -v sleep)" >"$place/slow/sleep"
    chmod 755 "$place/slow/sleep"
    : >"$SNAPAGENT_HOOK_STATE/late/out"
    echo $$ >"$SNAPAGENT_HOOK_STATE/late/pid"
    # shellcheck disable=SC2016 # it is the inner shell's
    SNAPAGENT_HOOK_STEP=1 PATH=$place/slow:$PATH timeout 6 \
        bash -c '. "$1"; await late held' await "$hooks/hold_session.sh"
    status=$?
    rm -rf "$SNAPAGENT_HOOK_STATE/late"
    [ "$status" = 1 ]
}
check "a step ends by the clock" late_step

if command -v sqlite3 >/dev/null; then
    export SNAPAGENT_SQLITE_LIST=$place/sqlite.list
    check "sqlite: no list" fails "$hooks/sqlite" freeze
    base="$place/one of them.db"
    printf '%s' "$base" >"$SNAPAGENT_SQLITE_LIST" # editors leave the last line feed out
    check "sqlite: no database" fails "$hooks/sqlite" freeze
    check "sqlite: none was made" fails test -e "$base"
    sqlite3 "$base" 'PRAGMA journal_mode=WAL; CREATE TABLE t(i); INSERT INTO t VALUES(1);' >/dev/null
    held sqlite "sqlite-$(md5sum <<<"$base" | cut -c1-16)" \
        sqlite3 -cmd '.timeout 8000' "$base" 'INSERT INTO t VALUES(2);'
    sqlite3 "$base" '.timeout 8000' 'INSERT INTO t VALUES(3);'
    check "sqlite: freeze" "$hooks/sqlite" freeze
    # What is read here is the file alone: the log is not looked at.
    cp "$base" "$place/copy.db"
    check "sqlite: the log was brought into the database" \
        test "$(sqlite3 "$place/copy.db" 'SELECT count(*) FROM t;')" = 4
    check "sqlite: readers go on" sqlite3 "$base" 'SELECT count(*) FROM t;'
    check "sqlite: thaw" "$hooks/sqlite" thaw
else
    skipped+=(sqlite3)
fi

if command -v redis-server >/dev/null; then
    export SNAPAGENT_REDIS_OPTIONS="-s $place/redis.sock"
    check "redis: no server" fails "$hooks/redis" freeze
    start_redis() {
        redis-server --port 0 --unixsocket "$place/redis.sock" --dir "$place" --save '' \
            >/dev/null 2>&1 &
        redis=$!
        servers+=("$redis")
        patiently redis-cli -s "$place/redis.sock" ping
    }
    start_redis
    write=(redis-cli -s "$place/redis.sock" SET key 7)
    "${write[@]}" >/dev/null
    check "redis: freeze" "$hooks/redis" freeze
    check "redis: the dump is there" test -s "$place/dump.rdb"
    check "redis: a writer waits" waits "${write[@]}"
    check "redis: readers go on" timeout 1 redis-cli -s "$place/redis.sock" GET key
    check "redis: thaw" "$hooks/redis" thaw
    check "redis: the writer goes on" goes_on
    check "redis: a thaw without a freeze says so" fails "$hooks/redis" thaw
    check "redis: freeze" "$hooks/redis" freeze
    kill -9 "$redis"
    wait "$redis" 2>/dev/null
    start_redis
    check "redis: a server that began anew fails the thaw" fails "$hooks/redis" thaw
    chmod 0 "$place/dump.rdb"
    SNAPAGENT_HOOK_HOLD=1 "$hooks/redis" freeze
    sleep 1.2
    check "redis: a pause that has ended fails the thaw" fails \
        env SNAPAGENT_HOOK_HOLD=1 "$hooks/redis" thaw
else
    skipped+=(redis-server)
fi

if command -v mariadbd >/dev/null; then
    data=$place/mariadb
    socket=$place/mariadb.sock
    export SNAPAGENT_MARIADB_OPTIONS="--no-defaults --socket=$socket --user=root"
    check "mariadb: no server" fails "$hooks/mariadb" freeze
    mkdir "$data"
    chown mysql "$data" "$place"
    mariadb-install-db --no-defaults --user=mysql --datadir="$data" \
        --auth-root-authentication-method=normal >/dev/null 2>&1
    mariadbd --no-defaults --user=mysql --datadir="$data" --socket="$socket" --skip-networking \
        --pid-file="$data/pid" >"$place/mariadb.log" 2>&1 &
    servers+=($!)
    client=(mariadb --no-defaults --socket="$socket" --user=root)
    check "mariadb: the server runs" patiently "${client[@]}" -e 'SELECT 1'
    "${client[@]}" -e 'CREATE DATABASE d; CREATE TABLE d.t(i INT) ENGINE=InnoDB'
    held mariadb mariadb "${client[@]}" -e 'INSERT INTO d.t VALUES(1)'
    check "mariadb: what was acknowledged is there" \
        test "$("${client[@]}" -N -e 'SELECT count(*) FROM d.t')" = 2
else
    skipped+=(mariadbd)
fi

postgres=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
if [ -n "$postgres" ]; then
    data=$place/postgres
    export SNAPAGENT_POSTGRESQL_OPTIONS="-h $place/pg -U postgres"
    check "postgresql: no server" fails "$hooks/postgresql" freeze
    mkdir "$data" "$place/pg"
    chown postgres "$data" "$place/pg"
    as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
    as_postgres "$postgres/initdb" -D "$data" -A trust >/dev/null 2>&1
    as_postgres "$postgres/postgres" -D "$data" -c listen_addresses= \
        -c "unix_socket_directories=$place/pg" >"$place/postgres.log" 2>&1 &
    servers+=($!)
    client=(psql -X -q -A -t -h "$place/pg" -U postgres)
    check "postgresql: the server runs" patiently "${client[@]}" -c 'SELECT 1'
    "${client[@]}" -c 'CREATE TABLE t(i INT)'
    place_of_checkpoint() { "${client[@]}" -c 'SELECT checkpoint_lsn FROM pg_control_checkpoint()'; }
    before=$(place_of_checkpoint)
    check "postgresql: freeze" "$hooks/postgresql" freeze
    check "postgresql: there is a new checkpoint" test "$before" != "$(place_of_checkpoint)"
    check "postgresql: nothing is held" timeout 5 "${client[@]}" -c 'INSERT INTO t VALUES(1)'
    check "postgresql: thaw" "$hooks/postgresql" thaw
else
    skipped+=(postgresql)
fi

[ ${#skipped[@]} -eq 0 ] || echo "skipped: needs ${skipped[*]}"
[ ${#skipped[@]} -lt 4 ] || exit 77
[ "$failures" -eq 0 ]
