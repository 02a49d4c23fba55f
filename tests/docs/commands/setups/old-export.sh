# old-export: old.csv, an export of the former admin with the shops of the fleet.
cat > old.csv << 'END'
店舗キー,SellerId,通知メールアドレス,予約販売
kyoto-tea,A1EXAMPLE234567,amazon-pay@kyoto-tea.example,設定しない
END
