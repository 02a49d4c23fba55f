"""The embedded backend's migrations, run by `database.Database.migrate`.

`REVISIONS` are those this version knows, oldest first: an up-to-date database is recognised without importing Alembic, and a
database that a newer version made is refused.
"""

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0011", "0012", "0013")
HEAD = REVISIONS[-1]
