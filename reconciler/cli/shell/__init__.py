"""What commands share: click, terminal, signals, progress, the error boundary. No command's own behaviour."""
