"""Engine, tables, migrations."""
