# changed: a change in Git that is not applied yet: pre-orders in uji-cups.
printf 'payment:\n  amazon_pay: {pre_order: true}\n' >> shops/uji-cups.yaml
git commit --quiet -am "uji-cups: accept pre-orders"
