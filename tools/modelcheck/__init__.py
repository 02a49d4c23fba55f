"""A model check of an apply: every order of events, up to a bound, on the code that ships. See docs/model-check.md."""
