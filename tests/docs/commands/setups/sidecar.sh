# sidecar: the two files of docs/ipn.md: an order of my-shop that waits for its payment, and settings of the sidecar.
# `sidecar received`: a sidecar received one notification.
. "$SETUPS/services.sh"
sidecar_files() {
    mkdir -p .reconciler/certificates shops
    cat > world.json << 'END'
{"shops": [{"shopKey": "my-shop",
            "amazonSettings": {"sellerId": "A1EXAMPLE234567", "notificationEmail": "amazon-pay@my-shop.example"}}],
 "orders": [{"orderNo": "100000020732", "shopKey": "my-shop",
             "amazonOrderReferenceId": "S03-1234567-1234567", "totalAmount": "1000"}]}
END
    cat > reconciler.yaml << 'END'
backend: embedded
embedded: {seed: world.json}
environment: sandbox
ipn:
  topics: ["arn:aws:sns:us-west-2:291180941288:A31YDYE76E6TCP{seller_id}"]
  certificates: .reconciler/certificates
END
}

sidecar_received() { # made once per test process, then copied
    local made="${SETUP_CACHE:-$HOME}/sidecar-received"
    if [ ! -d "$made" ]; then
        service reconciler serve ipn && reconciler ipn simulate --shop my-shop --order 100000020732 > /dev/null || return
        . "$SETUPS/stopped.sh"
        mkdir -p "$made" && cp -a . "$made"
    else
        cp -a "$made/." .
    fi
}

sidecar_files
[ "$1" != received ] || sidecar_received
