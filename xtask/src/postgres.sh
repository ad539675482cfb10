# Runs a PostgreSQL cluster for as long as somebody holds our standard input open, and leaves nothing behind.
# $1: folder of the server's programs; $2: a free port of the loopback.
# Prints the URL when the server answers. The end of the input is the signal to stop, so it also comes when the
# process that started us was killed; interrupts from the terminal are left to that process.
set -eu
trap '' INT TERM HUP
programs=$1
port=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/sandyq-postgres-XXXXXX")
password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '%s\n' "$password" > "$folder/password"
as() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    # The server refuses to run as root.
    chown -R postgres "$folder"
    as() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
fi
clean() {
    as "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop > "$folder.stop" 2>&1 || true
    rm -rf "$folder" "$folder.stop"
}
trap clean EXIT
cd "$folder"
{
    as "$programs/initdb" -D "$folder/data" -U sandyq --pwfile="$folder/password" -E UTF8 --locale=C.UTF-8 \
        --auth-host=scram-sha-256 --auth-local=scram-sha-256 -N
    as "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start \
        -o "-h 127.0.0.1 -p $port -k $folder -c fsync=on -c max_connections=100"
} > "$folder/begin" 2>&1 || { cat "$folder/begin" >&2; cat "$folder/log" >&2 || true; exit 1; }
printf 'postgresql://sandyq:%s@127.0.0.1:%s/postgres\n' "$password" "$port"
cat > /dev/null
