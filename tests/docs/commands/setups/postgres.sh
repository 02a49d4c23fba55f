# An empty PostgreSQL server of the page, with `createdb` and `psql` on the PATH. PGHOST and PGUSER name it.
find /tmp -maxdepth 1 -name 'page-pg-*' -mmin +60 -exec rm -rf {} + # of pages that were killed
server=$(find /usr/lib/postgresql -name initdb -printf '%h\n' | sort -V | tail -n 1)
export PATH=$PATH:$server PGUSER=reconciler PGHOST
PGHOST=$(mktemp -d /tmp/page-pg-XXXXXX) # a socket's path has to be short
trap 'rm -rf "$PGHOST"' EXIT
as=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
  chown nobody "$PGHOST"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
(
  cd /
  "${as[@]}" initdb --username=reconciler --auth=trust --no-sync --encoding=UTF8 --locale=C -D "$PGHOST/data"
  "${as[@]}" pg_ctl --wait -D "$PGHOST/data" -l "$PGHOST/server.log" -o "-k $PGHOST -h '' -c fsync=off" start
) > "$PGHOST/started.log"
