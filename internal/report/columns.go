package report

import "reconcile/internal/ledger"

// width holds the longest usual value of a kind, in characters.
func (k Kind) width() float64 {
	switch k {
	case Amount:
		return 16
	case Time:
		return 20
	case Date:
		return 13
	default:
		return 12
	}
}

func col(name string, kind Kind, en, ja, th string) Column {
	return Column{Name: name, Kind: kind, Width: kind.width(), Title: Titles{en, ja, th}}
}

func text(name string, width float64, en, ja, th string) Column {
	return Column{Name: name, Kind: Text, Width: width, Title: Titles{en, ja, th}}
}

func word(name string, width float64, en, ja, th string) Column {
	return Column{Name: name, Kind: Word, Width: width, Title: Titles{en, ja, th}}
}

func mixed(name, en, ja, th string) Column {
	return Column{Name: name, Kind: Mixed, Width: 22, Title: Titles{en, ja, th}}
}

// sentence is a column of text that takes several lines.
func sentence(name, en, ja, th string) Column {
	c := text(name, 64, en, ja, th)
	c.wrap = true
	return c
}

// typed is a column that finance fills in: anything, or one of some words.
func typed(name string, width float64, en, ja, th string, words ...string) Column {
	c := text(name, width, en, ja, th)
	if words != nil {
		c.Kind = Word
	}
	c.typed, c.words = true, words
	return c
}

// resolutions are what finance may say of a break, in the order in which they
// are offered.
func resolutions() []string {
	return []string{ledger.Undecided, ledger.Accepted, ledger.Fixed}
}

// id is a column of Omise ids: about 29 characters.
func id(name, en, ja, th string) Column { return text(name, 30, en, ja, th) }

// Columns that several tables share.

func account() Column { return text("account", 14, "Account", "アカウント", "บัญชี") }

func chargeID() Column {
	return id("charge_id", "Charge ID", "課金ID", "รหัสรายการชำระเงิน")
}

func customerID() Column {
	return id("customer_id", "Customer ID", "顧客ID", "รหัสลูกค้า")
}

func orderRef() Column {
	return text("order_ref", 22, "Order reference", "注文番号", "เลขที่คำสั่งซื้อ")
}

func createdAt() Column {
	return col("created_at", Time, "Created at", "作成日時", "สร้างเมื่อ")
}

func status() Column {
	return text("status", 14, "Status at Omise", "Omiseの状態", "สถานะที่ Omise")
}

func currency() Column { return word("currency", 10, "Currency", "通貨", "สกุลเงิน") }

func amount() Column { return col("amount", Amount, "Amount", "金額", "จำนวนเงิน") }
func state() Column  { return word("state", 16, "State", "区分", "สถานะ") }
func result() Column {
	return word("result", 20, "Result", "照合結果", "ผลการกระทบยอด")
}

func recordRef() Column {
	return text("record_ref", 22, "Record in books", "帳簿の記録", "รายการในบัญชี")
}

func recordStatus() Column {
	return word("record_status", 18, "Status in books", "帳簿の状態", "สถานะในบัญชี")
}

func paymentMethod() Column {
	return text("payment_method", 20, "Payment method", "支払方法", "วิธีชำระเงิน")
}

func fundingCurrency() Column {
	return word("funding_currency", 12, "Settlement currency", "入金通貨", "สกุลเงินที่ได้รับ")
}

func fundingAmount() Column {
	return col("funding_amount", Amount, "Settlement amount", "入金額", "จำนวนเงินที่ได้รับ")
}

func daysLeft() Column {
	return col("days_left", Count, "Days left", "残り日数", "เหลือ (วัน)")
}

func hoursLeft() Column {
	return col("hours_left", Count, "Hours left", "残り時間", "เหลือ (ชั่วโมง)")
}

func kindOfBreak() Titles {
	return Titles{"Kind of break", "差異の種別", "ประเภทที่ไม่ตรง"}
}
