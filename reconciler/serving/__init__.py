"""Servers of this project over HTTP: started, watched and stopped in the same way. What a server answers belongs elsewhere.

`listener.py` binds a port, `server.py` serves an application on it until it is stopped, `http_protocol.py` bounds what a peer may
send, `health.py` answers /healthz, /readyz and /metrics.
"""
