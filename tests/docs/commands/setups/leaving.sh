# leaving: kyoto-tea stopped using Amazon Pay, in Git and at the backend; its endpoint is still registered.
cat > shops/kyoto-tea.yaml << 'END'
apiVersion: reconciler/v1
shop: kyoto-tea
labels: {wave: canary}
maintenance:
  close_shop: allow
amazon:
  enabled: false
  api:
    seller_id: A1EXAMPLE234567
    client_id: amzn1.application-oa2-client.1123456789abcdef0123456789abcdef
    mws_auth_token: ref+env://KYOTO_TEA_MWS_AUTH_TOKEN
  notification:
    email: amazon-pay@kyoto-tea.example
payment:
  amazon_pay:
    auto_link: true
seller_central:
  ipn_endpoint: registered
END
reconciler apply kyoto-tea --auto-approve --quiet --allow turning-off:kyoto-tea > /dev/null
