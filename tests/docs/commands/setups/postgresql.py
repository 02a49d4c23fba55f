"""A PostgreSQL server on a Unix socket, until its standard input ends. Prints `ready:` and the folder of the socket."""

import sys

from tests.support.postgres import running

if __name__ == "__main__":
    with running() as server:
        print(f"ready: {server.fresh()}", flush=True)
        sys.stdin.read()
