"""Database, audit."""
