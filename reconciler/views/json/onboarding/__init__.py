"""JSON documents about shops that start and shops that leave, and about attestations."""
