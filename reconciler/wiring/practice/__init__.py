"""What `serve backend` has beside the backend: notifications of its practice Seller Central, signed and sent.

Not `ipn simulate`, which a person runs against a sidecar (`wiring/simulating.py`).
"""
