"""Live shops, legacy exports and tables -> manifest values, shared groups, readiness to go live. No files, no YAML."""
