"""The IPN sidecar: Amazon's notifications in, orders 入金済み.

    receive: envelope -> certificate -> signature -> notification -> inbox (on disk) -> 200
    process: worker -> decide -> order, outbox

`verify` and `process.decide` are pure. A message is never trusted for where it came from, only for what was signed, by
whom, on which topic and for which shop. No address that a message names is requested.
"""
