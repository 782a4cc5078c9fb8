package sandbox

import "strings"

// source is how a shopper pays without a card.
type source struct {
	id      string
	created second
	kind    string
	term    int64 // months of an instalment plan
}

// method is what depends on the way of paying.
type method struct {
	flow       string
	lifetime   second // of an unpaid charge
	feeRate    int64  // hundredths of a percent
	refundable bool
	partial    bool
}

var cardMethod = method{refundable: true, partial: true, feeRate: 365}

func (c *charge) method() method {
	if c.source == nil {
		return cardMethod
	}
	return methodOf(c.source.kind)
}

func methodOf(kind string) method {
	switch {
	case kind == "promptpay" || kind == "paynow":
		return method{flow: "offline", lifetime: day, feeRate: 165, refundable: true, partial: true}
	case kind == "truemoney":
		return method{flow: "redirect", lifetime: day, feeRate: 365, refundable: true}
	case kind == "wechat_pay":
		return method{flow: "app_redirect", lifetime: 7 * day}
	case kind == "econtext":
		return method{flow: "offline", lifetime: 3 * day, feeRate: 300}
	case kind == "paypay" || kind == "touch_n_go":
		return method{flow: "app_redirect", lifetime: hour, feeRate: 290, refundable: true, partial: true}
	case strings.HasPrefix(kind, "mobile_banking_"):
		return method{flow: "app_redirect", lifetime: day, feeRate: 180}
	case strings.HasPrefix(kind, "installment_"):
		return method{flow: "redirect", lifetime: day + 5*minute, feeRate: 365}
	}
	return method{flow: "redirect", lifetime: day, feeRate: 250}
}

func (r *render) source(c *charge, status string) {
	s := c.source
	r.open('{')
	r.str("object", "source")
	r.str("id", s.id)
	r.bool("livemode", r.live)
	r.str("location", "/sources/"+s.id)
	r.int("amount", c.amount)
	r.null("barcode", "bank")
	r.when(r.v.created(), s.created)
	r.str("currency", r.v.currency(c.currency))
	r.null("email")
	r.str("flow", methodOf(s.kind).flow)
	if s.term > 0 {
		r.int("installment_term", s.term)
	} else {
		r.null("installment_term")
	}
	r.opt("ip", c.ip)
	r.null("absorption_type", "name", "mobile_number", "phone_number", "platform_type",
		"scannable_code", "qr_settings", "billing", "shipping")
	r.raw("items", "[]")
	r.null("references", "provider_references", "store_id", "store_name", "terminal_id")
	r.str("type", s.kind)
	r.null("zero_interest_installments")
	r.str("charge_status", status)
	r.null("receipt_amount")
	r.raw("discounts", "[]")
	r.null("promotion_code")
	r.close('}')
}
