package ledger_test

import (
	"regexp"
	"testing"

	"reconcile/internal/ledger"
)

// The default of the contract.
func orderRefs() ledger.OrderRef {
	return ledger.OrderRef{
		Sources: []string{"metadata.order_id", "metadata.x_reference", "description"},
		Pattern: regexp.MustCompile(`(?i)\border (?:id |no\.? )?#?([A-Za-z-]*[0-9][0-9A-Za-z-]*)$`),
	}
}

func TestOrderRef(t *testing.T) {
	for _, tc := range []struct {
		name, metadata, description string
		shown                       string
		matches                     bool
	}{
		{"nothing", ``, ``, "", false},
		{"empty metadata", `{}`, ``, "", false},
		{"text", `{"order_id":"A-17"}`, ``, "A-17", true},
		{"text as it stands, blanks included", `{"order_id":" A-17 "}`, ``, " A-17 ", true},
		{"escapes", `{"order_id":"\u0e01\"1\""}`, ``, "ก\"1\"", true},
		{"Magento's leading zeros", `{"order_id":"000000016","store_id":1,"store_name":"Main"}`, `Magento 2 Order id 000000016`, "000000016", true},
		{"Magento without metadata", `{}`, `Magento 2 Order id 000000016`, "000000016", true},
		{"Shopify", `{"platform":"shopify","x_reference":18401,"x_amount":1016.45,"x_test":true}`, `shop.myshopify.com - #18`, "18401", true},
		{"Shopify without metadata: shown, matches nothing", ``, `shop.myshopify.com - #18`, "shop.myshopify.com - #18", false},
		{"WooCommerce", ``, `WooCommerce Order id 1234`, "1234", true},
		{"a number as written", `{"order_id":1016.450}`, ``, "1016.450", true},
		{"a number beyond 2^53", `{"order_id":12345678901234567890}`, ``, "12345678901234567890", true},
		{"an exponent", `{"order_id":1E3}`, ``, "1E3", true},
		{"a negative number", `{"order_id":-7}`, ``, "-7", true},
		{"zero", `{"order_id":0}`, ``, "0", true},
		{"true is no value", `{"order_id":true,"x_reference":"X1"}`, ``, "X1", true},
		{"false is no value", `{"order_id":false}`, `order 5`, "5", true},
		{"an object is no value", `{"order_id":{"id":"A"},"x_reference":"X1"}`, ``, "X1", true},
		{"a list is no value", `{"order_id":["A"],"x_reference":"X1"}`, ``, "X1", true},
		{"null is no value", `{"order_id":null,"x_reference":"X1"}`, ``, "X1", true},
		{"blanks are no value", `{"order_id":" \t","x_reference":"X1"}`, ``, "X1", true},
		{"the first with a value", `{"x_reference":"X1","order_id":"A"}`, `order 5`, "A", true},
		{"another case of the key", `{"Order_ID":"A"}`, ``, "", false},
		{"metadata that is no object", `["order_id"]`, `order 5`, "5", true},
		{"broken metadata", `{"order_id":`, `order 5`, "5", true},
		{"order no.", ``, `Payment for Order no. TH-2026-01`, "TH-2026-01", true},
		{"order #", ``, `ORDER #77`, "77", true},
		{"not at the end", ``, `order 77 of Somchai`, "order 77 of Somchai", false},
		{"no digit", ``, `order ABC`, "order ABC", false},
		{"a longer word", ``, `reorder 77`, "reorder 77", false},
		{"a blank description", ``, `   `, "", false},
	} {
		shown, matches := orderRefs().Of(charge("c", func(c *ledger.Charge) { c.Metadata, c.Description = tc.metadata, tc.description }))
		if shown != tc.shown || matches != tc.matches {
			t.Errorf("%s: %q, %v, want %q, %v", tc.name, shown, matches, tc.shown, tc.matches)
		}
	}
}

func TestOrderRefOfNestedMetadata(t *testing.T) {
	for _, tc := range []struct{ source, metadata, want string }{
		{"metadata.shop.order", `{"shop":{"order":"A"}}`, "A"},
		{"metadata.shop.order.id", `{"shop":{"order":{"id":5}}}`, "5"},
		{"metadata.shop.order", `{"shop.order":"flat","shop":{"order":"A"}}`, "flat"},
		{"metadata.shop.order.id", `{"shop":{"order.id":"half"}}`, "half"},
		{"metadata.shop.order", `{"shop":"A"}`, ""},
		{"metadata.shop.order", `{"shop":null}`, ""},
		{"metadata.shop.order", `{}`, ""},
	} {
		o := ledger.OrderRef{Sources: []string{tc.source}}
		if got, matches := o.Of(ledger.Charge{Metadata: tc.metadata}); got != tc.want || matches != (tc.want != "") {
			t.Errorf("%s of %s: %q, want %q", tc.source, tc.metadata, got, tc.want)
		}
	}
}

// A description that comes first hides what stands behind it, hit or not.
func TestOrderRefTakesTheFirstSource(t *testing.T) {
	o := orderRefs()
	o.Sources = []string{"description", "metadata.order_id"}
	c := charge("c", func(c *ledger.Charge) { c.Metadata, c.Description = `{"order_id":"A"}`, "gift" })
	if shown, matches := o.Of(c); shown != "gift" || matches {
		t.Errorf("%q, %v", shown, matches)
	}
	c.Description = ""
	if shown, matches := o.Of(c); shown != "A" || !matches {
		t.Errorf("%q, %v", shown, matches)
	}
	if shown, matches := (ledger.OrderRef{}).Of(c); shown != "" || matches {
		t.Errorf("no source: %q, %v", shown, matches)
	}
}
