"""One module per page: read models of `core/overview` and a visit in, a `ConsolePage` out. No markup, no requests."""
