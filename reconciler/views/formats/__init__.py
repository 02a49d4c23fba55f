"""Output formats: one module each, from the kind of a result to the function that writes it. Registered in `registry`."""
