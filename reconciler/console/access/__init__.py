"""Who may read the console: callers, sign-in, sessions, tokens of forms. Not what they read."""
