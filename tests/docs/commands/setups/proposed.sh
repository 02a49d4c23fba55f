# proposed: a policy proposes to heal the mail address of kyoto-tea, which a merchant changed. The proposal is saved.
printf 'heal:\n  rules:\n    - {name: mail, fields: [amazon.notification.email], mode: propose}\n' >> reconciler.yaml
python -m reconciler.embedded edit kyoto-tea notificationEmail=private@kyoto-tea.example --as merchant --database .reconciler/embedded.db
reconciler heal > /dev/null
[ -f .reconciler/proposals/kyoto-tea.json ]
