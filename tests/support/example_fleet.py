"""The manifest of a shop of the small fleets that tests write."""

TOKEN = "amzn.mws.7e57ab1e-0000-4000-8000-00000badc0de"
MANIFEST = """\
apiVersion: reconciler/v1
shop: {shop}
labels: {{wave: {wave}}}
amazon:
  enabled: true
  api:
    seller_id: A1EXAMPLE234567
    client_id: amzn1.application-oa2-client.0123456789abcdef0123456789abcdef
    mws_auth_token: ref+env://FLEET_TOKEN
  notification:
    email: amazon-pay@{shop}.example
maintenance:
  close_shop: {closing}
"""
