"""Options and arguments that commands share, and the values that they become. No use case is called here."""
