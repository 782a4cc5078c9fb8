package report

import (
	"strconv"

	"github.com/xuri/excelize/v2"

	"reconcile/internal/money"
)

// page writes cells one below the other. The first error stays, later calls
// do nothing.
type page struct {
	x     *xlsxFile
	name  string
	row   int // the row that is written
	width int // columns of the page
	err   error
}

func (p *page) ref(col int) string {
	ref, err := excelize.CoordinatesToCellName(col, p.row)
	p.try(err)
	return ref
}

func (p *page) try(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *page) next() { p.row++ }

func (p *page) put(col int, l look, v value) {
	if p.err != nil {
		return
	}
	ref := p.ref(col)
	id, err := p.x.style(l)
	p.try(err)
	p.try(p.x.f.SetCellStyle(p.name, ref, ref, id))
	switch {
	case v.number != "": // the exact digits, never a float64
		p.try(p.x.f.SetCellDefault(p.name, ref, v.number))
	case v.text != "":
		p.try(p.x.f.SetCellStr(p.name, ref, v.text))
	}
}

func (p *page) text(col int, l look, s string) { p.put(col, l, value{text: s}) }

func (p *page) say(col int, l look, t Titles) { p.text(col, l, p.x.speech.say(t)) }

func (p *page) count(col int, l look, n int64) {
	l.format, l.right = "#,##0", true
	p.put(col, l, value{number: strconv.FormatInt(n, 10)})
}

// money writes an amount; one that is not known stays empty.
func (p *page) money(col int, l look, t tally, c money.Currency) {
	l.format, l.right = amountFormat(c.Digits()), true
	v := value{}
	if t.known {
		v.number = money.Format(t.amount, c)
	}
	p.put(col, l, v)
}

// span merges the cells of the row from one column to another.
func (p *page) span(from, to int) {
	if p.err == nil {
		p.try(p.x.f.MergeCell(p.name, p.ref(from), p.ref(to)))
	}
}

func (p *page) height(h float64) {
	if p.err == nil {
		p.try(p.x.f.SetRowHeight(p.name, p.row, h))
	}
}

// section leaves a row free and writes a heading over the whole width.
func (p *page) section(t Titles) {
	p.next()
	p.height(20)
	for col := 1; col <= p.width; col++ {
		p.text(col, lookSection(), "")
	}
	p.say(1, lookSection(), t)
	p.next()
}

// head writes the heading row of a block; columns from `numbers` on are
// figures and stand on the right.
func (p *page) head(numbers int, titles ...string) {
	p.height(30)
	for i, t := range titles {
		p.text(i+1, lookHead(i+1 >= numbers), t)
	}
	p.next()
}
