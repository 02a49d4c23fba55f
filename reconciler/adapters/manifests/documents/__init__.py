"""The shape of a manifest, one module per section: pydantic models, and the only place that states the shape.

In: a mapping that was read and layered. Out: a checked document, from which `loading` makes values of the core's kinds. The
JSON Schemas come from these models. Rules across fields are in `core`.

    shop ──┬── amazon       AmazonSettings, SystemParts
           └── sections     AmazonPayPayment, IpnEndpoint, StorefrontState, Maintenance
"""
