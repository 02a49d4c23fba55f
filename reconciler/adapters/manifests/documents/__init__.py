"""The shape of a manifest, one module a section: pydantic models, and nothing else states the shape.

In: a mapping that was read and layered. Out: a checked document, and the values of the core's kinds from it. The JSON Schemas
are made from these models. Meaning across fields is the core's, not theirs.

    shop ──┬── amazon          AmazonSettings, SystemParts
           ├── payment         AmazonPayPayment
           ├── seller_central  IpnEndpoint
           ├── storefront      StorefrontState
           └── maintenance     Maintenance
"""
