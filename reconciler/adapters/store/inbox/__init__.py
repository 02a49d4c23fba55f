"""IPN messages, queue, mails."""
