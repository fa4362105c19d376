#!/bin/sh
# A Postgres that is thrown away: prints its address, runs until standard input ends, removes everything.
#
# Whoever starts it holds the other end of its standard input: when that program ends, however it ends, the input ends.
# It listens on a socket in a temporary folder only. Postgres refuses to run as root: then it runs as postgres or nobody.
set -eu

for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n); do PATH="$folder:$PATH"; done
command -v initdb >/dev/null && command -v postgres >/dev/null || {
    echo "expected the programs initdb and postgres; Debian: apt-get install postgresql" >&2
    exit 1
}

as=
user=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    user=nobody
    id postgres >/dev/null 2>&1 && user=postgres
    as="setpriv --reuid=$user --clear-groups --inh-caps=-all"
fi

# The path of a socket is short, and whoever runs Postgres has to come there: another TMPDIR is not taken.
folder=${TMPDIR:-/tmp}
case $folder in
/*) [ ${#folder} -le 40 ] && $as test -x "$folder" || folder=/tmp ;;
*) folder=/tmp ;;
esac
home=$(mktemp -d "$folder/qianbao-postgres.XXXXXX")
server=
finish() {
    trap - EXIT INT TERM HUP
    if [ -n "$server" ]; then
        # At once and without a last checkpoint: nothing of it is kept.
        kill -QUIT "$(head -n 1 "$home/data/postmaster.pid" 2>/dev/null || echo "$server")" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$home"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

if [ -n "$as" ]; then chown "$user" "$home"; fi

cd "$home"
# Encoding and order of letters as on SQLite: by bytes.
$as initdb --pgdata="$home/data" --username=qianbao --auth=trust --encoding=UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1 || {
    cat "$home/initdb.log" >&2
    exit 1
}
# What makes an answer durable stays as it is; the rest fits a machine that does something else as well.
$as postgres -D "$home/data" -k "$home" -c listen_addresses= -c max_connections=300 -c shared_buffers=256MB \
    -c max_wal_size=2GB "$@" >"$home/server.log" 2>&1 &
server=$!
tries=0
until pg_isready --quiet --host="$home" --username=qianbao --dbname=postgres; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
        cat "$home/server.log" >&2
        exit 1
    fi
    sleep 0.1
done
echo "postgres:///postgres?host=$home&user=qianbao"
# In the background, so that a signal is heard at once.
exec 3<&0
cat <&3 >/dev/null &
wait $!
