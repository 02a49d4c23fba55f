"""What fleet runs need from the outside: their tables, a queue that carries names of chunks, limits that workers share."""
