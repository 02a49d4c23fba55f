"""Commands that print what the tool itself defines: codes, schemas, completion scripts. No settings are read."""
