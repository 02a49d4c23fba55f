"""Which files a folder of manifests contains, which are misnamed, and which declare the same shop.

Of the content only the `shop` key is considered.
"""
