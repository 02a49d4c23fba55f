"""Pure: is it genuine, ours, whole."""
