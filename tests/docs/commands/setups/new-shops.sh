# new-shops: new-shops.csv with nara-ink and himi-net of the group standard; the folder .github for the owners.
mkdir -p .github
cat > new-shops.csv << 'END'
店舗キー,SellerId(出品者ID),ClientId(クライアントID),MWSAuthToken(MWS認証トークン),通知メールアドレス,グループ,予約販売,担当
nara-ink,A1NARAINK00001,,ref+env://NARA_INK_TOKEN,pay@nara-ink.example,standard,する,org/nara-team
himi-net,A1HIMINET00001,,,,standard,,
END
