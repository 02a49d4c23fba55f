"""What happened: events, report, memory."""
