"""Files -> desired shops."""
