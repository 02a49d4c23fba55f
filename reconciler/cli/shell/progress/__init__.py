"""How far an apply has come, on stderr: lines, or a display that is redrawn on a terminal."""
