"""Server, leader, supervision."""
