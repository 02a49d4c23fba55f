"""Desired + observed -> plan: diff, cascade, ordering, guards, fingerprint, waves, rebase, undo. Nothing is executed here."""
