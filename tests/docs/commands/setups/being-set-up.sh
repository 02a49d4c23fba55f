# being-set-up: nara-ink has a new manifest without values, and the contract of kyoto-tea with Amazon ended.
printf 'apiVersion: reconciler/v1\nshop: nara-ink\ngroup: standard\namazon: {enabled: true}\n' > shops/nara-ink.yaml
python - << 'END'
from reconciler.embedded.actors.world import World

world = World.open(".reconciler/embedded.db")
world.platform_entitles("kyoto-tea", amazon_contract=False)
world.close()
END
