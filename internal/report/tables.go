package report

import "reconcile/internal/ledger"

// Mark says how a row is coloured in the workbook. The colour repeats what a
// word in the row says, it never stands alone.
type Mark int

// The marks, from quiet to loud.
const (
	MarkNone Mark = iota
	MarkInfo
	MarkWarn
	MarkAlarm
)

// Titles holds a title in every language of the workbook.
type Titles struct{ EN, JA, TH string }

// Column is one column of a table: its name in CSV, its titles in the workbook.
type Column struct {
	Name  string
	Kind  Kind
	Width float64
	Title Titles
	plain bool     // a Count that is a number of something: no thousands sign
	wrap  bool     // long sentences, on several lines
	typed bool     // finance types into its cells; a run reads them back
	words []string // what may be typed; nil: anything
}

// Table is one report table, defined once for CSV and workbook.
type Table struct {
	Name    string // refunds: refunds.csv
	Title   Titles // name of its sheet
	Columns []Column
	Mark    func(row []Cell) Mark // nil: no row is marked
	word    string                // the column whose word says what the mark means
}

// Column gives the place of a column, -1 without one.
func (t Table) Column(name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// Tables gives every table in workbook order.
func Tables() []Table {
	return []Table{
		charges(), refunds(), disputes(), captureDeadlines(),
		expiringCharges(), expiringCards(), breaks(), changes(), summary(),
	}
}

func newTable(name string, title Titles, columns ...Column) Table {
	return Table{Name: name, Title: title, Columns: columns}
}

// markedBy marks a row by the word in one of its columns.
func (t Table) markedBy(column string, marks map[string]Mark) Table {
	i := t.Column(column)
	t.word = column
	t.Mark = func(row []Cell) Mark { return marks[row[i].text] }
	return t
}

func charges() Table {
	return newTable("charges", Titles{"Charges", "課金", "รายการชำระเงิน"},
		account(), chargeID(), orderRef(), createdAt(),
		col("paid_at", Time, "Paid at", "支払日時", "ชำระเมื่อ"),
		status(), paymentMethod(), currency(), amount(),
		col("captured", Amount, "Captured", "売上確定額", "ยอดที่เรียกเก็บแล้ว"),
		col("refunded", Amount, "Refunded", "返金額", "ยอดคืนเงิน"),
		fundingCurrency(), fundingAmount(),
		col("fee", Amount, "Fee", "手数料", "ค่าธรรมเนียม"),
		col("fee_vat", Amount, "VAT on fee", "手数料の消費税", "ภาษีมูลค่าเพิ่มของค่าธรรมเนียม"),
		col("interest", Amount, "Interest", "分割金利", "ดอกเบี้ย"),
		col("interest_vat", Amount, "VAT on interest", "分割金利の消費税", "ภาษีมูลค่าเพิ่มของดอกเบี้ย"),
		col("net", Amount, "Net", "純額", "ยอดสุทธิ"),
		id("transaction_id", "Transaction ID", "取引ID", "รหัสธุรกรรม"),
		customerID(),
		text("disputed", 14, "Disputed", "異議申立て", "ข้อพิพาท"),
		recordRef(),
		col("record_amount", Amount, "Amount in books", "帳簿の金額", "ยอดตามบัญชี"),
		result(),
	).markedBy("result", map[string]Mark{"break": MarkAlarm})
}

func refunds() Table {
	return newTable("refunds", Titles{"Refunds", "返金", "การคืนเงิน"},
		account(), id("refund_id", "Refund ID", "返金ID", "รหัสการคืนเงิน"), chargeID(), orderRef(),
		col("refunded_at", Time, "Refunded at", "返金日時", "คืนเงินเมื่อ"),
		amount(), currency(), fundingAmount(), fundingCurrency(),
		word("kind", 12, "Kind", "種別", "ประเภท"),
		text("refund_status", 14, "Refund status", "返金の状態", "สถานะการคืนเงิน"),
		col("charge_amount", Amount, "Charge amount", "課金額", "ยอดรายการชำระเงิน"),
		col("charge_captured", Amount, "Charge captured", "課金の売上確定額", "ยอดที่เรียกเก็บของรายการ"),
		col("charge_refunded", Amount, "Charge refunded", "課金の返金累計", "ยอดคืนเงินรวมของรายการ"),
		col("charge_created_at", Time, "Charge created at", "課金の作成日時", "สร้างรายการชำระเงินเมื่อ"),
		paymentMethod(), customerID(), recordRef(),
		col("record_refunded", Amount, "Refunded in books", "帳簿の返金額", "ยอดคืนเงินตามบัญชี"),
		col("difference", Amount, "Difference", "差額", "ผลต่าง"),
		result(),
	).markedBy("result", map[string]Mark{"missing_in_records": MarkAlarm, "amount_mismatch": MarkAlarm})
}

func disputes() Table {
	return newTable("disputes", Titles{"Disputes", "異議申立て", "ข้อพิพาท"},
		account(), id("dispute_id", "Dispute ID", "異議申立てID", "รหัสข้อพิพาท"), chargeID(), orderRef(), createdAt(),
		col("closed_at", Time, "Closed at", "終了日時", "ปิดเมื่อ"),
		status(), text("reason_code", 22, "Reason code", "理由コード", "รหัสเหตุผล"),
		amount(), currency(), fundingAmount(), fundingCurrency(), recordRef(), recordStatus(),
	).markedBy("status", map[string]Mark{"open": MarkWarn, "pending": MarkInfo, "lost": MarkAlarm})
}

func captureDeadlines() Table {
	return newTable("capture_deadlines", Titles{"Capture deadlines", "売上確定期限", "กำหนดเรียกเก็บวงเงิน"},
		account(), chargeID(), orderRef(), createdAt(),
		col("authorized_amount", Amount, "Authorised amount", "オーソリ額", "วงเงินที่อนุมัติ"),
		currency(),
		col("capture_by", Time, "Capture by", "売上確定期限", "ต้องเรียกเก็บภายใน"),
		word("basis", 16, "Basis of deadline", "期限の根拠", "ที่มาของกำหนด"),
		daysLeft(), hoursLeft(), state(),
		col("auto_capture", YesNo, "Captures by itself", "自動売上確定", "เรียกเก็บอัตโนมัติ"),
		paymentMethod(), customerID(), recordRef(), recordStatus(),
	).markedBy("state", map[string]Mark{"urgent": MarkWarn, "overdue": MarkAlarm, "lapsed": MarkAlarm})
}

func expiringCharges() Table {
	return newTable("expiring_charges", Titles{"Expiring charges", "支払期限", "รายการรอชำระใกล้หมดอายุ"},
		account(), chargeID(), orderRef(), createdAt(), amount(), currency(), paymentMethod(),
		col("expires_at", Time, "Expires at", "支払期限", "หมดอายุเมื่อ"),
		hoursLeft(), state(), customerID(), recordRef(), recordStatus(),
	).markedBy("state", map[string]Mark{"soon": MarkWarn, "overdue": MarkAlarm, "expired": MarkInfo})
}

func expiringCards() Table {
	return newTable("expiring_cards", Titles{"Expiring cards", "カード有効期限", "บัตรใกล้หมดอายุ"},
		account(), customerID(),
		text("customer_email", 28, "Customer e-mail", "顧客メールアドレス", "อีเมลลูกค้า"),
		id("card_id", "Card ID", "カードID", "รหัสบัตร"),
		text("brand", 14, "Brand", "ブランド", "แบรนด์บัตร"),
		text("last_digits", 10, "Last digits", "下4桁", "เลขท้าย"),
		text("cardholder", 24, "Cardholder", "カード名義", "ชื่อผู้ถือบัตร"),
		text("bank", 24, "Bank", "発行銀行", "ธนาคาร"),
		text("country", 10, "Country", "国", "ประเทศ"),
		col("expires_on", Date, "Expires on", "有効期限", "วันหมดอายุ"),
		daysLeft(), state(),
		col("default_card", YesNo, "Default card", "既定のカード", "บัตรหลัก"),
		id("replaced_by", "Replaced by", "代わりのカード", "แทนด้วยบัตร"),
		col("last_charged_at", Time, "Last charged at", "最終課金日時", "ชำระล่าสุดเมื่อ"),
		col("charges_90d", Count, "Charges in 90 days", "90日間の課金数", "จำนวนรายการใน 90 วัน"),
	).markedBy("state", map[string]Mark{"this_month": MarkWarn, "expired": MarkAlarm})
}

func breaks() Table {
	t := newTable("breaks", Titles{"Breaks", "差異", "รายการไม่ตรงกัน"},
		account(), text("break_id", 24, "Break ID", "差異ID", "รหัสรายการไม่ตรง"),
		Column{Name: "kind", Kind: Word, Width: 22, Title: kindOfBreak()},
		recordRef(), chargeID(), id("refund_id", "Refund ID", "返金ID", "รหัสการคืนเงิน"),
		word("field", 16, "Field", "項目", "ช่องข้อมูล"),
		mixed("record_value", "In the books", "帳簿の値", "ค่าในบัญชี"), mixed("omise_value", "At Omise", "Omiseの値", "ค่าที่ Omise"),
		col("difference", Amount, "Difference", "差額", "ผลต่าง"), currency(),
		col("first_seen", Time, "First seen", "初回検知日時", "พบครั้งแรกเมื่อ"),
		col("age_days", Count, "Age in days", "経過日数", "อายุ (วัน)"), state(),
		sentence("explanation", "Explanation", "説明", "คำอธิบาย"),
		word("severity", 12, "Severity", "重要度", "ความสำคัญ"),
		col("closed_period", YesNo, "Closed period", "締め済み期間", "งวดที่ปิดแล้ว"),
		typed("owner", 18, "Owner", "担当者", "ผู้รับผิดชอบ"),
		typed("resolution", 16, "Resolution", "対応", "ผลการแก้ไข", resolutions()...),
		typed("note", 44, "Note", "メモ", "หมายเหตุ"),
	)
	t.word = "severity"
	state, severity, resolution := t.Column("state"), t.Column("severity"), t.Column("resolution")
	t.Mark = func(row []Cell) Mark {
		return breakMark(row[state].text, row[severity].text, row[resolution].text)
	}
	return t
}

// breakMark is loud for what someone must look at, and quiet for what is
// settled.
func breakMark(state, severity, resolution string) Mark {
	switch {
	case state == ledger.BreakCured || resolution == ledger.Accepted:
		return MarkInfo
	case severity == "high":
		return MarkAlarm
	case severity == "medium":
		return MarkWarn
	}
	return MarkNone
}

func changes() Table {
	run := col("run", Count, "Run", "実行番号", "รอบที่")
	run.plain = true
	return newTable("changes", Titles{"Changes", "変更", "การเปลี่ยนแปลง"},
		account(), word("object", 12, "Object", "対象", "ประเภทข้อมูล"), id("id", "ID", "ID", "รหัส"),
		word("field", 16, "Field", "項目", "ช่องข้อมูล"),
		mixed("before", "Before", "変更前", "ก่อน"), mixed("after", "After", "変更後", "หลัง"),
		currency(),
		col("noticed_at", Time, "Noticed at", "検知日時", "พบเมื่อ"),
		run, createdAt(),
		col("closed_period", YesNo, "Closed period", "締め済み期間", "งวดที่ปิดแล้ว"),
	).markedBy("closed_period", map[string]Mark{"yes": MarkWarn})
}

// summary's sheet is called Totals: Summary is the page made from it.
func summary() Table {
	return newTable("summary", Titles{"Totals", "集計", "ยอดรวม"},
		account(), currency(), word("measure", 34, "Measure", "項目", "รายการ"),
		col("count", Count, "Count", "件数", "จำนวน"), amount(),
	)
}
