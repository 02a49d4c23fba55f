# backend: backend.sqlite, an embedded database made from seed.json: kyoto-tea with an order of 1000 yen, authorized at Amazon.
export KYOTO_TEA_TOKEN=amzn.mws.00000000-0000-0000-0000-000000000001 OPERATOR_SECRET=practice HANAKO_PASSWORD=tea-and-ink-2026
cat > seed.json << 'END'
{"shops": [{"shopKey": "kyoto-tea", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"},
            "amazonSettings": {"sellerId": "A1EXAMPLE234567"}}],
 "orders": [{"orderNo": "100000020732", "shopKey": "kyoto-tea",
             "amazonOrderReferenceId": "S03-1234567-1234567", "totalAmount": "1000"}]}
END
