# alerts: alerts.yaml with the channels oncall (webhook) and ops-chat (slack), and a receiver for both on loopback.
. "$SETUPS/services.sh"
service python "$SETUPS/receiver.py" 0
receiver=$(sed -n 's/^ready: receiver //p' <<< "$started")
export ONCALL_SECRET=whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE= OPS_CHAT_URL="${receiver}chat"
cat > alerts.yaml << END
apiVersion: reconciler/v1
channels:
  oncall: {kind: webhook, url: ${receiver}oncall, secret: ref+env://ONCALL_SECRET}
  ops-chat: {kind: slack, url: ref+env://OPS_CHAT_URL}
rules:
  - {severity: medium}
END
