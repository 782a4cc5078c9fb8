package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetFrame is what a streamed sheet says beside its rows.
type sheetFrame struct {
	columns   []Column
	tabColour string
	table     bool // header row that stays in sight
	strong    int  // the column whose word says what a mark means, -1 without
	header    string
	footer    string
}

// sheet writes the XML of one worksheet straight into the workbook's zip.
// excelize's StreamWriter is not used for it: it can only write a fraction
// through a float64, goes through a temporary file, and is four times slower.
// Styles, relations, names, the chart and the rest of the package are excelize's.
type sheet struct {
	w       *bufio.Writer
	speech  speech
	styles  styles
	frame   sheetFrame
	letters []string
	rows    int
	bytes   int64
	buf     []byte
}

func newSheet(w io.Writer, sp speech, st styles, fr sheetFrame) (*sheet, error) {
	s := &sheet{w: bufio.NewWriterSize(w, 64<<10), speech: sp, styles: st, frame: fr}
	for i := range fr.columns {
		letter, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		s.letters = append(s.letters, letter)
	}
	_, err := s.w.WriteString(s.head())
	return s, err
}

func (s *sheet) head() string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n" +
		`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`)
	fmt.Fprintf(&b, `<sheetPr><tabColor rgb="FF%s"/><pageSetUpPr fitToPage="1"/></sheetPr>`, s.frame.tabColour)
	b.WriteString(`<sheetViews><sheetView showGridLines="0" workbookViewId="0">`)
	if s.frame.table {
		b.WriteString(`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
			`<selection pane="bottomLeft" activeCell="A2" sqref="A2"/>`)
	}
	b.WriteString(`</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, c := range s.frame.columns {
		fmt.Fprintf(&b, `<col min="%d" max="%d" width="%s" customWidth="1"/>`,
			i+1, i+1, strconv.FormatFloat(c.Width, 'f', -1, 64))
	}
	b.WriteString(`</cols><sheetData>`)
	return b.String()
}

// titles writes the header row in the workbook's language.
func (s *sheet) titles() error {
	return s.line(fixedHeight(32), func() {
		for i, c := range s.frame.columns {
			s.cell(i, s.styles.over(c), value{text: s.speech.say(c.Title)})
		}
	})
}

// table writes one row of a table.
func (s *sheet) table(row []Cell, m Mark) error {
	return s.line(s.height(row), func() {
		for i, c := range row { // empty cells too, for the line below the row
			style := s.styles.of(c, s.frame.columns[i], m)
			if i == s.frame.strong {
				style = s.styles.strong[m]
			}
			s.cell(i, style, s.speech.value(c))
		}
	})
}

// line writes a row of whatever cells puts into it, height as rows have it in
// their tag: "" is the default.
func (s *sheet) line(height string, cells func()) error {
	s.rows++
	s.buf = append(s.buf[:0], `<row r="`...)
	s.buf = strconv.AppendInt(s.buf, int64(s.rows), 10)
	s.buf = append(s.buf, '"')
	s.buf = append(s.buf, height...)
	s.buf = append(s.buf, '>')
	cells()
	s.buf = append(s.buf, `</row>`...)
	s.bytes += int64(len(s.buf))
	_, err := s.w.Write(s.buf)
	return err
}

// fixedHeight is a height in points that no program changes.
func fixedHeight(points int) string { return fmt.Sprintf(` ht="%d" customHeight="1"`, points) }

func (s *sheet) cell(col, style int, v value) {
	b := append(s.buf, `<c r="`...)
	b = append(b, s.letters[col]...)
	b = strconv.AppendInt(b, int64(s.rows), 10)
	b = append(b, `" s="`...)
	b = strconv.AppendInt(b, int64(style), 10)
	switch {
	case v.number != "":
		b = append(b, `"><v>`...)
		b = append(b, v.number...)
		b = append(b, `</v></c>`...)
	case v.text != "":
		b = append(b, `" t="inlineStr"><is><t xml:space="preserve">`...)
		b, _ = appendXML(b, v.text)
		b = append(b, `</t></is></c>`...)
	default:
		b = append(b, `"/>`...)
	}
	s.buf = b
}

// pagesWide keeps the print of a wide table readable: about 210 characters to
// a page.
func (s *sheet) pagesWide() int {
	width := 0.0
	for _, c := range s.frame.columns {
		width += c.Width
	}
	return int(width)/210 + 1
}

// filter is the range of header and rows.
func (s *sheet) filter() string {
	return fmt.Sprintf("A1:%s%d", s.letters[len(s.letters)-1], s.rows)
}

func (s *sheet) close(filter string) error {
	var b strings.Builder
	b.WriteString(`</sheetData>`)
	if filter != "" {
		fmt.Fprintf(&b, `<autoFilter ref="%s"/>`, filter)
		b.WriteString(s.choices())
	}
	b.WriteString(`<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>` +
		`<pageSetup paperSize="9" orientation="landscape" fitToHeight="0" fitToWidth="`)
	b.WriteString(strconv.Itoa(s.pagesWide()))
	b.WriteString(`"/><headerFooter><oddHeader>`)
	header, _ := appendXML(nil, s.frame.header)
	b.Write(header)
	b.WriteString(`</oddHeader><oddFooter>`)
	footer, _ := appendXML(nil, s.frame.footer)
	b.Write(footer)
	b.WriteString(`</oddFooter></headerFooter></worksheet>`)
	if _, err := s.w.WriteString(b.String()); err != nil {
		return err
	}
	return s.w.Flush()
}
