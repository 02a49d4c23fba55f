"""Database, tables, audited writes. Behaviour of resources does not belong here."""
