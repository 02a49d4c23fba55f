# fleet: the folder of a fleet of three shops, in Git with a remote, applied to the embedded backend: Git and backend match.
#
# Shops: kyoto-tea (label wave=canary, group standard), nara-brush, uji-cups. Their tokens are in the environment.
# The backend also has nara-ink and himi-net, without manifests.
# The remote `origin` is a bare repository beside the folder; the branch main is pushed. `fleet empty`: nothing is applied yet.
. "$SETUPS/services.sh"

export KYOTO_TEA_MWS_AUTH_TOKEN=amzn.mws.00000000-0000-0000-0000-000000000001
export NARA_BRUSH_MWS_AUTH_TOKEN=amzn.mws.00000000-0000-0000-0000-000000000002
export UJI_CUPS_MWS_AUTH_TOKEN=amzn.mws.00000000-0000-0000-0000-000000000003

fleet_manifest() { # SHOP NUMBER, and further lines on stdin
    cat > "shops/$1.yaml" << END
apiVersion: reconciler/v1
shop: $1
amazon:
  enabled: true
  api:
    seller_id: A${2}EXAMPLE234567
    client_id: amzn1.application-oa2-client.${2}123456789abcdef0123456789abcdef
    mws_auth_token: ref+env://$(tr a-z- A-Z_ <<< "$1")_MWS_AUTH_TOKEN
  notification:
    email: amazon-pay@$1.example
END
    cat >> "shops/$1.yaml"
}

fleet_files() {
    reconciler init --quiet kyoto-tea
    mkdir -p shops/_groups
    printf 'apiVersion: reconciler/v1\nmaintenance: {close_shop: allow}\n' > shops/_defaults.yaml
    printf 'apiVersion: reconciler/v1\npayment:\n  amazon_pay: {auto_link: true}\n' > shops/_groups/standard.yaml
    fleet_manifest kyoto-tea 1 <<< $'group: standard\nlabels: {wave: canary}\nseller_central: {ipn_endpoint: registered}'
    fleet_manifest nara-brush 2 < /dev/null
    fleet_manifest uji-cups 3 < /dev/null
    cat > world.json << 'END'
{"shops": [
  {"shopKey": "kyoto-tea", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}},
  {"shopKey": "nara-brush", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}},
  {"shopKey": "uji-cups", "storefront": "OPEN", "entitlements": {"commerceCreator": "RUNNING"}},
  {"shopKey": "nara-ink", "entitlements": {"commerceCreator": "RUNNING"}},
  {"shopKey": "himi-net", "entitlements": {"commerceCreator": "RUNNING"}}
]}
END
    printf '/shops/ @example/payments\n' > CODEOWNERS
}

fleet_in_git() {
    git init --quiet --bare "../remote${PWD##*/}.git"
    git init --quiet
    git add --all
    git commit --quiet -m "Set up the fleet"
    git remote add origin "../remote${PWD##*/}.git"
    git push --quiet -u origin main
}

fleet_made() { # made once per test process, then copied
    local made="${SETUP_CACHE:-$HOME}/fleet-$1"
    if [ ! -d "$made" ]; then
        fleet_files > /dev/null && fleet_in_git || return
        [ "$1" = empty ] || reconciler apply --auto-approve --quiet > /dev/null || return
        mkdir -p "$made" && cp -a . "$made/tree" && cp -a "../remote${PWD##*/}.git" "$made/remote.git"
    else
        cp -a "$made/tree/." . && cp -a "$made/remote.git" "../remote${PWD##*/}.git"
    fi
}

fleet_made "${1:-applied}"
