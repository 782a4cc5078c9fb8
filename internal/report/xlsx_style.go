package report

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// fontFamily is on every machine that opens workbooks, or has a twin there of
// the same widths.
const fontFamily = "Arial"

// Colours of the workbook. Fills are light enough for black print.
const (
	colourInk    = "1F2937"
	colourBrand  = "1F3A5F"
	colourRule   = "D5DAE1"
	colourQuiet  = "6B7280"
	colourPanel  = "EEF2F7"
	colourGood   = "DDF3E4"
	colourGoodOn = "14532D"
	colourInfo   = "E8EBF0"
	colourWarn   = "FFF2CC"
	colourWarnOn = "7A4B00"
	colourBad    = "FBDCDC"
	colourBadOn  = "7F1D1D"
	colourType   = "E6F1FB" // cells to type into
	colourTypeOn = "1D4F91"
)

// format is how a cell shows its value.
type format int

const (
	formatGeneral format = iota
	formatText
	formatWrapped // text on several lines
	formatCount
	formatPlain // a number of something, without thousands sign
	formatTime
	formatDate
	formatAmount // plus the currency's digits
)

const maxDigits = 3

// styles gives the style ids of the workbook, all of them made before the
// first row: the ids stand in rows that are already on disk.
type styles struct {
	header      int
	headerRight int // over figures
	headerTyped int // over cells to type into
	typed       int
	cells       [formatAmount + maxDigits + 1]byMark
	strong      byMark // the word that a row is marked for
}

type byMark [MarkAlarm + 1]int

func newStyles(f *excelize.File, s speech) (styles, error) {
	var st styles
	var err error
	if st.header, err = f.NewStyle(headerStyle("left")); err != nil {
		return styles{}, err
	}
	if st.headerRight, err = f.NewStyle(headerStyle("right")); err != nil {
		return styles{}, err
	}
	if st.headerTyped, err = f.NewStyle(typedHeaderStyle()); err != nil {
		return styles{}, err
	}
	if st.typed, err = f.NewStyle(typedStyle()); err != nil {
		return styles{}, err
	}
	if st.strong, err = addMarks(f, strongStyle); err != nil {
		return styles{}, err
	}
	for _, fm := range []format{formatGeneral, formatText, formatWrapped, formatCount, formatPlain, formatTime, formatDate} {
		if err := st.add(f, fm, s.numberFormat(fm)); err != nil {
			return styles{}, err
		}
	}
	for d := range maxDigits + 1 {
		if err := st.add(f, formatAmount+format(d), amountFormat(d)); err != nil {
			return styles{}, err
		}
	}
	return st, nil
}

func (st *styles) add(f *excelize.File, fm format, number string) error {
	ids, err := addMarks(f, func(m Mark) *excelize.Style { return cellStyle(fm, number, m) })
	st.cells[fm] = ids
	return err
}

func addMarks(f *excelize.File, style func(Mark) *excelize.Style) (byMark, error) {
	var ids byMark
	for m := range ids {
		id, err := f.NewStyle(style(Mark(m)))
		if err != nil {
			return ids, err
		}
		ids[m] = id
	}
	return ids, nil
}

// of is the style of a cell in a column of a row with a mark.
func (st *styles) of(c Cell, col Column, m Mark) int {
	if col.typed {
		return st.typed
	}
	return st.cells[formatOf(c, col)][m]
}

// over is the style of a column's title.
func (st *styles) over(c Column) int {
	switch {
	case c.typed:
		return st.headerTyped
	case c.Kind == Amount, c.Kind == Count && !c.plain:
		return st.headerRight
	}
	return st.header
}

func formatOf(c Cell, col Column) format {
	if !c.set {
		return formatGeneral
	}
	switch c.kind {
	case Text:
		if col.wrap {
			return formatWrapped
		}
		return formatText
	case Amount:
		return formatAmount + format(c.cur.Digits())
	case Count:
		if col.plain {
			return formatPlain
		}
		return formatCount
	case Time:
		return formatTime
	case Date:
		return formatDate
	default:
		return formatGeneral
	}
}

func (s speech) numberFormat(fm format) string {
	switch fm {
	case formatText, formatWrapped:
		return "@"
	case formatCount:
		return "#,##0"
	case formatPlain:
		return "0"
	case formatTime:
		return s.timeFormat()
	case formatDate:
		return s.dateFormat()
	default:
		return "General"
	}
}

func amountFormat(digits int) string {
	if digits == 0 {
		return "#,##0"
	}
	return "#,##0." + strings.Repeat("0", digits)
}

func cellStyle(fm format, number string, m Mark) *excelize.Style {
	st := &excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Size: 10, Color: colourInk},
		Fill:      fill(markColour(m)),
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "top", Indent: 1, WrapText: fm == formatWrapped},
		Border:    []excelize.Border{{Type: "bottom", Color: colourRule, Style: 1}},
	}
	if fm == formatCount || fm >= formatAmount {
		// No indent: LibreOffice loses it on some numbers and keeps it on others.
		st.Alignment = &excelize.Alignment{Horizontal: "right", Vertical: "top"}
	}
	if number != "General" {
		st.CustomNumFmt = &number
	}
	return st
}

// strongStyle is for the word that says why a row is coloured.
func strongStyle(m Mark) *excelize.Style {
	st := cellStyle(formatGeneral, "General", m)
	st.Font.Bold = m != MarkNone
	switch m {
	case MarkWarn:
		st.Font.Color = colourWarnOn
	case MarkAlarm:
		st.Font.Color = colourBadOn
	}
	return st
}

func headerStyle(horizontal string) *excelize.Style {
	st := &excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Bold: true, Size: 10, Color: "FFFFFF"},
		Fill:      fill(colourBrand),
		Alignment: &excelize.Alignment{Horizontal: horizontal, Vertical: "center", Indent: 1, WrapText: true},
	}
	if horizontal == "right" {
		st.Alignment.Indent = 0
	}
	return st
}

func markColour(m Mark) string {
	switch m {
	case MarkInfo:
		return colourInfo
	case MarkWarn:
		return colourWarn
	case MarkAlarm:
		return colourBad
	default:
		return ""
	}
}

func fill(colour string) excelize.Fill {
	if colour == "" {
		return excelize.Fill{}
	}
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
}
