"""The texts of alerts for people: sentences, plain text for mails, blocks for Slack. For programs: `views/json/alert_event.py`.

Everything that a shop or a backend holds is escaped, so that it mentions no account, links nowhere and breaks no line.
"""
