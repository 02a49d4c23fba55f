"""The commands of CI jobs, and of what they defer. Not the files that run them (`workflows/setup`)."""
