package report

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"
)

// Bounds for what a workbook may unpack to, so that a small file cannot fill
// the memory.
const (
	maxIndexBytes   = 16 << 20 // the list of sheets
	maxStringsBytes = 1 << 30  // texts that cells share
)

// workbookFile is a workbook that is read, whichever program saved it last.
// excelize's reader is not used for it: it says neither whether a cell holds a
// number or a text, nor its formula, and takes several times as long.
type workbookFile struct {
	zip    *zip.ReadCloser
	sheets []sheetPart // in the order of the tabs
	shared sharedTexts
}

type sheetPart struct{ title, part string }

var errNoWorkbook = errors.New("it is not an .xlsx workbook, or one with a password")

func openWorkbookFile(name string) (*workbookFile, error) {
	z, err := zip.OpenReader(name)
	if errors.Is(err, zip.ErrFormat) {
		err = errNoWorkbook
	}
	if err != nil {
		return nil, fmt.Errorf("read workbook %s: %w", name, err)
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	w := &workbookFile{zip: z}
	if err := w.index(); err != nil {
		return nil, errors.Join(fmt.Errorf("read workbook %s: %w", name, err), z.Close())
	}
	return w, nil
}

func (w *workbookFile) Close() error { return w.zip.Close() }

func (w *workbookFile) part(name string) *zip.File {
	for _, f := range w.zip.File {
		if f.Name == name {
			return f
		}
	}
	return nil
}

type relations struct {
	All []struct {
		ID     string `xml:"Id,attr"`
		Type   string `xml:"Type,attr"`
		Target string `xml:"Target,attr"`
	} `xml:"Relationship"`
}

// index finds the sheets by their titles, and reads the shared texts.
func (w *workbookFile) index() error {
	const book = "xl/workbook.xml"
	var list struct {
		Sheets []struct {
			Name string     `xml:"name,attr"`
			Any  []xml.Attr `xml:",any,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := w.decode(book, &list); err != nil {
		return err
	}
	var rels relations
	if err := w.decode("xl/_rels/workbook.xml.rels", &rels); err != nil {
		return err
	}
	parts := map[string]string{}
	for _, r := range rels.All {
		target := path.Join("xl", r.Target)
		if strings.HasPrefix(r.Target, "/") {
			target = r.Target[1:]
		}
		parts[r.ID] = target
		if strings.HasSuffix(r.Type, "/sharedStrings") {
			if err := w.readShared(target); err != nil {
				return err
			}
		}
	}
	for _, s := range list.Sheets {
		for _, a := range s.Any {
			if part, ok := parts[a.Value]; ok && a.Name.Local == "id" {
				w.sheets = append(w.sheets, sheetPart{s.Name, part})
			}
		}
	}
	return nil
}

func (w *workbookFile) decode(part string, into any) error {
	f := w.part(part)
	if f == nil {
		return errNoWorkbook
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	if err := xml.NewDecoder(io.LimitReader(r, maxIndexBytes)).Decode(into); err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}

// sharedTexts are the texts that cells name by number, one behind the other:
// a string each would take several times the memory.
type sharedTexts struct {
	all  []byte
	ends []int
}

func (s sharedTexts) at(i int) ([]byte, bool) {
	if i < 0 || i >= len(s.ends) {
		return nil, false
	}
	from := 0
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.all[from:s.ends[i]], true
}

func (w *workbookFile) readShared(part string) error {
	f := w.part(part)
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	s := newXMLScanner(r)
	for {
		t, err := s.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		if t.kind != tokenStart || string(t.name) != "si" {
			continue
		}
		from := len(w.shared.all)
		if w.shared.all, err = s.richText(w.shared.all); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
		w.shared.all = append(w.shared.all[:from], plainText(w.shared.all[from:])...)
		w.shared.ends = append(w.shared.ends, len(w.shared.all))
		if len(w.shared.all) > maxStringsBytes {
			return fmt.Errorf("%s: %w", part, errXML)
		}
	}
}

// richText appends the text of the element that was begun. How a Japanese
// word is read (rPh) is no part of it.
func (s *xmlScanner) richText(to []byte) ([]byte, error) {
	depth, reading, text := 1, 0, false
	for depth > 0 {
		t, err := s.next()
		if err != nil {
			return to, errXML
		}
		switch {
		case t.kind == tokenText && text && reading == 0:
			to = append(to, t.text...)
		case t.kind == tokenStart:
			depth++
			text = string(t.name) == "t"
			if string(t.name) == "rPh" || reading > 0 {
				reading++
			}
		case t.kind == tokenEnd:
			depth--
			text = false
			if reading > 0 {
				reading--
			}
		}
	}
	return to, nil
}

// plainText resolves the format's own escapes, _xHHHH_, and writes every line
// end as one LF: programs change line ends when they save.
func plainText(s []byte) []byte {
	if bytes.Contains(s, []byte("_x")) {
		s = unescapeCell(s)
	}
	if bytes.IndexByte(s, '\r') < 0 {
		return s
	}
	s = bytes.ReplaceAll(s, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(s, []byte("\r"), []byte("\n"))
}

func unescapeCell(s []byte) []byte {
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		if s[0] == '_' && len(s) >= 7 && s[1] == 'x' && s[6] == '_' {
			if n, err := strconv.ParseUint(string(s[2:6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				s = s[7:]
				continue
			}
		}
		out = append(out, s[0])
		s = s[1:]
	}
	return out
}

// gridKind is what a cell of a read workbook holds.
type gridKind byte

const (
	gridEmpty  gridKind = 0
	gridText   gridKind = 't'
	gridNumber gridKind = 'n'
	gridOther  gridKind = 'o' // a truth value or an error
)

// gridCell is a cell as it was read. Its bytes are reused for the next row.
type gridCell struct {
	kind    gridKind
	text    []byte // of a number, its digits in one form
	formula []byte // with its '='; empty without one
}

func (c *gridCell) reset() { c.kind, c.text, c.formula = gridEmpty, c.text[:0], c.formula[:0] }

// gridRow is a row as it was read, valid until the next one.
type gridRow struct {
	number int
	cells  []gridCell
}

func (r gridRow) cell(col int) gridCell {
	if col < 0 || col >= len(r.cells) {
		return gridCell{}
	}
	return r.cells[col]
}

// sheetReader streams the rows of a sheet.
type sheetReader struct {
	xml    *xmlScanner
	shared sharedTexts
	row    gridRow
	value  []byte
}

// rows calls visit for each row of a sheet that the file holds.
func (w *workbookFile) rows(part string, visit func(gridRow) error) error {
	f := w.part(part)
	if f == nil {
		return fmt.Errorf("%s: %w", part, errNoWorkbook)
	}
	r, err := f.Open()
	if err != nil {
		return err
	}
	defer r.Close()
	s := &sheetReader{xml: newXMLScanner(r), shared: w.shared}
	for {
		t, err := s.xml.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", part, err)
		case t.kind == tokenStart && string(t.name) == "row":
			if err := s.readRow(t); err != nil {
				return fmt.Errorf("%s: %w", part, err)
			}
			if err := visit(s.row); err != nil {
				return err
			}
		}
	}
}

func (s *sheetReader) readRow(t token) error {
	s.row.number++
	if at, ok := t.attr("r"); ok {
		n, err := strconv.Atoi(string(at))
		if err != nil || n < 1 || n > maxSheetRows {
			return errXML
		}
		s.row.number = n
	}
	s.row.cells = s.row.cells[:0]
	for {
		t, err := s.xml.next()
		switch {
		case err != nil:
			return errXML
		case t.kind == tokenEnd && string(t.name) == "row":
			return nil
		case t.kind == tokenStart && string(t.name) == "c":
			if err := s.readCell(t); err != nil {
				return err
			}
		}
	}
}

func (s *sheetReader) readCell(t token) error {
	col := len(s.row.cells)
	if at, ok := t.attr("r"); ok {
		n, ok := columnOf(at)
		if !ok {
			return errXML
		}
		col = n
	}
	kind := byte('n')
	if k, ok := t.attr("t"); ok && len(k) > 0 {
		kind = k[0]
		if string(k) == "str" || string(k) == "inlineStr" {
			kind = 'i'
		}
	}
	c := s.reach(col)
	s.value = s.value[:0]
	for {
		t, err := s.xml.next()
		switch {
		case err != nil:
			return errXML
		case t.kind == tokenEnd && string(t.name) == "c":
			return s.settle(c, kind)
		case t.kind != tokenStart:
		case string(t.name) == "f":
			c.formula = append(c.formula[:0], '=')
			c.formula, err = s.content(c.formula)
		case string(t.name) == "v":
			s.value, err = s.content(s.value)
		case string(t.name) == "is":
			s.value, err = s.xml.richText(s.value)
		}
		if err != nil {
			return err
		}
	}
}

// reach gives the cell of a column, with empty ones before it.
func (s *sheetReader) reach(col int) *gridCell {
	for len(s.row.cells) <= col {
		n := len(s.row.cells)
		if n < cap(s.row.cells) {
			s.row.cells = s.row.cells[:n+1] // an earlier row's: its bytes are used again
			s.row.cells[n].reset()
		} else {
			s.row.cells = append(s.row.cells, gridCell{})
		}
	}
	c := &s.row.cells[col]
	c.reset()
	return c
}

// content appends the text of the element that was begun.
func (s *sheetReader) content(to []byte) ([]byte, error) {
	for {
		t, err := s.xml.next()
		switch {
		case err != nil:
			return to, errXML
		case t.kind == tokenEnd:
			return to, nil
		case t.kind == tokenText:
			to = append(to, t.text...)
		}
	}
}

func (s *sheetReader) settle(c *gridCell, kind byte) error {
	if len(s.value) == 0 {
		return nil
	}
	c.kind = gridText
	switch kind {
	case 's':
		i, err := strconv.Atoi(string(s.value))
		text, ok := s.shared.at(i)
		if err != nil || !ok {
			return errXML
		}
		c.text = append(c.text, text...)
	case 'n':
		c.kind, c.text = gridNumber, appendDecimal(c.text, s.value)
	case 'd':
		c.kind, c.text = gridNumber, appendDecimal(c.text, isoSerial(s.value))
	case 'b', 'e':
		c.kind, c.text = gridOther, append(c.text, s.value...)
	default:
		c.text = append(c.text, plainText(s.value)...)
	}
	if len(c.text) == 0 {
		c.kind = gridEmpty
	}
	return nil
}

// isoSerial is the day number of a date that is written out, as the strict
// form of the format has it.
func isoSerial(s []byte) []byte {
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02", time.RFC3339} {
		if t, err := time.Parse(layout, string(s)); err == nil {
			return []byte(serial(t))
		}
	}
	return s
}

// columnOf is the column of an address such as AB12, counted from 0.
func columnOf(at []byte) (int, bool) {
	n := 0
	for i, b := range at {
		switch {
		case b >= 'A' && b <= 'Z' && n <= excelize.MaxColumns:
			n = n*26 + int(b-'A') + 1
		default:
			return n - 1, i > 0 && n <= excelize.MaxColumns
		}
	}
	return 0, false
}

// spreadsheetDigits is how many digits of a number spreadsheets keep.
const spreadsheetDigits = 15

// appendDecimal writes a number in one form: no exponent, no zeros that say
// nothing, and no more digits than a spreadsheet keeps. It works on the digits
// and never through a float64. What is no number is kept as it is.
func appendDecimal(to, s []byte) []byte {
	d, ok := parseDecimal(s)
	if !ok {
		return append(to, s...)
	}
	d.round(spreadsheetDigits)
	return d.appendTo(to)
}

// decimal is 0.DIGITS times ten to the power of exp.
type decimal struct {
	negative bool
	digits   []byte // without zeros at either end
	exp      int
}

func parseDecimal(s []byte) (d decimal, ok bool) {
	s = bytes.TrimSpace(s)
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		d.negative, s = s[0] == '-', s[1:]
	}
	if i := bytes.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(string(s[i+1:]))
		if err != nil || n < -400 || n > 400 {
			return d, false
		}
		d.exp, s = n, s[:i]
	}
	whole, part, _ := bytes.Cut(s, []byte("."))
	d.digits = append(bytes.Clone(whole), part...)
	if len(d.digits) == 0 || len(bytes.Trim(d.digits, "0123456789")) > 0 {
		return d, false
	}
	d.exp += len(whole)
	d.trim()
	return d, true
}

func (d *decimal) trim() {
	trimmed := bytes.TrimLeft(d.digits, "0")
	d.exp -= len(d.digits) - len(trimmed)
	d.digits = bytes.TrimRight(trimmed, "0")
	if len(d.digits) == 0 {
		d.negative, d.exp = false, 0
	}
}

// round keeps n digits, half away from zero.
func (d *decimal) round(n int) {
	if len(d.digits) <= n {
		return
	}
	up := d.digits[n] >= '5'
	d.digits = d.digits[:n]
	for i := n - 1; up && i >= 0; i-- {
		if up = d.digits[i] == '9'; up {
			d.digits[i] = '0'
		} else {
			d.digits[i]++
		}
	}
	if up { // 999.9 has become 1000
		d.digits = append([]byte{'1'}, d.digits...)
		d.exp++
	}
	d.trim()
}

func (d decimal) appendTo(to []byte) []byte {
	if len(d.digits) == 0 {
		return append(to, '0')
	}
	if d.negative {
		to = append(to, '-')
	}
	switch {
	case d.exp <= 0:
		to = appendZeros(append(to, "0."...), -d.exp)
		return append(to, d.digits...)
	case d.exp >= len(d.digits):
		return appendZeros(append(to, d.digits...), d.exp-len(d.digits))
	default:
		to = append(append(to, d.digits[:d.exp]...), '.')
		return append(to, d.digits[d.exp:]...)
	}
}

func appendZeros(to []byte, n int) []byte {
	for range n {
		to = append(to, '0')
	}
	return to
}
