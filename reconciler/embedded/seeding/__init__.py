"""A seed document -> the rows of an empty database. Behaviour of resources does not belong here."""
