# postgresql: a PostgreSQL server, for which db.example in addresses stands; its programs are on the PATH.
. "$SETUPS/services.sh"
