"""Server, leader election, supervision of loops, housekeeping. What a notification means does not belong here."""
