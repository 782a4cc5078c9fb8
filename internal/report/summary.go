package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// summaryWidths are the columns of the Summary page.
var summaryWidths = [...]float64{22, 14, 17, 17, 17, 17, 17, 17, 19, 17}

// summary fills the first sheet: what a reader needs before any table.
func (x *xlsxFile) summary(b Book, name string, d *digest) error {
	p := &page{x: x, name: x.summaryName(), row: 1, width: len(summaryWidths)}
	p.columns()
	p.heading(b, name)
	p.accounts(b)
	p.actions(b, d)
	p.breaks(b, d)
	p.totals(b, d)
	p.deadlines(b, d)
	p.try(x.printSetup(p.name))
	return p.err
}

func (p *page) columns() {
	for i, w := range summaryWidths {
		letter, err := excelize.ColumnNumberToName(i + 1)
		p.try(err)
		p.try(p.x.f.SetColWidth(p.name, letter, letter, w))
	}
	off := false
	p.try(p.x.f.SetSheetView(p.name, 0, &excelize.ViewOptions{ShowGridLines: &off}))
}

func reportTitle() Titles {
	return Titles{"Omise reconciliation", "Omise 照合レポート", "รายงานกระทบยอด Omise"}
}

func statusWord(complete bool) Titles {
	if complete {
		return Titles{"Complete", "完全", "ครบถ้วน"}
	}
	return Titles{"Partial", "一部未確認", "ไม่ครบถ้วน"}
}

func (p *page) heading(b Book, name string) {
	p.height(30)
	p.say(1, lookTitle(), reportTitle())
	p.next()
	p.text(1, lookQuiet(), name)
	p.next()
	p.next()
	p.say(1, lookLabel(), Titles{"Status", "状態", "สถานะ"})
	p.say(2, lookStatus(b.Complete), statusWord(b.Complete))
	if !b.Complete {
		p.say(3, look{colour: colourWarnOn}, Titles{
			"Not everything is proven or fresh: the sheet “Audit” says what.",
			"未確認または最新でないデータがあります。「監査情報」シートを確認してください。",
			"ข้อมูลบางส่วนยังไม่ได้ยืนยันหรือไม่เป็นปัจจุบัน ดูรายละเอียดในแผ่นงาน “ข้อมูลตรวจสอบ”",
		})
	}
	p.next()
	p.say(1, lookLabel(), asOfTitle())
	p.text(2, lookText(), p.x.speech.instant(b.AsOf))
	p.text(3, lookText(), "")
	p.next()
	p.say(1, lookLabel(), Titles{"Run", "実行番号", "รอบที่"})
	p.text(2, lookText(), fmt.Sprintf("%d (reconcile %s)", b.Run, b.Version))
	p.text(3, lookText(), "")
	p.next()
}

func asOfTitle() Titles {
	return Titles{"As of", "基準日時", "ข้อมูล ณ เวลา"}
}

func (p *page) accounts(b Book) {
	s := p.x.speech
	p.section(Titles{"Accounts and period", "アカウントと対象期間", "บัญชีและช่วงเวลา"})
	p.head(99, s.say(account().Title), s.say(zoneTitle()), s.say(fromTitle()), s.say(toTitle()),
		s.say(historyTitle()), s.say(dataTitle()))
	for _, a := range b.Accounts {
		p.text(1, lookText(), a.Name)
		p.text(2, lookText(), a.Timezone)
		p.date(3, a.From)
		p.date(4, a.To)
		p.date(5, a.HistoryFrom)
		p.time(6, a.DataAsOf)
		p.next()
	}
}

func zoneTitle() Titles { return Titles{"Time zone", "タイムゾーン", "เขตเวลา"} }
func fromTitle() Titles { return Titles{"From", "開始日", "ตั้งแต่"} }
func toTitle() Titles   { return Titles{"To", "終了日", "ถึง"} }
func historyTitle() Titles {
	return Titles{"History proven from", "履歴の確認開始日", "ประวัติยืนยันตั้งแต่"}
}

func dataTitle() Titles {
	return Titles{"Data as of", "データ取得日時", "ข้อมูลล่าสุดเมื่อ"}
}

// date writes YYYY-MM-DD as a real date.
func (p *page) date(col int, iso string) {
	l, v := lookText(), value{text: iso}
	if t, err := time.Parse(time.DateOnly, iso); err == nil {
		l.format, v = p.x.speech.dateFormat(), p.x.speech.value(TimeCell(t))
	}
	p.put(col, l, v)
}

func (p *page) time(col int, t time.Time) {
	l := lookText()
	l.format = p.x.speech.timeFormat()
	p.put(col, l, p.x.speech.value(TimeCell(t)))
}

// totalMeasures are the control totals of the Summary page; the sheet Totals
// has all of them.
func totalMeasures() []string {
	return []string{
		"captured", "refunded", "voided", "net_captured", "reversed", "expired",
		"authorized_open", "disputed_open",
	}
}

func measureTitle(measure string) Titles {
	switch measure {
	case "captured":
		return Titles{"Captured", "売上確定", "เรียกเก็บแล้ว"}
	case "refunded":
		return Titles{"Refunded", "返金", "คืนเงิน"}
	case "voided":
		return Titles{"of it voided", "うち取消", "ในจำนวนนี้เป็นการยกเลิก"}
	case "net_captured":
		return Titles{"Net captured", "純売上", "ยอดเรียกเก็บสุทธิ"}
	case "reversed":
		return Titles{"Reversed", "オーソリ取消", "ปล่อยวงเงิน"}
	case "expired":
		return Titles{"Expired", "期限切れ", "หมดอายุ"}
	case "authorized_open":
		return Titles{"Authorised, open", "オーソリ済み・未確定", "อนุมัติวงเงิน รอเรียกเก็บ"}
	default:
		return Titles{"Disputed, open", "異議申立て中", "ข้อพิพาทที่ยังไม่ปิด"}
	}
}

func (p *page) totals(b Book, d *digest) {
	s := p.x.speech
	purses := d.purses(b.Accounts)
	if len(purses) == 0 {
		return
	}
	p.section(Titles{"Control totals of the period", "期間の集計", "ยอดรวมของช่วงเวลา"})
	titles := []string{s.say(account().Title), s.say(currency().Title)}
	for _, m := range totalMeasures() {
		titles = append(titles, s.say(measureTitle(m)))
	}
	p.head(3, titles...)
	for _, k := range purses {
		p.purse(d, k)
	}
}

// purse writes two rows: the amounts, and below them how many.
func (p *page) purse(d *digest, k purse) {
	counts := look{colour: colourQuiet, rule: colourRule}
	p.text(1, look{bold: true}, k.account)
	p.text(2, look{bold: true}, string(k.currency))
	for i, m := range totalMeasures() {
		l := look{bold: m == "net_captured"}
		p.money(i+3, l, d.totals[totalKey{k.account, k.currency, m}], k.currency)
	}
	p.next()
	p.text(1, counts, "")
	p.say(2, counts, Titles{"Count", "件数", "จำนวน"})
	for i, m := range totalMeasures() {
		if t, ok := d.totals[totalKey{k.account, k.currency, m}]; ok {
			p.count(i+3, counts, t.count)
		}
	}
	p.next()
}

// printSetup is for the one sheet that excelize writes.
func (x *xlsxFile) printSetup(name string) error {
	landscape, a4, wide, tall, fit := "landscape", 9, 1, 0, true
	colour := colourGood
	if err := x.f.SetPageLayout(name, &excelize.PageLayoutOptions{
		Orientation: &landscape, Size: &a4, FitToWidth: &wide, FitToHeight: &tall,
	}); err != nil {
		return err
	}
	if err := x.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit, TabColorRGB: &colour}); err != nil {
		return err
	}
	return x.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: x.margins.header, OddFooter: x.margins.footer,
	})
}
