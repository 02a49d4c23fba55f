"""One module per command. A command turns options into a request and a result into output; it decides nothing about shops."""
