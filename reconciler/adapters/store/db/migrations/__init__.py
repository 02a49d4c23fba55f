"""The store's migrations, run by `database.open_store`.

`REVISIONS` are those this version knows, oldest first: an up-to-date store is recognised without importing Alembic, and a
store that a newer version wrote is refused by name.
"""

REVISIONS = tuple(f"{number:04}" for number in range(1, 20))
HEAD = REVISIONS[-1]
