package report

import (
	"fmt"
	"strings"
	"time"
)

// speech is the language and the calendar of the workbook. CSV never sees it.
type speech struct {
	lang     string
	buddhist bool
	words    map[string]Titles
}

func newSpeech(language, calendar string) (speech, error) {
	switch language {
	case "":
		language = "en"
	case "en", "ja", "th":
	default:
		return speech{}, fmt.Errorf("report language %q: use en, ja or th", language)
	}
	switch calendar {
	case "", "gregorian", "buddhist":
	default:
		return speech{}, fmt.Errorf("report calendar %q: use gregorian or buddhist", calendar)
	}
	return speech{lang: language, buddhist: calendar == "buddhist", words: words()}, nil
}

// say picks the text of the language.
func (s speech) say(t Titles) string {
	switch s.lang {
	case "ja":
		return t.JA
	case "th":
		return t.TH
	default:
		return t.EN
	}
}

// word translates one of our own words. One without an entry, a currency code
// for example, stands as it is.
func (s speech) word(w string) string {
	if t, ok := s.words[w]; ok {
		return s.say(t)
	}
	return w
}

// date writes YYYY-MM-DD in the calendar, other text as it is.
func (s speech) date(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil || !s.buddhist {
		return iso
	}
	return buddhistDate(t)
}

// instant writes a time with its offset, for texts that hold a time.
func (s speech) instant(t time.Time) string {
	if s.buddhist {
		return buddhistDate(t) + t.Format(" 15:04:05 -07:00")
	}
	return t.Format("2006-01-02 15:04:05 -07:00")
}

func buddhistDate(t time.Time) string {
	return fmt.Sprintf("%02d/%02d/%04d", t.Day(), t.Month(), t.Year()+543)
}

func (s speech) dateFormat() string {
	if s.buddhist {
		return "[$-107041E]dd/mm/yyyy"
	}
	return "yyyy-mm-dd"
}

func (s speech) timeFormat() string { return s.dateFormat() + " hh:mm:ss" }

// sheetName is a table's sheet; the second and later ones carry a number.
func (s speech) sheetName(t Table, part int) string {
	name := s.say(t.Title)
	if part > 1 {
		name = fmt.Sprintf("%s %d", strings.TrimSpace(name), part)
	}
	return name
}

// words holds our own words as the workbook writes them.
func words() map[string]Titles {
	return map[string]Titles{
		"yes": {"yes", "はい", "ใช่"},
		"no":  {"no", "いいえ", "ไม่ใช่"},

		// states
		"overdue":    {"overdue", "期限超過", "เกินกำหนด"},
		"urgent":     {"urgent", "至急", "เร่งด่วน"},
		"open":       {"open", "未処理", "รอดำเนินการ"},
		"lapsed":     {"lapsed", "失効", "สิ้นผลแล้ว"},
		"soon":       {"soon", "まもなく", "ใกล้ถึงกำหนด"},
		"expired":    {"expired", "期限切れ", "หมดอายุ"},
		"this_month": {"this month", "今月", "เดือนนี้"},

		// kinds of refunds
		"void":    {"void", "取消", "ยกเลิกรายการ"},
		"full":    {"full", "全額", "เต็มจำนวน"},
		"partial": {"partial", "一部", "บางส่วน"},

		// results
		"matched":            {"matched", "一致", "ตรงกัน"},
		"break":              {"break", "不一致", "ไม่ตรงกัน"},
		"not_needed":         {"not needed", "照合不要", "ไม่ต้องกระทบยอด"},
		"expected":           {"expected", "反映待ち", "รอบันทึก"},
		"not_compared":       {"not compared", "未照合", "ยังไม่ได้กระทบยอด"},
		"missing_in_records": {"missing in books", "帳簿になし", "ไม่พบในบัญชี"},
		"amount_mismatch":    {"amount differs", "金額不一致", "จำนวนเงินไม่ตรง"},

		// breaks
		"unreadable_record": {"unreadable record", "読み取れない記録", "อ่านรายการไม่ได้"},
		"ambiguous":         {"ambiguous", "特定できない", "จับคู่ไม่ได้แน่ชัด"},
		"missing_at_omise":  {"missing at Omise", "Omiseになし", "ไม่พบที่ Omise"},
		"currency_mismatch": {"currency differs", "通貨不一致", "สกุลเงินไม่ตรง"},
		"status_mismatch":   {"status differs", "状態不一致", "สถานะไม่ตรง"},
		"refund_mismatch":   {"refund differs", "返金額不一致", "ยอดคืนเงินไม่ตรง"},
		"duplicate_record":  {"duplicate record", "記録の重複", "รายการบัญชีซ้ำ"},
		"duplicate_charge":  {"duplicate charge", "課金の重複", "รายการชำระเงินซ้ำ"},
		"refund_sum":        {"refunds do not add up", "返金の合計不一致", "ยอดรวมคืนเงินไม่ตรง"},
		"over_refunded":     {"over-refunded", "過剰返金", "คืนเงินเกินยอด"},
		"new":               {"new", "新規", "ใหม่"},
		"cured":             {"cured", "解消", "คลี่คลายแล้ว"},
		"high":              {"high", "高", "สูง"},
		"medium":            {"medium", "中", "ปานกลาง"},
		"low":               {"low", "低", "ต่ำ"},
		"accepted":          {"accepted", "承認済み", "ยอมรับแล้ว"},
		"fixed":             {"fixed", "修正済み", "แก้ไขแล้ว"},
		"currency":          {"currency", "通貨", "สกุลเงิน"},
		"charge_id":         {"charge ID", "課金ID", "รหัสรายการชำระเงิน"},
		"order_ref":         {"order reference", "注文番号", "เลขที่คำสั่งซื้อ"},
		"created_at":        {"created at", "作成日時", "สร้างเมื่อ"},

		// bases of a deadline
		"expires_at": {"expires at", "有効期限", "วันหมดอายุ"},
		"window":     {"capture window", "確定期間", "ระยะเวลาเรียกเก็บ"},

		// objects and fields of changes
		"charge":       {"charge", "課金", "รายการชำระเงิน"},
		"refund":       {"refund", "返金", "การคืนเงิน"},
		"dispute":      {"dispute", "異議申立て", "ข้อพิพาท"},
		"card":         {"card", "カード", "บัตร"},
		"customer":     {"customer", "顧客", "ลูกค้า"},
		"status":       {"status", "状態", "สถานะ"},
		"amount":       {"amount", "金額", "จำนวนเงิน"},
		"paid_at":      {"paid at", "支払日時", "ชำระเมื่อ"},
		"expires_on":   {"expires on", "有効期限", "วันหมดอายุ"},
		"name":         {"name", "名義", "ชื่อ"},
		"deleted":      {"deleted", "削除", "ลบแล้ว"},
		"default_card": {"default card", "既定のカード", "บัตรหลัก"},

		// measures and record statuses
		"captured":           {"captured", "売上確定", "เรียกเก็บแล้ว"},
		"refunded":           {"refunded", "返金", "คืนเงินแล้ว"},
		"voided":             {"voided", "うち取消", "ยกเลิกรายการแล้ว"},
		"reversed":           {"reversed", "オーソリ取消", "ปล่อยวงเงินแล้ว"},
		"net_captured":       {"net captured", "純売上", "ยอดเรียกเก็บสุทธิ"},
		"charges":            {"charges created", "作成された課金", "รายการที่สร้าง"},
		"successful":         {"successful", "成功", "สำเร็จ"},
		"failed":             {"failed", "失敗", "ไม่สำเร็จ"},
		"pending":            {"pending", "保留中", "รอดำเนินการ"},
		"authorized_open":    {"authorised, open", "オーソリ済み・未確定", "อนุมัติวงเงิน รอเรียกเก็บ"},
		"disputed_open":      {"disputed, open", "異議申立て中", "ข้อพิพาทที่ยังไม่ปิด"},
		"breaks_open":        {"breaks, open", "未解決の不一致", "ผลต่างที่ยังไม่ปิด"},
		"dispute_lost":       {"disputes lost", "異議申立て敗訴", "ข้อพิพาทที่แพ้"},
		"records":            {"records in books", "帳簿の記録", "รายการในบัญชี"},
		"paid":               {"paid", "支払済み", "ชำระแล้ว"},
		"authorized":         {"authorised", "オーソリ済み", "อนุมัติวงเงินแล้ว"},
		"on-hold":            {"on hold", "保留", "พักไว้"},
		"cancelled":          {"cancelled", "キャンセル", "ยกเลิก"},
		"partially_refunded": {"partially refunded", "一部返金", "คืนเงินบางส่วน"},
	}
}
