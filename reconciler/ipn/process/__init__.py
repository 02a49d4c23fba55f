"""Work on notifications: decide (pure) and act; worker, poller, mails. Reception is in `ipn/receive`."""
