package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/money"
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

// action is a line of what someone must do today.
type action struct {
	table, state string
	mark         Mark
	title        Titles
}

func actions() []action {
	return []action{
		{"capture_deadlines", "overdue", MarkAlarm, Titles{
			"Authorised charges past their capture deadline", "売上確定期限を過ぎたオーソリ", "วงเงินอนุมัติที่เลยกำหนดเรียกเก็บ",
		}},
		{"capture_deadlines", "urgent", MarkWarn, Titles{
			"Authorised charges to capture now", "至急の売上確定が必要なオーソリ", "วงเงินอนุมัติที่ต้องเรียกเก็บโดยด่วน",
		}},
		{"capture_deadlines", "lapsed", MarkAlarm, Titles{
			"Authorisations that lapsed uncaptured", "売上確定されず失効したオーソリ", "วงเงินอนุมัติที่สิ้นผลโดยไม่ได้เรียกเก็บ",
		}},
		{"expiring_charges", "overdue", MarkAlarm, Titles{
			"Unpaid charges past their expiry", "支払期限を過ぎた未払いの課金", "รายการรอชำระที่เลยกำหนด",
		}},
		{"expiring_charges", "soon", MarkWarn, Titles{
			"Unpaid charges that expire soon", "まもなく期限切れとなる未払いの課金", "รายการรอชำระที่ใกล้หมดอายุ",
		}},
		{"expiring_cards", "expired", MarkAlarm, Titles{
			"Customer cards that have expired", "期限切れの顧客カード", "บัตรลูกค้าที่หมดอายุแล้ว",
		}},
		{"expiring_cards", "this_month", MarkWarn, Titles{
			"Customer cards that expire this month", "今月期限切れとなる顧客カード", "บัตรลูกค้าที่หมดอายุเดือนนี้",
		}},
	}
}

func (p *page) actions(b Book, d *digest) {
	tables := map[string]Table{}
	for _, t := range b.Tables {
		tables[t.Table.Name] = t.Table
	}
	p.section(Titles{"What needs action", "対応が必要な項目", "รายการที่ต้องดำเนินการ"})
	for _, a := range actions() {
		if t, ok := tables[a.table]; ok {
			p.action(a, d.states[stateKey{a.table, a.state}], p.x.speech.sheetName(t, 1))
		}
	}
}

func (p *page) action(a action, n int64, sheet string) {
	l := lookMark(MarkNone)
	if n > 0 {
		l = lookMark(a.mark)
	}
	for col := 1; col <= 3; col++ {
		p.text(col, l, "")
	}
	p.say(1, l, a.title)
	p.span(1, 3)
	p.text(4, l, p.x.speech.word(a.state))
	p.count(5, l, n)
	p.text(6, look{colour: colourBrand, underline: true, rule: colourRule}, sheet)
	if p.err == nil {
		p.try(p.x.f.SetCellHyperLink(p.name, p.ref(6), quoteSheet(sheet)+"!A1", "Location"))
	}
	p.next()
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

// deadlines shows the money that is authorised and not captured, by the day
// until which it must be.
func (p *page) deadlines(b Book, d *digest) {
	p.section(deadlinesTitle())
	v := d.pivot()
	if len(v.days) == 0 {
		p.say(1, lookQuiet(), Titles{
			"No authorised money waits for capture.", "売上確定待ちのオーソリはありません。", "ไม่มีวงเงินที่รอเรียกเก็บ",
		})
		return
	}
	first := p.row + chartRows*((len(v.currencies)+1)/2)
	p.charts(first, v)
	p.row = first
	p.pivot(v)
	p.next()
	p.details(b, d)
}

func deadlinesTitle() Titles {
	return Titles{
		"Authorised money by capture deadline", "売上確定期限日別のオーソリ残高", "วงเงินอนุมัติตามวันครบกำหนดเรียกเก็บ",
	}
}

func dayTitle() Titles {
	return Titles{"Deadline day", "期限日", "วันครบกำหนด"}
}

func (p *page) pivot(v pivot) {
	titles := []string{p.x.speech.say(dayTitle())}
	for _, c := range v.currencies {
		titles = append(titles, string(c))
	}
	p.head(2, titles...)
	for _, day := range v.days {
		// A text: as a date it would give the chart a time axis full of gaps.
		p.text(1, lookText(), p.x.speech.date(day.Format(time.DateOnly)))
		for i, c := range v.currencies {
			amount, known := v.amounts[day][c]
			p.money(i+2, lookText(), tally{known: known, amount: amount}, c)
		}
		p.next()
	}
}

func (p *page) details(b Book, d *digest) {
	s := p.x.speech
	p.head(5, s.say(account().Title), s.say(dayTitle()), s.say(state().Title), s.say(currency().Title),
		s.say(Titles{"Count", "件数", "จำนวน"}), s.say(amount().Title))
	for _, k := range d.deadlineKeys(b.Accounts) {
		l := lookMark(deadlineMark(k.state))
		p.text(1, lookText(), k.account)
		p.date(2, k.day.Format(time.DateOnly))
		p.text(3, l, s.word(k.state))
		p.text(4, lookText(), string(k.currency))
		p.count(5, lookText(), d.deadlines[k].count)
		p.money(6, lookText(), d.deadlines[k], k.currency)
		p.next()
	}
}

func deadlineMark(state string) Mark {
	switch state {
	case "overdue":
		return MarkAlarm
	case "urgent":
		return MarkWarn
	default:
		return MarkNone
	}
}

const (
	chartRows  = 14
	chartWide  = 630               // pixels: half of the page
	chartTall  = chartRows*18 - 12 // excelize takes a row of 15 points for 18 pixels
	rightChart = "F"
)

func palette() []string {
	return []string{"2F6DB5", "E08A1E", "3C9A6B", "A2559B", "C0504D", "6B7280"}
}

// charts draws one chart per currency, two side by side: on a common axis yen
// would dwarf baht. The data stand in the pivot, whose heading is in row first.
func (p *page) charts(first int, v pivot) {
	for i, c := range v.currencies {
		if i%2 == 0 {
			for range chartRows {
				p.height(15)
				p.next()
			}
		}
		cell := fmt.Sprintf("A%d", p.row-chartRows)
		if i%2 == 1 {
			cell = fmt.Sprintf("%s%d", rightChart, p.row-chartRows)
		}
		p.chart(cell, first, i, c, len(v.days))
	}
}

func (p *page) chart(cell string, first, i int, c money.Currency, days int) {
	letter, err := excelize.ColumnNumberToName(i + 2)
	p.try(err)
	if p.err != nil {
		return
	}
	sheet, last, gap := quoteSheet(p.name), first+days, uint(60)
	font := excelize.Font{Family: fontFamily, Size: 9, Color: colourInk}
	p.try(p.x.f.AddChart(p.name, cell, &excelize.Chart{
		Type: excelize.Col, GapWidth: &gap,
		Series: []excelize.ChartSeries{{
			Name:       fmt.Sprintf("%s!$%s$%d", sheet, letter, first),
			Categories: fmt.Sprintf("%s!$A$%d:$A$%d", sheet, first+1, last),
			Values:     fmt.Sprintf("%s!$%s$%d:$%s$%d", sheet, letter, first+1, letter, last),
			Fill:       fill(palette()[i%len(palette())]),
		}},
		Title: excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{
			Text: p.x.speech.say(deadlinesTitle()) + " · " + string(c),
			Font: &excelize.Font{Family: fontFamily, Size: 10, Bold: true, Color: colourInk},
		}}},
		Dimension: excelize.ChartDimension{Width: chartWide, Height: chartTall},
		Legend:    excelize.ChartLegend{Position: "none"},
		XAxis:     excelize.ChartAxis{Font: font},
		YAxis: excelize.ChartAxis{
			Font: font, MajorGridLines: true, NumFmt: excelize.ChartNumFmt{CustomNumFmt: "#,##0"},
		},
		Format: excelize.GraphicOptions{AltText: p.x.speech.say(deadlinesTitle()), OffsetX: 2, OffsetY: 4},
	}))
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
