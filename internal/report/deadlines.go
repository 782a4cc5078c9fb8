package report

import (
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/money"
)

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
