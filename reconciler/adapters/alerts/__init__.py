"""Channels of alerts: signed webhook, Slack, mail, apprise. One attempt each; when to try again is decided in `core/alerts`.

No secret, no address with a token and no signature is in an outcome. What a server answers is not kept, except words of a closed
list and the line of an SMTP server.
"""
