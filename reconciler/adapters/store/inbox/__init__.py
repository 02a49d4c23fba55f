"""Notifications: inbox, work queue, outbox of mails, rejected messages, operator queries. Decisions are in `ipn/process`."""
