# reviewed: a commit lets uji-cups accept pre-orders; its plan is in plan.json, and the line of the shop in leaves.txt.
printf 'payment:\n  amazon_pay: {pre_order: true}\n' >> shops/uji-cups.yaml
git commit --quiet -am "uji-cups: accept pre-orders"
reconciler plan --quiet --out plan.json > /dev/null
reconciler show-plan plan.json 2> /dev/null | grep -o 'uji-cups sha256:[0-9a-f]*' > leaves.txt
