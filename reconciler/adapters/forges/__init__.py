"""GitHub and GitLab: the environment of their jobs, their REST API as far as it is used. Not what is said there (`views`), not
what is approved (`core/approvals`), not the clone (`adapters/git`).
"""
