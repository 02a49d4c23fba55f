"""Commands that serve over HTTP, and the operators' commands for notifications."""
