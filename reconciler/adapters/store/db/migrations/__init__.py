"""The store's migrations, run by `database.open_store`.

`REVISIONS` are those this version knows, oldest first: an up-to-date store is recognised without importing Alembic, and a
store that a newer version wrote is refused by name.
"""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
HEAD = REVISIONS[-1]
