"""Alerts about findings: queue them after a look, send what is due, list and resend them. Their texts are in the views."""
