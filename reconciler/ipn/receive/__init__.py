"""HTTP in: request limits, verification in order, inbox, response. Orders and mails are in `ipn/process`."""
