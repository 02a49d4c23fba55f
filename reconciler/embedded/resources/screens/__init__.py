"""What only the screens have: accounts, sessions, previews, texts that no route of the contract offers."""
