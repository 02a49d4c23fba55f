"""What commands share: click, terminal, options, signals, progress, the error boundary. No command's own behaviour."""
