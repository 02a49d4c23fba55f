"""The IPN sidecar: Amazon's notifications in, orders 入金済み.

    bytes -> envelope -> certificate -> signature -> notice -> inbox (on the disk) -> 200
                                                               worker -> decide -> Orders, outbox

`envelope`, `certificate`, `signature`, `notice`, `money` and `decide` are pure and judge; `app` receives, `worker` drains. What
is received is never believed for where it came from: only for what was signed, by whom, on which topic, for which shop.
"""
