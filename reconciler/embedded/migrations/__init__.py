"""The embedded backend's migrations, run by `database.Database.migrate`.

`HEAD` is the newest revision, kept here so that an up-to-date database is recognised without importing Alembic.
"""

HEAD = "0001"
