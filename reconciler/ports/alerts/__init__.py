"""What alerts need from the outside: the rules, the channels, and the outbox that keeps alerts until they are sent."""
