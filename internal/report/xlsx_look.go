package report

import "github.com/xuri/excelize/v2"

// look is the style of a cell on the pages that are not tables.
type look struct {
	size      float64
	bold      bool
	underline bool
	colour    string
	fill      string
	format    string // number format
	right     bool
	wrap      bool
	rule      string // colour of the line below
}

// The looks that Summary and Audit share.

func lookTitle() look   { return look{size: 18, bold: true, colour: colourBrand} }
func lookQuiet() look   { return look{colour: colourQuiet} }
func lookSection() look { return look{size: 12, bold: true, colour: colourBrand, rule: colourBrand} }
func lookLabel() look   { return look{colour: colourQuiet, rule: colourRule} }
func lookText() look    { return look{rule: colourRule} }

func lookHead(right bool) look {
	return look{bold: true, colour: "FFFFFF", fill: colourBrand, right: right, wrap: true}
}

func lookNumber(format string) look { return look{rule: colourRule, format: format, right: true} }

// lookMark is text in the colours of a mark.
func lookMark(m Mark) look {
	l := look{rule: colourRule, fill: markColour(m), bold: m != MarkNone}
	switch m {
	case MarkWarn:
		l.colour = colourWarnOn
	case MarkAlarm:
		l.colour = colourBadOn
	}
	return l
}

func lookStatus(complete bool) look {
	if complete {
		return look{bold: true, colour: colourGoodOn, fill: colourGood, rule: colourRule}
	}
	return lookMark(MarkWarn)
}

// style gives the style id of a look.
func (x *xlsxFile) style(l look) (int, error) {
	if id, ok := x.looks[l]; ok {
		return id, nil
	}
	id, err := x.f.NewStyle(l.style())
	x.looks[l] = id
	return id, err
}

func (l look) style() *excelize.Style {
	if l.size == 0 {
		l.size = 10
	}
	if l.colour == "" {
		l.colour = colourInk
	}
	st := &excelize.Style{
		Font:      &excelize.Font{Family: fontFamily, Size: l.size, Bold: l.bold, Color: l.colour},
		Fill:      fill(l.fill),
		Alignment: &excelize.Alignment{Horizontal: "left", Vertical: "center", Indent: 1, WrapText: l.wrap},
	}
	if l.underline {
		st.Font.Underline = "single"
	}
	if l.right {
		st.Alignment.Horizontal, st.Alignment.Indent = "right", 0
	}
	if l.rule != "" {
		st.Border = []excelize.Border{{Type: "bottom", Color: l.rule, Style: 1}}
	}
	if l.format != "" {
		st.CustomNumFmt = &l.format
	}
	return st
}
