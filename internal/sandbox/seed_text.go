package sandbox

import (
	"fmt"
	"strconv"
)

type person struct{ name, mail, city, postal string }

var people = []person{
	{"Somchai Prasert", "somchai", "Bangkok", "10320"},
	{"สมหญิง ใจดี", "somying", "กรุงเทพมหานคร", "10110"},
	{"山田 太郎", "yamada", "東京", "100-0001"},
	{"Nattaya Wongsawat", "nattaya", "Chiang Mai", "50200"},
	{"SATO HANAKO", "sato", "Osaka", "530-0001"},
	{"Tan Wei Ming", "weiming", "Singapore", "049315"},
	{"Nur Aisyah", "aisyah", "Kuala Lumpur", "50000"},
	{"José O'Neill, \"Pepe\"", "jose", "", ""},
	{"Rossukhon", "rossukhon", "", ""},
	{"กิตติศักดิ์ ศรีสุวรรณ", "kittisak", "ขอนแก่น", "40000"},
	{"鈴木 花子", "suzuki", "大阪", "540-0001"},
	{"=SUM(A1)", "formula", "Phuket", "83000"},
}

var (
	brands         = []string{"Visa", "Visa", "Visa", "MasterCard", "MasterCard", "Mastercard", "JCB", "American Express"}
	banks          = []string{"", "", "BANK OF THE UNBANKED", "KASIKORNBANK", "三井住友"}
	failureCodes   = []string{"insufficient_fund", "insufficient_fund", "payment_rejected", "failed_fraud_check", "stolen_or_lost_card", "timeout", "failed_processing"}
	refundMetadata = []string{`{"reason":"customer request"}`, `{"reason":"สินค้าชำรุด","ticket":4711}`, `{"reason":"返品","approved":true}`}
	disputeReasons = []reason{
		{"goods_or_services_not_provided", "Merchandise/Services Not Received"},
		{"duplicate_processing", "Duplicate Processing"},
		{"not_as_described_or_defective_merchandise", "Not as Described"},
	}
)

// describe writes what the shop's plugin would have written for an order: each has its own habit.
func (s *seeder) describe(c *charge, order int) {
	padded := fmt.Sprintf("%09d", order)
	switch s.rng.IntN(13) {
	case 0, 1, 2:
		c.description = "Magento 2 Order id " + padded
		c.metadata = `{"order_id":"` + padded + `","store_id":"1","store_name":"Default Store View"}`
	case 3, 4, 5:
		c.description = "WooCommerce Order id " + strconv.Itoa(order)
		c.metadata = `{"order_id":` + strconv.Itoa(order) + `}`
	case 6, 7:
		s.shopify(c, order)
	case 8:
		c.description = fmt.Sprintf("Charge for order %d", order)
	case 9:
		c.description = "ค่าสินค้า เลขที่ " + strconv.Itoa(order)
		c.metadata = fmt.Sprintf(`{"order_id":"TH-%06d","gift":true,"tags":["a","b"],"customer":{"tier":"ทอง","points":12.5}}`, order)
	case 10:
		c.description = "ご注文 " + strconv.Itoa(order)
		c.metadata = fmt.Sprintf(`{"order_id":"注文-%d","のし":null,"配送":{"日":"午前","回数":1}}`, order)
	case 11:
		c.description = fmt.Sprintf("Invoice INV-%05d", order)
		c.metadata = choose(s, []string{`{"order_id":true,"paid":false}`, `{"order_id":"","note":""}`, `{"order_id":{"id":7}}`, `{}`})
	default:
		c.metadata = fmt.Sprintf(`{"order_id":%q}`, fmt.Sprintf("  A-%d ", order))
	}
}

// shopify writes amounts as JSON numbers in main units and a reference instead of an order id.
func (s *seeder) shopify(c *charge, order int) {
	main := fmt.Sprintf("%d.%02d", c.amount/100, c.amount%100)
	if c.currency == "JPY" {
		main = fmt.Sprint(c.amount)
	}
	reference := newID("r", true, c.created, s.rng)[2:]
	c.description = fmt.Sprintf("example-shop.myshopify.com - #%d", order)
	c.metadata = fmt.Sprintf(`{"payment_attempt_id":%d,"platform":"shopify","version":"2.1","x_account":"account_test_5s4ndb0x5s4ndb0x5s4","x_amount":%s,"x_currency":%q,"x_gateway_reference":"","x_reference":%q,"x_result":"successful","x_test":true,"x_timestamp":%q,"x_transaction_type":"sale"}`,
		order, main, c.currency, reference, c.created.time().Format("2006-01-02T15:04:05.000Z"))
}
