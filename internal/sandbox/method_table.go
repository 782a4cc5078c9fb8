package sandbox

var (
	thb = []string{"THB"}
	jpy = []string{"JPY"}
	sgd = []string{"SGD"}
	myr = []string{"MYR"}
)

// methods are all that Omise has or had in any country, in the order in which its capability lists
// them. Those without currencies of their own are wallets of several countries.
var methods = []method{
	redirected("THB", "internet_banking_bay"),
	redirected("THB", "internet_banking_bbl"),
	redirected("THB", "internet_banking_ktb"),
	redirected("THB", "internet_banking_scb"),
	wallet("alipay", flowRedirect),
	{name: "bill_payment_tesco_lotus", flow: flowOffline, currencies: thb, lifetime: day, feeRate: 250, shows: showsReferences},
	closing(presented("barcode_alipay")),
	closing(wallet("alipay_cn", flowAppRedirect)),
	closing(wallet("alipay_hk", flowAppRedirect)),
	scanned("alipayplus_mpm", nil),
	presented("alipayplus_upm"),
	{name: "atome", flow: flowAppRedirect, needs: []string{"phone_number"}, lifetime: day, feeRate: 290, refundable: true, partial: true},
	scanned("atome_qr", nil),
	closing(wallet("dana", flowAppRedirect)),
	redirected("THB", "direct_debit_bay"),
	redirected("THB", "direct_debit_kbank"),
	redirected("THB", "direct_debit_ktb"),
	redirected("THB", "direct_debit_scb"),
	closing(wallet("gcash", flowAppRedirect)),
	wallet("grabpay", flowRedirect),
	wallet("grabpay_rms", flowRedirect),
	installment("installment_bay", 50_000, 3, 4, 6, 9, 10),
	installment("installment_bbl", 50_000, 3, 4, 5, 6, 7, 8, 9, 10),
	installment("installment_citi", 50_000, 3, 4, 6, 8, 9, 10),
	installment("installment_first_choice", 30_000, 3, 4, 6, 9, 10, 12, 18, 24, 36),
	installment("installment_kbank", 30_000, 3, 4, 6, 10),
	installment("installment_ktc", 30_000, 3, 4, 5, 6, 7, 8, 9, 10),
	installment("installment_scb", 50_000, 3, 4, 6, 9, 10),
	installment("installment_ttb", 50_000, 3, 4, 6, 10),
	installment("installment_uob", 50_000, 3, 4, 6, 10),
	installment("installment_wlb_bay", 50_000, 3, 4, 6, 9, 10),
	installment("installment_wlb_bbl", 50_000, 3, 4, 5, 6, 7, 8, 9, 10),
	installment("installment_wlb_first_choice", 30_000, 3, 4, 6, 9, 10, 12, 18, 24, 36),
	installment("installment_wlb_kbank", 30_000, 3, 4, 6, 10),
	installment("installment_wlb_ktc", 30_000, 3, 4, 5, 6, 7, 8, 9, 10),
	installment("installment_wlb_scb", 50_000, 3, 4, 6, 9, 10),
	installment("installment_wlb_ttb", 50_000, 3, 4, 6, 10),
	installment("installment_wlb_uob", 50_000, 3, 4, 6, 10),
	{name: "installment_mbb", flow: flowRedirect, currencies: myr, needs: []string{"installment_term"}, lifetime: day, feeRate: 365, terms: []int64{6, 12, 18, 24}, monthly: 8_333},
	{name: "installment_ezypay", flow: flowRedirect, currencies: myr, needs: []string{"installment_term"}, lifetime: day, feeRate: 365, terms: []int64{6, 12, 18, 24}, monthly: 8_333},
	closing(wallet("kakaopay", flowAppRedirect)),
	banking(thb, "mobile_banking_bay"),
	banking(thb, "mobile_banking_bbl"),
	banking(thb, "mobile_banking_kbank"),
	banking(thb, "mobile_banking_ktb"),
	banking(thb, "mobile_banking_scb"),
	banking(sgd, "mobile_banking_ocbc"),
	banking(sgd, "mobile_banking_ocbc_pao"),
	redirected("THB", "points_citi"),
	drawn(scanned("promptpay", thb)),
	scanned("qr_code_upi", nil),
	wallet("rabbit_linepay", flowRedirect),
	wallet("shopeepay_jumpapp", flowAppRedirect),
	wallet("shopeepay", flowRedirect),
	{name: "touch_n_go", flow: flowAppRedirect, lifetime: hour, feeRate: 290, refundable: true, partial: true, closable: true},
	{name: "truemoney", flow: flowRedirect, currencies: thb, needs: []string{"phone_number"}, lifetime: day, feeRate: 365, refundable: true},
	{name: "truemoney_jumpapp", flow: flowAppRedirect, currencies: thb, lifetime: day, feeRate: 365, refundable: true},
	scanned("truemoney_qr", thb),
	{name: "wechat_pay", flow: flowAppRedirect, lifetime: 7 * day},
	scanned("wechat_pay_mpm", nil),
	presented("wechat_pay_upm"),
	presented("barcode_wechat"),
	scanned("paynow", sgd),
	{name: "econtext", flow: flowOffline, currencies: jpy, needs: []string{"name", "email", "phone_number"}, lifetime: 3 * day, feeRate: 300, shows: showsReferences, explained: true},
	{name: "paypay", flow: flowAppRedirect, lifetime: hour, feeRate: 290, refundable: true, partial: true, closable: true},
	{name: "fpx", flow: flowRedirect, currencies: myr, needs: []string{"bank"}, lifetime: day, feeRate: 250},
	{name: "duitnow_obw", flow: flowRedirect, currencies: myr, needs: []string{"bank"}, lifetime: day, feeRate: 250},
	redirected("MYR", "duitnow_qr"),
	redirected("MYR", "maybank_qr"),
	redirected("MYR", "boost"),
}

// redirected is a bank's or wallet's page that pays once and for all; in any currency if none is given.
func redirected(currency, name string) method {
	m := method{name: name, flow: flowRedirect, lifetime: day, feeRate: 250}
	if currency != "" {
		m.currencies = []string{currency}
	}
	return m
}

func wallet(name, flow string) method {
	return method{name: name, flow: flow, lifetime: day, feeRate: 250, refundable: true, partial: true}
}

func banking(currencies []string, name string) method {
	return method{name: name, flow: flowAppRedirect, currencies: currencies, lifetime: day, feeRate: 180}
}

// scanned is a QR code that the shop shows and the shopper scans.
func scanned(name string, currencies []string) method {
	return method{
		name: name, flow: flowOffline, currencies: currencies, lifetime: day, feeRate: 165,
		refundable: true, partial: true, shows: showsCode,
	}
}

// presented is a barcode that the shopper shows and the shop scans.
func presented(name string) method {
	return method{
		name: name, flow: flowOffline, needs: []string{"barcode"}, lifetime: day, feeRate: 250,
		refundable: true, partial: true,
	}
}

// installment is a Thai bank's plan. Its page gives the shopper five minutes beyond the day.
func installment(name string, monthly int64, terms ...int64) method {
	return method{
		name: name, flow: flowRedirect, currencies: thb, needs: []string{"installment_term"},
		lifetime: day + 5*minute, feeRate: 365, terms: terms, monthly: monthly,
	}
}

func drawn(m method) method {
	m.drawn = true
	return m
}

func closing(m method) method {
	m.closable = true
	return m
}
