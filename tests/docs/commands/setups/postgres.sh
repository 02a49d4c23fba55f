# postgres [administrator]: an empty PostgreSQL server of the page, with `createdb` and `psql` on the PATH. PGHOST names it.
# Its superuser PGUSER is `reconciler`, or `postgres` for a page that creates the user. A reader types a password at `read`.
# `reconciler@db.example` stands for it.
. "$SETUPS/services.sh"
find /tmp -maxdepth 1 -name 'page-pg-*' -mmin +60 -exec rm -rf {} + # of pages that were killed
server=$(find /usr/lib/postgresql -name initdb -printf '%h\n' | sort -V | tail -n 1)
export PATH=$PATH:$server PGUSER=reconciler PGHOST
if [ "$1" = administrator ]; then
  PGUSER=postgres
  read() { builtin read "$@" <<< practice; }
fi
PGHOST=$(mktemp -d /tmp/page-pg-XXXXXX) # a socket's path has to be short
trap 'rm -rf "$PGHOST"' EXIT
as=()
if [ "$(id -u)" = 0 ]; then # the server refuses to run as root
  chown nobody "$PGHOST"
  as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
(
  cd /
  "${as[@]}" initdb --username="$PGUSER" --auth=trust --no-sync --encoding=UTF8 --locale=C -D "$PGHOST/data"
  "${as[@]}" pg_ctl --wait -D "$PGHOST/data" -l "$PGHOST/server.log" -o "-k $PGHOST -h '' -c fsync=off" start
) > "$PGHOST/started.log"
stands_for reconciler@db.example reconciler@
