"""Reviews in the store: plans of pull requests, deferred applies, what was reported. Not what is approved (`core/approvals`)."""
