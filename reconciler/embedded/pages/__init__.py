"""The platform's screens in a browser, over the same resources as the contract.

In: requests of a signed-in person. Out: HTML in Japanese. Pages hold no rule of the domain: they read a form, call a resource
function inside an audited transaction, and show what it answered. docs/screens.md says which text is whose.
"""
